"""Files of JSContact and jCard to raw records; what reads them is the codec, so that nothing is understood in two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from attrs import evolve

from canonical_contact.errors import Problem, Severity
from canonical_contact.formats._beside import beside_evidence, beside_of, names_in
from canonical_contact.formats._consent import BoundRule, evidence_of, note_evidence, reads_like_note
from canonical_contact.formats._json_stream import documents
from canonical_contact.formats._mapping import ConsentRule
from canonical_contact.formats._own_consent import VENDOR, bounces_of, evidence_in
from canonical_contact.formats._own_values import own_values
from canonical_contact.formats._progress import Progress
from canonical_contact.formats._source import Source
from canonical_contact.formats.jscontact.codec import cards_in, contact_of
from canonical_contact.formats.jscontact.vcard import from_properties
from canonical_contact.formats.vcard.jcard import read_jcards
from canonical_contact.model import ConsentEvidence, Contact, ContactKind, EmailStatus, RawRecord, VerificationStatus

__all__ = ["json_card_records"]

_NOT_PEOPLE: Final = frozenset({"group", "location", "application", "device"})
_LABELS: Final = {"private": "home", "main-number": "main"}
_LEAVES: Final = 20_000
_DEPTH: Final = 70
_INNER: Final = re.compile(r'"([^"\\]{3,80})":|\["(x-[a-z0-9-]{1,80})",')
_WORD: Final = re.compile(r"[^/:.;]+")


def json_card_records(source: Source, progress: Progress) -> Iterator[RawRecord]:
    """Read the raw records of a file of cards in JSON."""
    suspects: dict[str, BoundRule | None] = {}
    for row, (card, line) in enumerate(_cards(source, progress), 1):
        kind = card.get("kind")
        if isinstance(kind, str) and kind in _NOT_PEOPLE:
            hint = f"The card is of the kind {kind}, not a person; it was left out."
            name = card.get("name")
            full = name.get("full") if isinstance(name, dict) else ""
            raw = full[:200] if isinstance(full, str) else ""
            progress.skip(Problem("jscontact.not_a_person", raw=raw, hint=hint, severity=Severity.INFO, line=line))
            continue
        progress.rows_read += 1
        yield _Builder(source, progress, suspects, card, line).record(row)


def _cards(source: Source, progress: Progress) -> Iterator[tuple[dict[str, Any], int]]:
    """Give each card with the line that its document starts at."""
    with source.path.open("rb") as stream:
        if source.preset == "jcard":
            for properties in read_jcards(stream, progress.tell):
                yield from_properties(properties), 0
            progress.bytes_read = source.size
            return
        found = documents(stream, progress.tell, max_bytes=progress.limits.row_chars, repeated=True)
        for document in found:
            progress.bytes_read = found.bytes_read
            for card in cards_in(document, lambda problem: progress.skip(evolve(problem, line=found.line))):
                yield dict(card), found.line


class _Builder:
    """Puts the values of one card under raw paths."""

    def __init__(
        self,
        source: Source,
        progress: Progress,
        suspects: dict[str, BoundRule | None],
        card: dict[str, Any],
        line: int,
    ) -> None:
        self._source, self._progress, self._suspects, self._line = source, progress, suspects, line
        self._problems: list[Problem] = []
        self._contact = contact_of(card, self._tell)
        self._card = card
        self._values: dict[str, str] = {}
        self._columns: dict[str, str] = {}
        self._raw: dict[str, str] = {}
        self._evidence: list[ConsentEvidence] = []

    def _tell(self, problem: Problem) -> None:
        if problem.code != "jscontact.uid_missing":  # a record without an id is known by its content
            self._problems.append(problem)

    def record(self, row: int) -> RawRecord:
        """Make the record."""
        self._flatten("", self._card, 0)
        self._person(self._contact)
        self._lists(self._contact)
        self._business(self._contact)
        self._evidence += evidence_in(self._contact)
        for key, text in self._contact.extensions.items():
            self._extension(key, text)
        self._scan()
        uid = self._card.get("uid")
        problems = tuple([evolve(one, file=self._source.name, line=one.line or self._line) for one in self._problems])
        return RawRecord(
            self._source.system,
            uid.strip() if isinstance(uid, str) else "",
            row,
            self._source.name,
            self._line or row,
            self._values,
            self._columns,
            self._raw,
            tuple(self._evidence),
            problems,
            f"{self._source.preset}/1",
        )

    def _flatten(self, pointer: str, value: object, depth: int) -> None:
        """Keep every text of the card under its JSON pointer; what is long, such as a photo, by its size."""
        if len(self._raw) >= _LEAVES or depth > _DEPTH:
            return
        if isinstance(value, dict):
            for name, one in value.items():
                self._flatten(f"{pointer}/{name}", one, depth + 1)
        elif isinstance(value, list):
            for place, one in enumerate(value):
                self._flatten(f"{pointer}/{place}", one, depth + 1)
        else:
            text = value if isinstance(value, str) else "" if value is None else str(value).lower()
            if text.strip():
                limit = self._progress.limits.binary_chars
                self._raw[pointer] = text if len(text) <= limit else f"({len(text)} characters)"

    def _put(self, path: str, text: str, column: str) -> None:
        if text and not text.isspace():
            self._values[path] = text
            self._columns[path] = column

    def _put_texts(self, name: str, texts: tuple[str, ...], column: str) -> None:
        for place, text in enumerate([text for text in texts if text.strip()]):
            self._put(f"{name}[{place}]", text, column)

    # --- the person --------------------------------------------------------------------------------------------------------------------
    def _person(self, it: Contact) -> None:
        if it.name is not None:
            for field in ("full", "title", "given", "given2", "surname", "surname2", "generation", "credential", "sort_as"):
                self._put(f"name.{field}", getattr(it.name, field), "/name")
            for field in ("given", "given2", "surname", "system"):
                self._put(f"name.phonetic.{field}", getattr(it.name, f"phonetic_{field}"), "/name")
        for path, text, column in (
            ("birthday", it.birthday, "/anniversaries"),
            ("gender", it.gender, "/vCardProps"),
            ("grammatical_gender", it.grammatical_gender, "/speakToAs"),
            ("time_zone", it.time_zone, "/addresses"),
            ("created_at", it.created_at.isoformat() if it.created_at else "", "/created"),
            ("updated_at", it.updated_at.isoformat() if it.updated_at else "", "/updated"),
            ("kind", it.kind.value if it.kind is not ContactKind.INDIVIDUAL else "", "/kind"),
        ):
            self._put(path, text, column)
        self._put_texts("nicknames", it.nicknames, "/nicknames")
        self._put_texts("titles", it.titles, "/titles")
        self._put_texts("roles", it.roles, "/titles")
        self._put_texts("notes", it.notes, "/notes")
        self._put_texts("tags", it.tags, "/keywords")
        self._put_texts("pronouns", it.pronouns, "/speakToAs")
        self._put_texts("preferred_languages", it.preferred_languages, "/preferredLanguages")

    def _item(self, place: str, column: str, words: tuple[str, ...], label: str, pref: int) -> None:
        self._put(
            f"{place}.label",
            ",".join([*[_LABELS.get(word, word) for word in words], *([label] if label else [])]).casefold(),
            column,
        )
        self._put(f"{place}.pref", str(pref) if pref else "", column)

    def _lists(self, it: Contact) -> None:
        bounces = bounces_of(it)
        held = [(index, one) for index, one in enumerate(it.emails) if one.address.strip()]
        for place, (index, email) in enumerate(held):
            path = f"emails[{place}]"
            self._put(f"{path}.address", email.address, "/emails")
            self._item(path, "/emails", email.contexts, email.label, email.pref)
            if email.status is not EmailStatus.UNKNOWN:
                self._put(f"{path}.status", email.status.value, "/emails")
            checked = email.verification.checked_at.isoformat() if email.verification.checked_at else ""
            if email.verification.status is VerificationStatus.VERIFIED:
                self._put(f"{path}.verified_at", checked, "/emails")
                self._put(f"{path}.verified_method", email.verification.method or "import", "/emails")
            if index in bounces:
                method, since = bounces[index]
                self._put(f"{path}.bounced", method, "/emails")
                self._put(f"{path}.bounced_at", since.isoformat() if since else "", "/emails")
        for place, phone in enumerate([one for one in it.phones if one.number.strip()]):
            path = f"phones[{place}]"
            number = f"{phone.number} ext. {phone.extension}" if phone.extension else phone.number
            self._put(f"{path}.number", number, "/phones")
            self._item(path, "/phones", (*phone.contexts, *phone.features), phone.label, phone.pref)
        self._addresses(it)
        for place, organization in enumerate([one for one in it.organizations if one.name.strip() or any(one.units)]):
            self._put(f"organizations[{place}].name", organization.name, "/organizations")
            self._put(f"organizations[{place}].units", "; ".join(organization.units), "/organizations")
            self._put(f"organizations[{place}].external_id", organization.external_id, "/organizations")
        for place, service in enumerate([one for one in it.online_services if one.uri.strip()]):
            path = f"online_services[{place}]"
            self._put(f"{path}.uri", service.uri, "/onlineServices")
            self._put(f"{path}.user", service.user, "/onlineServices")
            named = service.label or (service.service if service.service not in ("website", "contact") else "")
            self._item(path, "/onlineServices", () if named else service.contexts, named, service.pref)
        for place, day in enumerate(it.anniversaries):
            self._put(f"anniversaries[{place}].date", day.date, "/anniversaries")
            self._put(f"anniversaries[{place}].kind", day.kind, "/anniversaries")
            self._put(f"anniversaries[{place}].label", day.label, "/anniversaries")

    def _addresses(self, it: Contact) -> None:
        place = 0
        for address in it.addresses:
            path = f"addresses[{place}]"
            texts = {
                field: getattr(address, field)
                for field in ("full", "street", "extended", "po_box", "locality", "region", "postcode")
            }
            texts["country"] = address.country_code or address.country
            texts["coordinates"] = address.coordinates
            kinds = [part.kind for part in address.parts]
            if len(set(kinds)) == len(kinds):
                texts |= {f"part.{part.kind}": part.value for part in address.parts}
            if not any(text.strip() for text in texts.values()):
                continue
            for field, text in texts.items():
                self._put(f"{path}.{field}", text, "/addresses")
            self._put(f"{path}.time_zone", address.time_zone, "/addresses")
            self._item(path, "/addresses", address.contexts, address.label, address.pref)
            place += 1

    def _business(self, it: Contact) -> None:
        """Put what only cards of ours carry."""
        for path, text, field in own_values(it):
            self._put(path, text, f"/{VENDOR}{field}")

    # --- consent -----------------------------------------------------------------------------------------------------------------------
    def _extension(self, key: str, text: str) -> None:
        if key.startswith("jscontact.ids."):
            return
        name = key.removeprefix("jscontact.") if key.startswith("jscontact./") else key
        plain = text[1:-1] if text[:1] == '"' == text[-1:] and len(text) > 1 else text
        limit = self._progress.limits.binary_chars
        if len(plain) > limit:
            hint = f"{len(plain):,} characters (a photo, sound or key) are not kept."
            self._problems.append(Problem("jscontact.binary_left_out", f"$.extensions.{name}", hint=hint, severity=Severity.INFO))
            return
        self._put(f"extensions.{name}", plain, name)
        self._suspect(name, plain)
        if text[:1] in ("{", "["):  # names within may look like consent, too
            for match in _INNER.finditer(text):
                self._suspect(match[1] or match[2], text)

    def _suspect(self, name: str, text: str) -> None:
        """Judge a property that nothing knows and that looks like consent, such as `example.com:doNotCall`."""
        if name not in self._suspects:
            rule = None
            for word in _WORD.findall(name):
                suspect = self._progress.presets.suspects.look(word.removeprefix("X-"))
                if suspect is not None:
                    rule = ConsentRule(suspect.says, suspect.channel, "any")
            self._suspects[name] = BoundRule(rule, -1, name, self._progress.presets.vocabulary) if rule else None
            if rule:
                hint = "The property looks like consent and is not known; what it seems to say blocks until a person has looked."
                self._progress.tell(Problem("consent.unmapped_column", hint=hint, column=name))
        bound = self._suspects[name]
        if bound is not None and text.strip():
            self._evidence += evidence_of(bound, text, {}, {}, "")[0]

    def _scan(self) -> None:
        """Look whether a note, a tag or a name asks to be left alone."""
        notes = self._progress.presets.notes
        for path, text in list(self._values.items()):
            if beside := beside_of(path):
                found = beside_evidence(text, beside, self._columns[path], self._progress.presets, names_in(self._values))
            elif reads_like_note(path, text):
                found = note_evidence(notes, text, path, self._columns[path])
            else:
                continue
            known = {(one.kind, one.channel) for one in self._evidence}
            self._evidence += [one for one in found[0] if (one.kind, one.channel) not in known]
            self._problems += found[1]
