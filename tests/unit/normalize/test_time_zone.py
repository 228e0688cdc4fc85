from __future__ import annotations

import json
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest

from canonical_contact.normalize._time_zone import time_zone


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"), ("europe/berlin", "Europe/Berlin"), ("EUROPE/BERLIN", "Europe/Berlin"), (" Europe / Berlin ", "Europe/Berlin"),
        ("America/New York", "America/New_York"), ("america_slash_new_york", "America/New_York"), ("us_slash_eastern", "America/New_York"),
        ("america_slash_argentina_slash_buenos_aires", "America/Argentina/Buenos_Aires"), ("America/Port-au-Prince", "America/Port-au-Prince"),
        ("US/Pacific", "America/Los_Angeles"), ("Asia/Calcutta", "Asia/Kolkata"), ("Asia/Saigon", "Asia/Ho_Chi_Minh"), ("Europe/Kiev", "Europe/Kyiv"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"), ("America/Montreal", "America/Toronto"), ("Pacific/Truk", "Pacific/Chuuk"),
        ("Iceland", "Atlantic/Reykjavik"), ("Poland", "Europe/Warsaw"), ("GB", "Europe/London"), ("PRC", "Asia/Shanghai"), ("posix/Europe/Berlin", "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Europe/Berlin", "Europe/Berlin"), ("UTC", "Etc/UTC"), ("utc", "Etc/UTC"), ("Z", "Etc/UTC"), ("GMT", "Etc/GMT"),
        ("Etc/GMT+5", "Etc/GMT+5"), ("UTC+00:00", "Etc/UTC"), ("W. Europe Standard Time", "Europe/Berlin"), ("w europe standard time", ""),
        ("Eastern Standard Time", "America/New_York"), ("India Standard Time", "Asia/Kolkata"), ("FLE Standard Time", "Europe/Kyiv"),
        ("GMT Standard Time", "Europe/London"), ("Central European Standard Time", "Europe/Warsaw"), ("AUS Eastern Standard Time", "Australia/Sydney"),
        ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"), ("Eastern Time (US & Canada)", "America/New_York"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin"), ("(UTC+09:00) Osaka, Sapporo, Tokyo", "Asia/Tokyo"),
        ("(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/London"), ("(GMT+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
        ("Europe/Berlin (CET)", "Europe/Berlin"), ("Europe/Berlin (UTC+01:00)", "Europe/Berlin"), ("(UTC+01:00) Europe/Berlin", "Europe/Berlin"),
    ],
)  # fmt: skip
def test_names(text: str, zone: str) -> None:
    found = time_zone(text)
    assert (found.value or "", found.raw) == (zone, text)
    if zone:
        assert (found.keys, found.problems, found.confidence) == ((zone.lower(),), (), 1.0)


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Oslo",
        "Europe/Stockholm",
        "Europe/Amsterdam",
        "Africa/Accra",
        "Asia/Kuala_Lumpur",
        "Atlantic/Reykjavik",
        "Europe/Vaduz",
    ],
)
def test_a_country_keeps_its_own_zone_where_the_database_has_merged_it(zone: str) -> None:
    assert time_zone(zone).value == zone


@pytest.mark.parametrize(
    "text",
    ["CET", "CEST", "EST", "PST", "IST", "BST", "MEZ", "AEST", "Central European Time", "Mitteleuropäische Zeit", "Eastern Time"],
)
def test_what_names_no_place_has_no_value_but_the_zones_that_it_may_mean(text: str) -> None:
    found = time_zone(text)
    assert (found.value, found.problems[0].code) == (None, "time_zone.ambiguous")
    assert len(found.alternatives) > 1


@pytest.mark.parametrize(
    ("text", "region", "zone"),
    [
        ("CET", "PL", "Europe/Warsaw"), ("CET", "at", "Europe/Vienna"), ("IST", "IN", "Asia/Kolkata"), ("IST", "IE", "Europe/Dublin"), ("IST", "IL", "Asia/Jerusalem"),
        ("PST", "PH", "Asia/Manila"), ("CST", "CN", "Asia/Shanghai"), ("BST", "GB", "Europe/London"), ("JST", "", "Asia/Tokyo"), ("EST", "US", "America/New_York"),
        ("ET", "CA", "America/Toronto"), ("AEST", "AU", "Australia/Sydney"), ("W. Europe Standard Time", "CH", "Europe/Zurich"),
        ("W. Europe Standard Time", "AT", "Europe/Vienna"), ("W. Europe Standard Time", "DE", "Europe/Berlin"), ("GMT Standard Time", "IE", "Europe/Dublin"),
        ("Romance Standard Time", "BE", "Europe/Brussels"), ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "IT", "Europe/Rome"),
        ("Eastern Standard Time", "CA", "America/Toronto"), ("W. Europe Standard Time", "JP", "Europe/Berlin"), ("Europe/Berlin", "US", "Europe/Berlin"),
    ],
)  # fmt: skip
def test_a_region_decides(text: str, region: str, zone: str) -> None:
    assert time_zone(text, region=region).value == zone


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("UTC+01:00", "Etc/GMT-1"), ("GMT+1", "Etc/GMT-1"), ("GMT-5", "Etc/GMT+5"), ("-05:00", "Etc/GMT+5"), ("-0500", "Etc/GMT+5"), ("-5", "Etc/GMT+5"),
        ("utc −3", "Etc/GMT+3"), ("UTC+14:00", "Etc/GMT-14"), ("(UTC+02:00)", "Etc/GMT-2"), ("UTC+05:30", None), ("+0545", None),
    ],
)  # fmt: skip
def test_an_offset_is_no_place(text: str, zone: str | None) -> None:
    found = time_zone(text)
    assert (found.value, found.problems[0].code) == (zone, "time_zone.offset_only")
    assert found.confidence < 1


def test_an_offset_and_a_region_suggest_a_zone_and_do_not_apply_it() -> None:
    assert (time_zone("UTC+01:00", region="AT").value, time_zone("UTC+01:00", region="AT").alternatives) == (
        "Etc/GMT-1",
        ("Europe/Vienna",),
    )
    assert time_zone("+05:30", region="LK").alternatives == ("Asia/Colombo",)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Berlin", "Europe/Berlin"), ("New York", "America/New_York"), ("Wien", "Europe/Vienna"), ("東京", "Asia/Tokyo"), ("Москва", "Europe/Moscow"),
        ("München", "Europe/Berlin"), ("Mumbai", "Asia/Kolkata"), ("San Francisco", "America/Los_Angeles"), ("Berlin, Germany", "Europe/Berlin"),
        ("New York, NY", "America/New_York"), ("Europe/Munich", "Europe/Berlin"), ("GMT+1 Berlin", "Europe/Berlin"), ("Berlin (UTC+1)", "Europe/Berlin"),
        ("New York time", "America/New_York"), ("Saint Petersburg", "Europe/Moscow"),
    ],
)  # fmt: skip
def test_a_city(text: str, zone: str) -> None:
    found = time_zone(text)
    assert (found.value, found.problems[0].code, found.confidence) == (zone, "time_zone.from_city", 0.9)


def test_an_offset_that_the_zone_does_not_have_is_told() -> None:
    found = time_zone("(GMT+01:00) Tokyo")
    assert (found.value, found.problems[-1].code, found.confidence) == ("Asia/Tokyo", "time_zone.offset_differs", 0.5)


@pytest.mark.parametrize(
    "text",
    [
        "Mars/Phobos",
        "n/a",
        "Factory",
        "EST7EDT",
        "CET-1CEST,M3.5.0,M10.5.0/3",
        "+15:00",
        "UTC+01:17",
        "Germany",
        "5",
        "/",
        "()",
        "a" * 5000,
    ],
)
def test_no_time_zone(text: str) -> None:
    found = time_zone(text)
    assert (found.value, found.problems[0].code, found.raw) == (None, "time_zone.unknown", text)


@pytest.mark.parametrize("text", ["", "  \u200b"])
def test_blank(text: str) -> None:
    assert (time_zone(text).value, time_zone(text).problems) == (None, ())


def test_the_table_names_zones_that_the_database_has() -> None:
    data = json.loads((files("canonical_contact.normalize") / "data" / "zones.json").read_text(encoding="utf-8"))
    assert all(ZoneInfo(name).key == name for name in data["zones"])
    assert all(time_zone(name).value == name for name in data["zones"])
    assert all(time_zone(name).value == zone for name, zone in data["links"].items())
    assert all(time_zone(city).value == zone for zone, cities in data["cities"].items() for city in cities.split("|"))
    assert all(time_zone(name).value == zone for name, zone in data["displayed"].items())


@pytest.mark.parametrize(
    ("text", "zone"), [("PST8PDT", "America/Los_Angeles"), ("EST5EDT", "America/New_York"), ("cst6cdt", "America/Chicago")]
)
def test_the_old_rules_of_the_united_states_are_their_zones(text: str, zone: str) -> None:
    assert time_zone(text).value == zone
