"""Cards to raw records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from attrs import evolve

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._consent import BoundRule, evidence_of, note_evidence
from canonical_contact.formats._lines import LongLine, chunks
from canonical_contact.formats._mapping import ConsentRule
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._source import Source
from canonical_contact.formats.vcard.properties import split_list, unescape
from canonical_contact.formats.vcard.wire import Card, Line, cards
from canonical_contact.model import ConsentEvidence, RawRecord

__all__ = ["card_records"]

_PRESET = "vcard/1"
_NOT_PEOPLE = ("group", "location", "application", "device")
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_\Z")
_SCALARS = {
    "FN": "name.full",
    "SORT-STRING": "name.sort_as",
    "X-PHONETIC-FIRST-NAME": "name.phonetic.given",
    "X-PHONETIC-LAST-NAME": "name.phonetic.surname",
    "TZ": "time_zone",
    "GENDER": "gender",
    "X-GENDER": "gender",
    "REV": "updated_at",
    "CREATED": "created_at",
}
_LISTS = {"NOTE": "notes", "TITLE": "titles", "ROLE": "titles", "LANG": "preferred_languages"}
_SPLIT = {"NICKNAME": "nicknames", "X-NICKNAME": "nicknames", "CATEGORIES": "tags"}
_DATES = {
    "ANNIVERSARY": "anniversary",
    "X-ANNIVERSARY": "anniversary",
    "X-MS-ANNIVERSARY": "anniversary",
    "X-EVOLUTION-ANNIVERSARY": "anniversary",
    "X-ABDATE": "",
}
_ONLINE = {
    "URL": "", "IMPP": "im", "SOCIALPROFILE": "", "X-SOCIALPROFILE": "", "X-MS-IMADDRESS": "im", "X-SKYPE": "skype", "X-SKYPE-USERNAME": "skype", "X-AIM": "aim", "X-ICQ": "icq",
    "X-MSN": "msn", "X-YAHOO": "yahoo", "X-JABBER": "jabber", "X-QQ": "qq", "X-GTALK": "gtalk", "X-GOOGLE-TALK": "gtalk", "X-TWITTER": "x", "X-LINKEDIN": "linkedin",
}  # fmt: skip
_SILENT = ("VERSION", "PRODID", "X-ABLABEL", "X-ABADR", "BEGIN", "END", "XML")  # about the card, not about the person
_LABELS = {"cell": "mobile", "iphone": "mobile"}
_NO_LABEL = ("pref", "voice", "internet", "x400", "postal", "parcel", "dom", "intl", "individual", "uri", "text-value")


def card_records(source: Source, progress: Progress) -> Iterator[RawRecord]:
    """Read the raw records of a file of cards."""
    suspects: dict[str, BoundRule | None] = {}
    for row, card in enumerate(_cards(source, progress), 1):
        kind = next(
            (one.value.strip().casefold() for one in card.properties if one.name in ("KIND", "X-ADDRESSBOOKSERVER-KIND")), ""
        )
        if kind in _NOT_PEOPLE:
            hint = f"The card is of the kind {kind}, not a person; it was left out."
            name = next((unescape(one.value) for one in card.properties if one.name == "FN"), "")
            progress.skip(Problem("vcard.not_a_person", raw=name[:200], hint=hint, severity=Severity.INFO, line=card.line))
            continue
        if not card.properties:
            for problem in card.problems:
                progress.tell(problem)
            progress.skip(Problem("vcard.empty", hint="There is nothing in the card; it was left out.", line=card.line))
            continue
        progress.rows_read += 1
        yield _Builder(card, source, progress, suspects).record(row)


def _cards(source: Source, progress: Progress) -> Iterator[Card]:
    layout, limits = source.layout, progress.limits
    assert layout is not None

    def counted() -> Iterator[bytes | LongLine]:
        for chunk in chunks(source.path, layout.encoding, layout.start, layout.line_end, limits):
            progress.bytes_read += chunk.size if isinstance(chunk, LongLine) else len(chunk)
            yield chunk

    return cards(counted(), layout.encoding, limits, progress.tell)


def _split(value: str, separator: str) -> list[str]:
    """Divide a value where no backslash stands before the separator; the parts are without escapes."""
    return [unescape(part) for part in split_list(value, separator)]


class _Builder:
    """Puts the properties of one card under raw paths."""

    def __init__(self, card: Card, source: Source, progress: Progress, suspects: dict[str, BoundRule | None]) -> None:
        self._card, self._source, self._progress, self._suspects = card, source, progress, suspects
        self._values: dict[str, str] = {}
        self._columns: dict[str, str] = {}
        self._raw: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._repeats: dict[str, int] = {}
        self._evidence: list[ConsentEvidence] = []
        self._problems = list(card.problems)
        self._uid = ""
        self._labels = {one.group: unescape(one.value) for one in card.properties if one.name == "X-ABLABEL" and one.group}
        names = {one.name for one in card.properties}
        self._versioned, self._has_address, self._version2 = "VERSION" in names, "ADR" in names, card.version == "2.1"

    def record(self, row: int) -> RawRecord:
        """Make the record."""
        handlers: dict[str, Callable[[Line], None]] = {
            "N": self._name, "TEL": self._phone, "EMAIL": self._email, "ADR": self._address, "ORG": self._organization, "BDAY": self._birthday,
            "UID": self._own_id, "LABEL": self._address_label, "SOUND": self._sound,
        }  # fmt: skip
        for one in self._card.properties:
            self._keep(one)
            if (
                one.name in _SILENT
                or not one.value.strip(" ;\t")
                or (one.name == "KIND" and one.value.strip().casefold() == "individual")
            ):
                continue
            if one.name in handlers:
                handlers[one.name](one)
            else:
                self._other(one)
        if not self._versioned:
            hint = "The card does not state its version; it was read all the same."
            self._problems.append(Problem("vcard.version_missing", hint=hint, severity=Severity.INFO))
        self._scan()
        file, line = self._source.name, self._card.line
        problems = tuple(evolve(problem, file=file, line=problem.line or line) for problem in self._problems)
        return RawRecord(
            self._source.system,
            self._uid,
            row,
            file,
            line,
            self._values,
            self._columns,
            self._raw,
            tuple(self._evidence),
            problems,
            _PRESET,
        )

    def _keep(self, one: Line) -> None:
        text = one.value if not one.size else f"({one.size} characters of base64)"
        if not text.strip():
            return
        self._raw[self._free(one.left, self._raw)] = text

    def _put(self, path: str, text: str, one: Line) -> None:
        if not text or text.isspace():
            return
        if path in self._values:
            path = self._free(f"extensions.{one.name}")
        self._values[path] = text
        self._columns[path] = one.left

    def _free(self, path: str, table: dict[str, str] | None = None) -> str:
        """Number a name that is taken; a count for each name keeps a card with thousands of them linear."""
        taken = self._values if table is None else table
        place = path
        while place in taken:
            count = self._repeats[path] = self._repeats.get(path, 1) + 1
            place = f"{path} ({count})"
        return place

    def _next(self, name: str) -> int:
        count = self._counts.get(name, 0)
        self._counts[name] = count + 1
        return count

    def _label(self, one: Line) -> tuple[str, str]:
        """Label and rank: from types, from Apple's label of the group, from PREF."""
        kinds = [_LABELS.get(kind, kind) for kind in one.types if kind not in _NO_LABEL]
        if one.group in self._labels:
            text = self._labels[one.group].strip()
            match = _APPLE_LABEL.match(text)
            label = (match[1] if match else text).casefold()
            kinds.append(_LABELS.get(label, label))
        pref = next(iter(one.params.get("PREF", ())), "1" if "pref" in one.types else "")
        return ",".join(dict.fromkeys(filter(None, kinds))), pref if pref.isdigit() else ""

    def _item(self, path: tuple[str, str], text: str, one: Line, label: str = "", pref: str = "") -> None:
        if not text.strip():
            return
        name, part = path
        place = f"{name}[{self._next(name)}]"
        self._put(f"{place}.{part}", text, one)
        for key, more in (("label", label), ("pref", pref)):
            if more:
                self._put(f"{place}.{key}", more, one)

    def _name(self, one: Line) -> None:
        parts = self._parts(one.value, version2=self._version2)
        for path, text in zip(("name.surname", "name.given", "name.given2", "name.title", "name.suffix"), parts, strict=False):
            self._put(path, text, one)
        if sort := one.params.get("SORT-AS"):
            self._put("name.sort_as", " ".join(sort).replace(",", " "), one)

    @staticmethod
    def _parts(value: str, *, version2: bool) -> list[str]:
        """Components of a structured value; a component may hold a list with commas, save in version 2.1."""
        marked = re.sub(r"\\(.)|;", lambda match: match[0] if match[1] else "\x1a", value, flags=re.DOTALL)
        parts = marked.split("\x1a")
        if version2:
            return [unescape(part) for part in parts]
        return [(", " if place == 4 else " ").join(filter(None, map(str.strip, _split(part, ",")))) if "," in part else unescape(part)
                for place, part in enumerate(parts)]  # fmt: skip

    def _phone(self, one: Line) -> None:
        text = unescape(one.value)
        if text[:4].casefold() == "tel:":
            number, _, rest = text[4:].partition(";")
            extension = re.search(r"(?:^|;)ext=([\d.-]+)", rest, re.IGNORECASE)
            text = f"{number} ext. {extension[1]}" if extension else number
        label, pref = self._label(one)
        self._item(("phones", "number"), text, one, label, pref)

    def _email(self, one: Line) -> None:
        text = unescape(one.value)
        label, pref = self._label(one)
        self._item(("emails", "address"), text[7:] if text[:7].casefold() == "mailto:" else text, one, label, pref)

    def _address(self, one: Line) -> None:
        names = ("po_box", "extended", "street", "locality", "region", "postcode", "country")
        parts = _split(one.value, ";")
        if not any(map(str.strip, parts)):
            return
        place = f"addresses[{self._next('addresses')}]"
        for name, text in zip(names, parts, strict=False):
            self._put(f"{place}.{name}", text, one)
        label, _ = self._label(one)
        if label:
            self._put(f"{place}.label", label, one)

    def _address_label(self, one: Line) -> None:
        if self._has_address:
            self._put(self._free("extensions.LABEL"), unescape(one.value), one)
        else:
            self._item(("addresses", "full"), unescape(one.value), one, self._label(one)[0])

    def _organization(self, one: Line) -> None:
        name, *units = _split(one.value, ";")
        units = [unit for unit in units if unit.strip()]
        if not name.strip() and not units:
            return
        place = f"organizations[{self._next('organizations')}]"
        self._put(f"{place}.name", name, one)
        self._put(f"{place}.units", "; ".join(units), one)

    def _birthday(self, one: Line) -> None:
        text = unescape(one.value)
        omit = next(iter(one.params.get("X-APPLE-OMIT-YEAR", ())), "")
        if omit and text.startswith(f"{omit}-"):
            text = f"--{text[len(omit) + 1 :]}"  # Apple writes a year of its own where none is known
        self._put("birthday", text, one)

    def _own_id(self, one: Line) -> None:
        if self._uid:
            self._put(self._free("extensions.UID"), unescape(one.value), one)
        else:
            self._uid = unescape(one.value).strip()

    def _sound(self, one: Line) -> None:
        if "x-irmc-n" in one.types:  # how Japanese phones write the reading of a name
            parts = _split(one.value, ";")
            for path, text in zip(("name.phonetic.surname", "name.phonetic.given"), parts, strict=False):
                self._put(path, text, one)
        else:
            self._put(self._free("extensions.SOUND"), unescape(one.value), one)

    def _other(self, one: Line) -> None:
        name, text = one.name, unescape(one.value)
        if name in _SCALARS:
            self._put(_SCALARS[name], text, one)
        elif name in _LISTS:
            self._put(f"{_LISTS[name]}[{self._next(_LISTS[name])}]", text, one)
        elif name in _SPLIT:
            separator = ";" if ";" in one.value and "," not in one.value else ","
            for part in _split(one.value, separator):
                if part.strip():
                    self._put(f"{_SPLIT[name]}[{self._next(_SPLIT[name])}]", part, one)
        elif name in _DATES:
            self._item(("anniversaries", "date"), text, one, self._label(one)[0] or _DATES[name])
        elif name in _ONLINE:
            service = next(iter(one.params.get("X-SERVICE-TYPE", one.params.get("SERVICE-TYPE", ()))), "").casefold()
            self._item(("online_services", "uri"), text, one, service or _ONLINE[name] or self._label(one)[0])
        else:
            self._put(self._free(f"extensions.{name}"), text, one)
            self._suspect(one, text)

    def _suspect(self, one: Line, text: str) -> None:
        """Judge a property that nothing knows and that looks like consent, such as X-DO-NOT-CALL."""
        label = self._labels.get(one.group, "")
        name = label or one.name
        if name not in self._suspects:
            suspect = self._progress.presets.suspects.look(name.removeprefix("X-"))
            rule = suspect and ConsentRule(suspect.says, suspect.channel, "any")
            self._suspects[name] = BoundRule(rule, -1, name, self._progress.presets.vocabulary) if rule else None
            if rule:
                hint = "The property looks like consent and is not known; what it seems to say blocks until a person has looked."
                self._progress.tell(Problem("consent.unmapped_column", hint=hint, column=name))
        bound = self._suspects[name]
        if bound is not None:
            self._evidence += evidence_of(bound, text, {}, {}, "")[0]

    def _scan(self) -> None:
        notes = self._progress.presets.notes
        for path, text in list(self._values.items()):
            named = path.startswith("name.") and len(text) > 10 and " " in text
            if named or path.startswith(("notes[", "tags[")):
                evidence, problems = note_evidence(notes, text, path, self._columns[path])
                self._evidence += [
                    one for one in evidence if (one.kind, one.channel) not in {(e.kind, e.channel) for e in self._evidence}
                ]
                self._problems += problems
