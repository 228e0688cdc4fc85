# Time zones (IANA) from names, Windows' names, abbreviations, offsets and cities; the table is generated from tzdata and CLDR.
from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from attrs import frozen

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import clean, is_blank, plain

__all__ = ["country_time_zones", "time_zone"]

_OFFSET: Final = r"(?:utc|gmt)? ?([+-]) ?(\d{1,2})(?:[:.h]?(\d{2}))?(?: ?(?:h|hrs|hours?))?"
_ALONE: Final = re.compile(rf"\(?{_OFFSET}\)?\Z")
_BEFORE: Final = re.compile(
    rf"\((?:{_OFFSET}|utc|gmt)\) ?[-:]? ?(?=\S)|(?:utc|gmt) ?([+-]) ?(\d{{1,2}})(?::?(\d{{2}}))?[ :,-]{{1,3}}(?=\S)"
)
_AFTER: Final = re.compile(rf" ?[-,]? ?[(\[]{_OFFSET}[)\]]\Z| (?:utc|gmt) ?([+-]) ?(\d{{1,2}})(?::?(\d{{2}}))?\Z")
_REMARK: Final = re.compile(r" ?\(([^()]{1,60})\)\Z")
_TIME: Final = re.compile(r" (?:time zone|timezone|time|zone|zeit|standard|daylight)\Z")
_AREAS: Final = frozenset(
    {"africa", "america", "antarctica", "arctic", "asia", "atlantic", "australia", "europe", "indian", "pacific", "etc"}
)
# Of several zones, those of most people are named first.
_LARGE: Final = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto", "America/Mexico_City", "America/Sao_Paulo",
    "Australia/Sydney", "Asia/Kolkata", "Asia/Shanghai", "Europe/Berlin", "Europe/London", "Europe/Moscow", "Europe/Paris",
)  # fmt: skip
_LIMIT: Final = 300
_SHOWN: Final = 8


@frozen
class _Zone:
    """A zone: its name, countries, offsets in January and July in minutes, abbreviations, and its family of zones."""

    name: str
    countries: tuple[str, ...]
    offsets: tuple[int, int]


class _Table:
    """The committed table, read when it is first needed."""

    __slots__ = (
        "abbreviations",
        "by_country",
        "by_family",
        "cities",
        "defaults",
        "displayed",
        "families",
        "index",
        "windows",
        "zones",
    )

    def __init__(self) -> None:
        data: dict[str, Any] = json.loads((files(__package__) / "data" / "zones.json").read_text(encoding="utf-8"))
        self.zones: dict[str, _Zone] = {}
        self.by_family: dict[str, list[str]] = {}
        self.by_country: dict[str, list[str]] = {}
        self.abbreviations: dict[str, list[str]] = {}
        for name, row in data["zones"].items():
            countries, winter, summer, short, family = row.split()
            places = () if countries == "-" else tuple(countries.split(","))
            self.zones[name] = _Zone(name, places, (_minutes(winter), _minutes(summer)))
            for place in places:
                self.by_country.setdefault(place, []).append(name)
            if places:
                self.by_family.setdefault(family, []).append(name)
                for one in short.split(",") if short != "-" else ():
                    self.abbreviations.setdefault(one.lower(), []).append(name)
        for short, names in data["abbreviations"].items():
            found = self.abbreviations.setdefault(short.lower(), [])
            found += [name for name in names.split() if name not in found]
        for short, kin in data["short"].items():
            found = self.abbreviations.setdefault(short.lower(), [])
            found += [name for one in kin.split() for name in self.by_family.get(one, ()) if name not in found]
        self.index: dict[str, str] = {_form(name): name for name in self.zones}
        self.index |= {_form(name): target for name, target in data["links"].items()}
        self.index |= {form.replace("-", " "): name for form, name in self.index.items() if not form[-1].isdigit()}
        self.index["z"] = "Etc/UTC"
        self.windows: dict[str, str] = data["windows"]
        self.displayed: dict[str, str] = data["displayed"]
        self.families: dict[str, str] = data["families"]
        self.cities: dict[str, str] = {city: zone for zone, cities in data["cities"].items() for city in cities.split("|")}
        self.defaults = frozenset(self.windows.values())


def _minutes(offset: str) -> int:
    return (1 if offset[0] == "+" else -1) * (int(offset[1:3]) * 60 + int(offset[3:5]))


def _form(text: str) -> str:
    """Bring a name to the form of the index: `america_slash_new_york` and `America/New York` are one."""
    text = (
        plain(text).replace("_slash_", "/").replace("_hyphen_", "-").replace("_plus_", "+").replace("\\", "/").replace("_", " ")
    )
    return " ".join(text.replace(" / ", "/").split())


@cache
def _table() -> _Table:
    """Read the table once; it is a constant."""
    return _Table()


def country_time_zones(country: str) -> tuple[str, ...]:
    """List the time zones of a country (IANA), none for what is no country.

    Args:
        country: ISO 3166-1 alpha-2.

    >>> country_time_zones("DE")[0], country_time_zones("ZZ")
    ('Europe/Berlin', ())
    """
    return tuple(_table().by_country.get(country, ()))


def time_zone(
    raw: str,
    *,
    region: str = "",
    language: str = "",  # noqa: ARG001 - one signature for all
    column: str = "",  # noqa: ARG001
) -> Normalized[str]:
    """Read a time zone.

    Args:
        raw: an IANA name in any case (`europe/berlin`, `US/Pacific`, `america_slash_new_york`), one of Windows
            (`W. Europe Standard Time`), what a menu shows (`(GMT-05:00) Eastern Time (US & Canada)`), a city, an abbreviation, an offset.
        region: ISO 3166-1 alpha-2 code of the country that the value probably belongs to; it decides between the zones that an
            abbreviation or a name of Windows stands for.
        language: no use is made of it.
        column: no use is made of it.

    Returns:
        The name of the IANA database, links that were renamed replaced (`Asia/Calcutta` is `Asia/Kolkata`; `Europe/Oslo` stays). A place
        is never invented: what names none has no value and the zones that it may mean as alternatives (`time_zone.ambiguous`), unless
        the region leaves one; a bare offset of whole hours is `Etc/GMT-1` and its like, whose sign is the other way round
        (`time_zone.offset_only`). `time_zone.unknown` where it is none.

    >>> time_zone("US/Pacific").value, time_zone("W. Europe Standard Time").value, time_zone("W. Europe Standard Time", region="AT").value
    ('America/Los_Angeles', 'Europe/Berlin', 'Europe/Vienna')
    >>> time_zone("CET").value, time_zone("CET", region="PL").value, time_zone("UTC+01:00").value
    (None, 'Europe/Warsaw', 'Etc/GMT-1')
    """
    table = _table()
    if raw in table.zones:
        return Normalized(raw, (raw.lower(),), raw=raw)
    text = clean(raw) if len(raw) <= _LIMIT else raw[:_LIMIT].strip()
    if not text and is_blank(raw):
        return Normalized(None, raw=raw)
    if not text or len(raw) > _LIMIT:
        return _unknown(raw)
    region = region.upper()
    form = _form(text)
    if name := table.index.get(form):
        return _sure(name, raw)
    if alone := _ALONE.match(form):
        return _offset(table, _signed(*alone.groups()), raw, region)
    offset: int | None = None
    if (found := _BEFORE.match(form)) or (found := _AFTER.search(form)):
        groups = found.groups()
        sign, hours, minutes = groups[:3] if groups[0] else groups[3:]
        offset = _signed(sign, hours, minutes) if sign else 0
        form = form[found.end() :] if found.start() == 0 and found.end() < len(form) else form[: found.start()]
    answer = _named(table, form.strip(" .,:;-"), raw, region)
    if answer is None:
        if offset is not None:
            return _offset(table, offset, raw, region)
        return _unknown(raw)
    if offset is not None and answer.value and offset not in table.zones[answer.value].offsets:
        hint = "Its offset is not that of the zone it names."
        return Normalized(
            answer.value,
            answer.keys,
            0.5,
            answer.alternatives,
            (*answer.problems, _told("time_zone.offset_differs", raw, hint)),
            raw,
        )
    return answer


def _signed(sign: str, hours: str, minutes: str | None) -> int:
    return (1 if sign == "+" else -1) * (int(hours) * 60 + int(minutes or 0))


def _told(code: str, raw: str, hint: str, severity: Severity = Severity.INFO) -> Problem:
    return Problem(code, raw=raw[:200], hint=hint, severity=severity)


def _unknown(raw: str) -> Normalized[str]:
    return Normalized(None, (), 0.0, (), (_told("time_zone.unknown", raw, "It is no time zone's name.", Severity.WARNING),), raw)


def _sure(name: str, raw: str, confidence: float = 1.0, *problems: Problem) -> Normalized[str]:
    return Normalized(name, (name.lower(),), confidence, (), problems, raw)


def _offset(table: _Table, minutes: int, raw: str, region: str) -> Normalized[str]:
    """Read an offset, which is no place."""
    if not -12 * 60 <= minutes <= 14 * 60 or (minutes % 60) % 15:
        return _unknown(raw)
    if minutes == 0:
        return _sure("Etc/UTC", raw)
    places = table.by_country.get(region, ()) if region else ()
    others = [name for name in places if minutes in table.zones[name].offsets]
    problem = _told("time_zone.offset_only", raw, "An offset names no place and no summer time.")
    if minutes % 60:
        others = others or [name for name, zone in table.zones.items() if minutes in zone.offsets]
        return Normalized(None, (), 0.0, tuple(_ranked(table, others)), (problem,), raw)
    name = f"Etc/GMT{-minutes // 60:+d}"
    return Normalized(name, (name.lower(),), 0.6, tuple(_ranked(table, others)), (problem,), raw)


def _ranked(table: _Table, names: list[str]) -> list[str]:
    """Put those that stand for their neighbours first, and show some."""
    return sorted(names, key=lambda name: (name not in _LARGE, name not in table.defaults))[:_SHOWN]


def _choice(table: _Table, names: list[str], raw: str, region: str) -> Normalized[str]:
    """Choose between zones by the region; without it only where there is one."""
    here = [name for name in names if region in table.zones[name].countries] if region else []
    if len(here) == 1 or (not here and len(names) == 1):
        return _sure((here or names)[0], raw, 0.9)
    hint = "It stands for several zones; a country tells which."
    if here:
        first, *others = _ranked(table, here)
        return Normalized(first, (first.lower(),), 0.7, tuple(others), (_told("time_zone.ambiguous", raw, hint),), raw)
    return Normalized(None, (), 0.0, tuple(_ranked(table, names)), (_told("time_zone.ambiguous", raw, hint),), raw)


def _standing_for(table: _Table, name: str, raw: str, region: str) -> Normalized[str]:
    """Take the zone that stands for its neighbours, or the region's own that has the same offsets."""
    if region and region not in table.zones[name].countries:
        offsets = table.zones[name].offsets
        here = [other for other in table.by_country.get(region, ()) if table.zones[other].offsets == offsets]
        if here:
            return _choice(table, here, raw, region)
    return _sure(name, raw)


def _named(table: _Table, form: str, raw: str, region: str) -> Normalized[str] | None:
    """Read a name in any of its forms."""
    if not form:
        return None
    if name := table.index.get(form) or table.index.get(form.removeprefix("posix/").removeprefix("right/").replace("-", " ")):
        return _sure(name, raw)
    name_form = form.replace("-", " ").strip(" .,:;")
    if name := table.windows.get(name_form):
        return _standing_for(table, name, raw, region)
    if name := table.displayed.get(name_form):
        return _listed(table, name_form, name, raw, region)
    hint = "A city is named, and not its zone."
    short = _TIME.sub("", name_form)
    if name := table.cities.get(name_form):
        return _sure(name, raw, 0.9, _told("time_zone.from_city", raw, hint))
    if names := table.abbreviations.get(short):
        return _choice(table, names, raw, region)
    if kin := table.families.get(name_form):
        names = [name for one in kin.split() for name in table.by_family.get(one, ())]
        if names:
            return _choice(table, names, raw, region)
    if name := table.cities.get(short):
        return _sure(name, raw, 0.9, _told("time_zone.from_city", raw, hint))
    if found := _REMARK.search(form):
        return _named(table, form[: found.start()].strip(" -,"), raw, region) or _named(table, found[1], raw, region)
    if "/" in form:
        return _path(table, form, raw, region)
    if "," in name_form or " - " in form or ";" in form:
        return _places(table, form, raw, region)
    return None


def _path(table: _Table, form: str, raw: str, region: str) -> Normalized[str] | None:
    """Read a name behind another path, or a city behind an area: /mozilla.org/Europe/Berlin, Europe/Munich."""
    parts = [part.strip() for part in form.split("/") if part.strip()]
    for size in (3, 2):
        if len(parts) > size and (name := table.index.get("/".join(parts[-size:]))):
            return _sure(name, raw)
    if len(parts) == 2 and parts[0] in _AREAS and (name := table.cities.get(parts[1].replace("-", " "))):
        if name.lower().startswith(parts[0] + "/"):
            return _sure(name, raw, 0.9, _told("time_zone.from_city", raw, "A city is named, and not its zone."))
        return None
    if len(parts) == 2 and parts[0] not in _AREAS:
        found = [one for one in (_named(table, part, raw, region) for part in parts) if one]
        if len(found) == 2 and found[0].value == found[1].value:
            return found[0]
    return None


def _listed(table: _Table, form: str, name: str, raw: str, region: str) -> Normalized[str]:
    """Read a menu's list of cities: the one of the region, or the zone that stands for them."""
    if region and region not in table.zones[name].countries:
        cities = [table.cities[part] for part in map(str.strip, form.split(",")) if part in table.cities]
        here = list(dict.fromkeys(zone for zone in cities if region in table.zones[zone].countries))
        if len(here) == 1:
            return _sure(here[0], raw, 0.9)
    return (
        _standing_for(table, name, raw, region) if "," in form or region not in table.zones[name].countries else _sure(name, raw)
    )


def _places(table: _Table, form: str, raw: str, region: str) -> Normalized[str] | None:
    """Read several cities, or a city and its country."""
    parts = [part.strip(" .,:;-") for part in re.split(r"[,;]| - ", form)]
    parts = [part for part in parts if part][:20]
    found = [table.cities[part.replace("-", " ")] for part in parts if part.replace("-", " ") in table.cities]
    names = list(dict.fromkeys(found))
    if not names:
        return None
    if len(names) == 1:
        return _sure(names[0], raw, 0.9, _told("time_zone.from_city", raw, "A city is named, and not its zone."))
    return _choice(table, names, raw, region)
