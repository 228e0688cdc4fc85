"""Cards to raw records."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import datetime

from attrs import evolve

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._beside import beside_evidence, beside_of, names_in
from canonical_contact.formats._consent import BoundRule, evidence_of, note_evidence, reads_like_note
from canonical_contact.formats._lines import LongLine, chunks
from canonical_contact.formats._mapping import ConsentRule
from canonical_contact.formats._own_consent import VENDOR, bounces_of, evidence_in
from canonical_contact.formats._own_values import own_values
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._source import Source
from canonical_contact.formats.vcard.properties import split_list, unescape
from canonical_contact.formats.vcard.wire import Card, Line, cards
from canonical_contact.model import ANY_PURPOSE, ConsentEvidence, EmailAddress, EmailStatus, EvidenceKind, RawRecord

__all__ = ["card_records", "record_of_card"]

_PRESET = "vcard/2"
_NOT_PEOPLE = ("group", "location", "application", "device")
_APPLE_LABEL = re.compile(r"_\$!<(.*)>!\$_\Z")
_SCALARS = {
    "FN": "name.full",
    "SORT-STRING": "name.sort_as",
    "X-PHONETIC-FIRST-NAME": "name.phonetic.given",
    "X-PHONETIC-MIDDLE-NAME": "name.phonetic.given2",
    "X-PHONETIC-LAST-NAME": "name.phonetic.surname",
    "TZ": "time_zone",
    "GENDER": "gender",
    "X-GENDER": "gender",
    "GRAMGENDER": "grammatical_gender",
    "KIND": "kind",  # a person or an organisation; cards of other kinds are left out
    "X-ADDRESSBOOKSERVER-KIND": "kind",
    "X-ABSHOWAS": "kind",
    "REV": "updated_at",
    "CREATED": "created_at",
}
_LISTS = {"NOTE": "notes", "TITLE": "titles", "ROLE": "roles", "PRONOUNS": "pronouns", "LANG": "preferred_languages"}
_SPLIT = {"NICKNAME": "nicknames", "X-NICKNAME": "nicknames", "CATEGORIES": "tags"}
_DATES = {  # property → the kind of the day; Apple's says it in a label
    "ANNIVERSARY": "wedding",
    "X-ANNIVERSARY": "wedding",
    "X-MS-ANNIVERSARY": "wedding",
    "X-EVOLUTION-ANNIVERSARY": "wedding",
    "DEATHDATE": "death",
    "X-ABDATE": "",
}
# The components of N and ADR in their order (RFC 6350, and behind them those of RFC 9554).
_NAME = ("name.surname", "name.given", "name.given2", "name.title", "name.suffix", "name.surname2", "name.generation")
_READING = ("name.phonetic.surname", "name.phonetic.given", "name.phonetic.given2")
_ADDRESS = (
    *("po_box", "extended", "street", "locality", "region", "postcode", "country"),
    *("part.room", "part.apartment", "part.floor", "part.number", "part.name", "part.building", "part.block", "part.subdistrict"),
    *("part.district", "part.landmark", "part.direction"),
)
_TRANSFER = ("ENCODING", "CHARSET")  # how the value was sent, not what it says
_PLAIN_PARAM = re.compile(r'[^\x00-\x1f\x7f",;:=]+\Z')
_ONLINE = {
    "URL": "", "IMPP": "im", "SOCIALPROFILE": "", "X-SOCIALPROFILE": "", "X-MS-IMADDRESS": "im", "X-SKYPE": "skype", "X-SKYPE-USERNAME": "skype", "X-AIM": "aim", "X-ICQ": "icq",
    "X-MSN": "msn", "X-YAHOO": "yahoo", "X-JABBER": "jabber", "X-QQ": "qq", "X-GTALK": "gtalk", "X-GOOGLE-TALK": "gtalk", "X-TWITTER": "x", "X-LINKEDIN": "linkedin",
}  # fmt: skip
_JSPROP = "JSPROP"  # a property of JSContact in a vCard (RFC 9555, section 3.2)
_KEPT_JSPROP = f"extensions.{_JSPROP}"
_POINTER_WORD = re.compile(r"[^/:.]+")
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


def record_of_card(card: Card, source: Source, progress: Progress, row: int) -> RawRecord:
    """Make the raw record of one card."""
    return _Builder(card, source, progress, {}).record(row)


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


def _key(one: Line) -> str:
    """Name a property by its group, name and parameters: `item1.X-FOO;TYPE=home`."""
    head = f"{one.group}.{one.name}" if one.group else one.name
    for name, values in one.params.items():
        if name not in _TRANSFER and all(_PLAIN_PARAM.match(value) for value in values):
            head += f";{name}={','.join(values)}"
    return head


def _once(parts: list[str]) -> list[str]:
    """Take out of a name what RFC 9554 writes twice: the second surname beside the first, the generation among the suffixes."""
    if len(parts) > 5 and parts[5].strip():
        second = f" {parts[5].strip()}"
        parts[0] = parts[0].strip().removesuffix(second) if parts[0].strip() != second.strip() else ""
    if len(parts) > 6 and parts[6].strip():
        parts[4] = ", ".join(one for one in map(str.strip, parts[4].split(",")) if one and one != parts[6].strip())
    return parts


def _text_of(one: Line) -> str:
    """The text of a value; some phones write a note in base64."""
    if one.head.encoding == "b" and one.name in _LISTS:
        try:
            return b64decode(one.value, validate=True).decode()
        except ValueError:
            pass
    return unescape(one.value)


def _bare(address: str) -> tuple[str, str]:
    """An address as it stands in a card, and without the scheme of a URI."""
    text = address.strip()
    return text, text[7:] if text[:7].casefold() == "mailto:" else text


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
        self._names = names = {one.name for one in card.properties}
        self._stated = _JSPROP in names
        self._versioned, self._has_address, self._version2 = "VERSION" in names, "ADR" in names, card.version == "2.1"

    def record(self, row: int) -> RawRecord:
        """Make the record."""
        handlers: dict[str, Callable[[Line], None]] = {
            "N": self._name, "TEL": self._phone, "EMAIL": self._email, "ADR": self._address, "ORG": self._organization, "BDAY": self._birthday,
            "UID": self._own_id, "LABEL": self._address_label, "SOUND": self._sound,
        }  # fmt: skip
        for one in self._card.properties:
            self._keep(one)
            for name, texts in one.params.items():
                if name.startswith("X-"):
                    self._judge(name, ",".join(texts))
            if one.name in _SILENT or not one.value.strip(" ;\t"):
                continue
            if one.name in handlers:
                handlers[one.name](one)
            else:
                self._other(one)
        for problem in self._card.problems:  # a line without a colon may be a mark, such as X-DO-NOT-CALL
            if problem.code == "vcard.line_unreadable":
                self._judge(problem.raw.strip()[:100], "true")
        if self._stated:
            self._own_properties()
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
            path = self._free(f"extensions.{_key(one)}")
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

    def _rest(self, one: Line) -> None:
        """Keep a property that has no field: under its name and parameters, with its value as version 4.0 writes it."""
        self._put(self._free(f"extensions.{_key(one)}"), one.value.replace("\r\n", "\n").replace("\n", "\\n"), one)
        label = f"extensions.{one.group}.X-ABLABEL"
        if one.group in self._labels and label not in self._values:
            self._put(label, self._labels[one.group], one)

    def _name(self, one: Line) -> None:
        parts = self._parts(one.value, version2=self._version2)
        if system := next(iter(one.params.get("PHONETIC", ())), ""):
            for path, text in zip(_READING, parts, strict=False):
                self._put(path, text, one)
            script = next(iter(one.params.get("SCRIPT", ())), "")
            self._put("name.phonetic.system", script if system == "script" and script else system, one)
            return
        if not self._values.keys().isdisjoint(_NAME):
            self._rest(one)  # the name once more, in another language or script
            return
        for path, text in zip(_NAME, _once(parts), strict=False):
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
        parts, params = _split(one.value, ";"), one.params
        if not any(map(str.strip, parts)):
            if label := " ".join(params.get("LABEL", ())):
                self._item(("addresses", "full"), label, one, *self._label(one))
            return
        place = f"addresses[{self._next('addresses')}]"
        for name, text in zip(_ADDRESS, parts, strict=False):
            self._put(f"{place}.{name}", text, one)
        for name, param in (("coordinates", "GEO"), ("time_zone", "TZ")):
            self._put(f"{place}.{name}", ",".join(params.get(param, ())), one)
        if f"{place}.country" not in self._values:
            self._put(f"{place}.country", "".join(params.get("CC", ())), one)
        for name, text in zip(("label", "pref"), self._label(one), strict=True):
            self._put(f"{place}.{name}", text, one)

    def _address_label(self, one: Line) -> None:
        if self._has_address:
            self._rest(one)
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
            self._rest(one)
        else:
            self._uid = unescape(one.value).strip()

    def _sound(self, one: Line) -> None:
        if "x-irmc-n" in one.types:  # how Japanese phones write the reading of a name
            parts = _split(one.value, ";")
            for path, text in zip(("name.phonetic.surname", "name.phonetic.given"), parts, strict=False):
                self._put(path, text, one)
        else:
            self._rest(one)

    def _other(self, one: Line) -> None:
        name, text = one.name, _text_of(one)
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
            self._put(f"anniversaries[{self._counts.get('anniversaries', 0)}].kind", _DATES[name], one)
            self._item(("anniversaries", "date"), text, one, self._label(one)[0])
        elif name in _ONLINE:
            service = next(iter(one.params.get("X-SERVICE-TYPE", one.params.get("SERVICE-TYPE", ()))), "").casefold()
            label, pref = self._label(one)
            user = next(iter(one.params.get("USERNAME", one.params.get("X-USER", ()))), "")
            self._put(f"online_services[{self._counts.get('online_services', 0)}].user", user, one)
            self._item(("online_services", "uri"), text, one, service or _ONLINE[name] or label, pref)
        else:
            if name != _JSPROP or not _is_ours(one):  # ours are read as a whole, and stay in the raw record
                self._rest(one)
            self._suspect(one, text)

    def _suspect(self, one: Line, text: str) -> None:
        """Judge a property that nothing knows and that looks like consent, such as X-DO-NOT-CALL."""
        names = [self._labels.get(one.group, "") or one.name]
        if one.name == _JSPROP:
            names = [] if _is_ours(one) else _POINTER_WORD.findall(" ".join(one.params.get("JSPTR", ())))  # ours are not guessed
        for name in names:
            self._judge(name, text)

    def _judge(self, name: str, text: str) -> None:
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

    def _own_properties(self) -> None:
        """Read what a card of ours says for which a vCard has no words: it stands in JSPROP."""
        from canonical_contact.formats.vcard.codec import contact_from
        from canonical_contact.formats.vcard.upgrade import Upgrade

        lines = [one for one in self._card.properties if one.name == _JSPROP]

        def unheard(_: Problem) -> None:
            return

        it = contact_from(Upgrade().properties(self._card, unheard), unheard)
        self._evidence += evidence_in(it)
        for path, text, _ in own_values(it):
            self._put(path, text, lines[0])
        for name, text in it.extensions.items():
            plain = name.removeprefix("vcard.")  # the record's system puts it there again
            of_the_card = name.startswith("jscontact.") or plain.partition(";")[0].rpartition(".")[2] in self._names
            if not of_the_card:  # what an exact reading keeps of a card's own lines is there already
                self._put(f"extensions.{plain}", text, lines[0])
                self._judge(plain, text)
        bounces, places = bounces_of(it), range(self._counts.get("emails", 0))
        for number, email in enumerate(it.emails):
            held = [place for place in places if self._values.get(f"emails[{place}].address", "").strip() in _bare(email.address)]
            for place in held:
                self._put_status(f"emails[{place}]", email, bounces.get(number), lines[0])
            if not held and (number in bounces or email.status is not EmailStatus.UNKNOWN):
                raw = f"{email.address} {email.status}"[:200]
                self._evidence.append(
                    ConsentEvidence(EvidenceKind.UNMAPPED_OPT_OUT, "email", ANY_PURPOSE, raw=raw, column=_JSPROP)
                )

    def _put_status(self, place: str, email: EmailAddress, bounce: tuple[str, datetime | None] | None, one: Line) -> None:
        if email.status is not EmailStatus.UNKNOWN:
            self._put(f"{place}.status", email.status.value, one)
        if bounce:
            self._put(f"{place}.bounced", bounce[0], one)
            self._put(f"{place}.bounced_at", bounce[1].isoformat() if bounce[1] else "", one)

    def _scan(self) -> None:
        notes = self._progress.presets.notes
        for path, text in list(self._values.items()):
            if beside := beside_of(path):
                found = beside_evidence(text, beside, self._columns[path], self._progress.presets, names_in(self._values))
            elif not path.startswith(_KEPT_JSPROP) and reads_like_note(path, text):
                found = note_evidence(notes, text, path, self._columns[path])
            else:
                continue
            self._evidence += [
                one for one in found[0] if (one.kind, one.channel) not in {(e.kind, e.channel) for e in self._evidence}
            ]
            self._problems += found[1]


def _is_ours(one: Line) -> bool:
    return VENDOR in " ".join(one.params.get("JSPTR", ()))
