"""No path makes a person contactable who said stop, or who shares an endpoint with somebody who did: whole runs on small files."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from canonical_contact.consent import may_contact
from canonical_contact.consent.regimes import Regime, Rule
from canonical_contact.model import Channel, Permission
from canonical_contact.pipeline import UnifyResult, unify
from canonical_contact.store import MemoryStore, iter_contacts

NOW = datetime(2026, 7, 1, tzinfo=UTC)
LAX = Regime("lax", "1", dict.fromkeys(Channel, Rule("opt_out")))  # only a refusal stands in the way
HEADER = "id,First Name,Last Name,Email,Phone,Do not email,Do not call,Updated\n"
HELD = "id,First Name,Last Name,Email,Phone,No marketing mails please,Updated\n"  # a column that no preset knows


class World:
    """A store, and one run after another on it, each a day later."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._runs, self.store = folder, 0, MemoryStore()

    def run(self, files: dict[str, str], mapping: str = "", region: str = "") -> UnifyResult:
        """Write the files and unify them."""
        self._runs += 1
        folder = self._folder / str(self._runs)
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        chosen = self._folder / f"{self._runs}.toml" if mapping else None
        if chosen:
            chosen.write_text(mapping, encoding="utf-8")
        now = NOW + timedelta(days=self._runs)
        return unify([folder / name for name in files], self.store, mapping=chosen, region=region, now=now)

    def ask(self, key: str, channel: str = "email") -> Permission:
        """Ask about the contact that holds a record."""
        contact = next(one for one in iter_contacts(self.store) if key in {source.key for source in one.sources})
        return may_contact(contact, channel, at=NOW + timedelta(days=99), regime=LAX)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_an_address_that_a_person_who_opted_out_gave_up_stays_blocked_for_others(world: World) -> None:
    world.run({"crm.csv": HEADER + "1,Ana,Lopez,ana@example.org,,yes,,\n"})
    world.run({"crm.csv": HEADER + "1,Ana,Lopez,new@example.org,,,,\n"})
    world.run({"other.csv": HEADER + "9,Bob,Meyer,ana@example.org,,,,\n"})
    assert not world.ask("crm:1").allowed
    assert world.ask("other:9").reasons == ("global_opt_out", "shared_endpoint")


def test_a_contact_that_was_there_before_is_blocked_when_its_address_is_given_up_by_one_who_opted_out(world: World) -> None:
    world.run(
        {"crm.csv": HEADER + "1,Ana,Lopez,ana@example.org,,yes,,\n", "other.csv": HEADER + "9,Bob,Meyer,ana@example.org,,,,\n"}
    )
    world.run({"crm.csv": HEADER + "1,Ana,Lopez,new@example.org,,,,\n"})
    world.run({"other.csv": HEADER + "9,Bob,Mayer,ana@example.org,,,,\n"})
    assert not world.ask("other:9").allowed


def test_a_mapping_that_was_edited_under_its_old_version_is_followed(world: World) -> None:
    file = {"crm.csv": "id,First Name,Last Name,Email,XQ\n1,Ana,Lopez,ana@example.org,yes\n"}
    mapping = 'id = "id"\n[columns]\n"First Name" = "name.given"\n"Last Name" = "name.surname"\n"Email" = "emails[].address"\n'
    world.run(file, mapping)
    assert world.ask("crm:1").allowed
    world.run(file, mapping + '[consent."XQ"]\nsays = "opt_out"\nchannel = "email"\n')
    assert world.ask("crm:1").reasons == ("global_opt_out", "withdrawn")


def test_a_region_that_is_named_later_reads_the_number_of_one_who_opted_out(world: World) -> None:
    file = {"crm.csv": HEADER + "1,Ana,Lopez,,030 123456,,yes,\n"}
    world.run(file)
    world.run({**file, "other.csv": HEADER + "9,Bob,Meyer,,+49 30 123456,,,\n"}, region="DE")
    assert world.ask("other:9", "voice").reasons == ("global_opt_out", "shared_endpoint")


def test_a_file_that_is_renamed_to_say_that_its_members_left_is_followed(world: World) -> None:
    members = "Email Address,First Name,Last Name,LEID,EUID\nana@example.org,Ana,Lopez,1,aa1\n"
    world.run({"subscribed_members_export_1.csv": members})
    world.run({"unsubscribed_members_export_2.csv": members})
    assert world.ask("mailchimp:aa1").reasons == ("global_opt_out", "withdrawn")


def test_a_refusal_follows_its_record_to_an_address_that_it_gains_later(world: World) -> None:
    world.run({"crm.csv": HEADER + "1,Ana,Lopez,,,yes,,\n", "other.csv": HEADER + "9,Bob,Meyer,new@example.org,,,,\n"})
    assert world.ask("other:9").allowed
    world.run({"crm.csv": HEADER + "1,Ana,Lopez,new@example.org,,,,\n"})
    assert world.ask("other:9").reasons == ("global_opt_out", "shared_endpoint")


def test_of_two_rows_with_one_id_in_a_file_a_refusal_reaches_the_addresses_of_both(world: World) -> None:
    rows = "1,Ana,Lopez,old@example.org,,yes,,2020-01-01\n1,Ana,Lopez,new@example.org,,,,2025-01-01\n"
    sharers = "8,Bob,Meyer,old@example.org,,,,\n9,Cid,Novak,new@example.org,,,,\n"
    world.run({"crm.csv": HEADER + rows + sharers})
    assert [world.ask(f"crm:{number}").allowed for number in (1, 8, 9)] == [False, False, False]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("blank", ["Lopez", "Lopes", "Lopesz", "Loopez"])  # whichever of two undated rows is taken
def test_a_row_that_looks_like_a_refusal_blocks_also_where_another_undated_row_of_its_id_is_taken(
    world: World, order: int, blank: str
) -> None:
    rows = ["1,Ana,Lopez,ana@example.org,,yes,\n", f"1,Ana,{blank},ana@example.org,,,\n"][::order]
    file = {"crm.csv": HELD + "".join(rows) + "9,Bob,Meyer,ana@example.org,,,\n"}
    world.run(file)
    assert "unmapped_opt_out" in world.ask("crm:1").reasons
    assert "unmapped_opt_out" in world.ask("crm:9").reasons
    world.run(file)
    assert "unmapped_opt_out" in world.ask("crm:1").reasons


HELD_MAPPING = """id = "id"
[columns]
"First Name" = "name.given"
"Last Name" = "name.surname"
"Email" = "emails[].address"
"Updated" = "updated_at"
[consent."No marketing mails please"]
channel = "email"
says = """


@pytest.mark.parametrize("days", [("", ""), ("2025-01-01", "2025-02-01"), ("2025-02-01", "2025-01-01"), ("", "2025-01-01")])
@pytest.mark.parametrize("together", [True, False])
def test_what_looks_like_a_refusal_blocks_until_it_is_mapped_also_when_a_later_version_does_not_show_it(
    world: World, days: tuple[str, str], together: bool
) -> None:
    held, blank = f"1,Ana,Lopez,ana@example.org,,yes,{days[0]}\n", f"1,Ana,Lopez,new@example.org,,,{days[1]}\n"
    sharers = "8,Bob,Meyer,ana@example.org,,,\n9,Cid,Novak,new@example.org,,,\n"
    if together:
        world.run({"crm.csv": HELD + held + blank + sharers})
    else:
        world.run({"crm.csv": HELD + held + sharers})
        world.run({"crm.csv": HELD + blank + sharers})
    assert [world.ask(f"crm:{number}").allowed for number in (1, 8)] == [False, False]


def test_a_mapping_decides_about_an_older_version_that_looked_like_a_refusal(world: World) -> None:
    old = {"crm.csv": HELD + "1,Ana,Lopez,ana@example.org,,yes,\n9,Bob,Meyer,ana@example.org,,,\n"}
    new = {"crm.csv": HELD + "1,Ana,Lopez,new@example.org,,,\n9,Bob,Meyer,ana@example.org,,,\n"}
    world.run(old)
    world.run(new)
    assert [world.ask(f"crm:{number}").allowed for number in (1, 9)] == [False, False]
    world.run(new, HELD_MAPPING + '"nothing"\n')
    assert [world.ask(f"crm:{number}").allowed for number in (1, 9)] == [True, True]


def test_a_mapping_makes_a_refusal_of_an_older_version_that_looked_like_one(world: World) -> None:
    world.run({"crm.csv": HELD + "1,Ana,Lopez,ana@example.org,,yes,\n9,Bob,Meyer,ana@example.org,,,\n"})
    new = {"crm.csv": HELD + "1,Ana,Lopez,new@example.org,,,\n9,Bob,Meyer,ana@example.org,,,\n"}
    world.run(new)
    world.run(new, HELD_MAPPING + '"opt_out"\n')
    assert world.ask("crm:1").reasons == ("global_opt_out", "withdrawn")
    assert world.ask("crm:9").reasons == ("global_opt_out", "shared_endpoint")


@pytest.mark.parametrize("channel", ["voice", "sms"])
@pytest.mark.parametrize("first", ["stop", "other"])
def test_a_refused_number_that_could_not_be_read_in_full_blocks_those_who_hold_it_in_full(
    world: World, channel: str, first: str
) -> None:
    column = {"voice": "Do not call", "sms": "No SMS please"}[channel]
    header = f"id,First Name,Last Name,Phone,{column}\n"
    files = {
        "stop": {"stop.csv": f"{header}1,Ana,Lopez,0141 531 1821,yes\n"},
        "other": {"other.csv": f"{header}9,Bob,Meyer,+44 141 531 1821,\n8,Eve,Sol,+44 141 531 1822,\n"},
    }
    world.run(files[first])
    world.run(files["other" if first == "stop" else "stop"])
    assert not world.ask("stop:1", channel).allowed
    assert "shared_endpoint" in world.ask("other:9", channel).reasons
    assert world.ask("other:8", channel).allowed


def test_a_refused_number_blocks_those_whose_same_number_was_read_no_further(world: World) -> None:
    world.run({"stop.csv": HEADER + "1,Ana,Lopez,,+44 141 531 1821,,yes,\n"})
    world.run({"other.csv": HEADER + "9,Bob,Meyer,,0141 531 1821 / +44 7700 900123,,,\n"})
    assert "shared_endpoint" in world.ask("other:9", "voice").reasons


def test_two_whole_numbers_of_two_countries_are_not_one_for_ending_alike(world: World) -> None:
    world.run({"stop.csv": HEADER + "1,Ana,Lopez,,+34 915 311 821,,yes,\n"})
    world.run({"other.csv": HEADER + "9,Bob,Meyer,,+49 915 311 821 0,,,\n8,Eve,Sol,,+39 02 915311821,,,\n"})
    assert world.ask("other:9", "voice").allowed
    assert world.ask("other:8", "voice").allowed


RESTRICTIONS = 'id = "id"\n[columns]\n"Mail" = "emails[].address"\n"Wish" = { path = "restrictions[]", empty = [EMPTY] }\n'


def test_a_restriction_that_nobody_knows_blocks_until_the_mapping_says_that_it_is_none(world: World) -> None:
    mapping, dismissed = RESTRICTIONS.replace("EMPTY", ""), RESTRICTIONS.replace("EMPTY", '"RTBF"')
    world.run({"crm.csv": "id,Mail,Wish\n1,ana@example.org,RTBF\n"}, mapping)
    assert world.ask("crm:1").reasons == ("unmapped_opt_out",)
    world.run({"crm.csv": "id,Mail,Wish\n1,ana@example.org,\n"}, mapping)
    assert world.ask("crm:1").reasons == ("unmapped_opt_out",)
    world.run({"crm.csv": "id,Mail,Wish\n1,ana@example.org,\n"}, dismissed)
    assert world.ask("crm:1").allowed
