# The lists of a record: where the person is reached and works. Each entry has a claim; what stands twice is kept once.
from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Final

from attrs import evolve

from canonical_contact.errors import Problem
from canonical_contact.model.channels import AddressPart, EmailAddress, EmailStatus, OnlineService, PhoneNumber, PostalAddress
from canonical_contact.model.consent import EvidenceKind
from canonical_contact.model.organization import Organization
from canonical_contact.model.verification import Verification, VerificationStatus
from canonical_contact.normalize._draft import Draft
from canonical_contact.normalize._email import split_emails
from canonical_contact.normalize._labels import Label
from canonical_contact.normalize._memo import ADDRESS_PARTS
from canonical_contact.normalize._phone import split_phones
from canonical_contact.normalize._region import region_of_email, region_of_language
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._service import read_service
from canonical_contact.normalize._text import clean
from canonical_contact.normalize._words import NOTHING, STATUSES, bare, look_up

__all__ = ["Lists", "organization_of", "place_of_problem", "region_hints"]

_UNVERIFIED: Final = Verification()
_NO_LABEL: Final = Label((), (), "", 0)
_PLAIN_ADDRESS: Final = frozenset({*ADDRESS_PARTS, "label", "pref"})
_STREET: Final = ("number", "name", "block", "direction")
_EXTENDED: Final = ("building", "floor", "apartment", "room")
_FIELDS: Final = frozenset({*_STREET, *_EXTENDED, "postOfficeBox", "locality", "region", "postcode", "country"})
# From the best to the worst; the worse word counts.
_WORST: Final = (EmailStatus.UNKNOWN, EmailStatus.OK, EmailStatus.QUARANTINED, EmailStatus.BOUNCED, EmailStatus.BAD)
# Statuses that nothing may be sent to → how the check that says so is called.
_BROKEN: Final = {EmailStatus.BAD: "bad_address", EmailStatus.BOUNCED: "bounce", EmailStatus.QUARANTINED: "quarantine"}


class Lists(Draft):
    """Reads the lists that most records have."""

    __slots__ = ()

    def languages(self) -> tuple[str, ...]:
        values: list[str] = []
        for place, parts in self.group("preferred_languages"):
            text = parts.get("", "")
            found = self.read.language(text)
            if found.problems:
                self.report(found.problems, f"$.preferred_languages[{place}]", f"preferred_languages[{place}]")
            if found.value and found.value not in values:
                self.claim(f"$.preferred_languages[{len(values)}]", found.value, text, "language")
                values.append(found.value)
        return tuple(values)

    def services(self) -> tuple[OnlineService, ...]:
        values: list[OnlineService] = []
        for _, parts in self.group("online_services"):
            user = clean(parts.get("user", ""))
            text = parts.get("uri", "") or user
            value = read_service(text, parts.get("label", ""))
            if "pref" in parts or value.label or user:
                label = self.read.label((value.label, parts.get("pref", "")))
                # "home" is a context; "work blog" stays a label
                plain = bool(label.contexts) and len(value.label.replace(",", " ").split()) == len(label.contexts)
                contexts, name = (label.contexts, "") if plain else ((), value.label)
                value = OnlineService(value.uri, value.service, name, user if user != value.uri else "", contexts, label.pref)
            if value.uri and value not in values:
                self.claim(f"$.online_services[{len(values)}]", value.uri, text, "service")
                values.append(value)
        return tuple(values)

    def organizations(self) -> tuple[Organization, ...]:
        values: list[Organization] = []
        for place, parts in self.group("organizations"):
            text = parts.get("name", "")
            value, problems = organization_of(self.read.organization, text, parts.get("units", ""), parts.get("external_id", ""))
            if problems:
                self.report(problems, f"$.organizations[{place}].name", f"organizations[{place}].name")
            if value and value not in values:
                other = "".join(value.units) or value.external_id
                self.claim(f"$.organizations[{len(values)}]", value.name or other, text or other, "organization")
                values.append(value)
        return tuple(values)

    def addresses(self) -> tuple[PostalAddress, ...]:
        values: list[PostalAddress] = []
        for place, parts in self.group("addresses"):
            get = parts.get
            found = self.read.address(tuple([get(part, "") for part in ADDRESS_PARTS]))
            for problem in found.problems:
                part = place_of_problem(problem, parts)
                self.report((problem,), f"$.addresses[{place}].{part}", f"addresses[{place}].{part}")
            it = found.value
            if not parts.keys() <= _PLAIN_ADDRESS:
                it = _finer(it, parts)
            if it is None:
                continue
            label = self.read.label((get("label", ""), get("pref", "")))
            if label != _NO_LABEL:
                it = PostalAddress(
                    it.full, it.street, it.extended, it.po_box, it.locality, it.region, it.postcode, it.country, it.country_code,
                    label.contexts, label.text, label.pref, it.verification, it.parts, it.coordinates, it.time_zone,
                )  # fmt: skip
            if it not in values:
                self.claim(
                    f"$.addresses[{len(values)}]",
                    _on_one_line(it),
                    ", ".join([parts[part] for part in ADDRESS_PARTS if parts.get(part)])
                    or ", ".join([text for part, text in parts.items() if part[:5] == "part." or part == "coordinates"]),
                    "address",
                )
                values.append(it)
        return tuple(values)

    def emails(self) -> tuple[EmailAddress, ...]:
        values: list[EmailAddress] = []
        for place, parts in self.group("emails"):
            text = parts.get("address", "")
            several = split_emails(text) if text.count("@") > 1 else (text,)
            for part in several:
                found = self.read.email(part)
                if found.problems:
                    self.report(found.problems, f"$.emails[{place}].address", f"emails[{place}].address")
                it = found.value
                if it is None:
                    continue
                same = next((held for held, other in enumerate(values) if other.address == it.address), -1)
                if same >= 0:
                    self._again(values, same, parts, place)
                    continue
                label = self.read.label((parts.get("label", ""), parts.get("pref", "")))
                told = "status" in parts or "bounced" in parts or "bounced_at" in parts or (not values and self.raw.evidence)
                status = self._status(parts, place) if told else EmailStatus.UNKNOWN
                shown = self._verification(parts, status, first=not values)
                self.claim(f"$.emails[{len(values)}]", it.address, part if len(several) > 1 else text, "email")
                if label != _NO_LABEL or shown is not _UNVERIFIED or status is not EmailStatus.UNKNOWN:
                    it = EmailAddress(it.address, it.key, label.contexts, label.text, label.pref, it.role, shown, status)
                values.append(it)
        return tuple(values)

    def _again(self, values: list[EmailAddress], held: int, parts: Mapping[str, str], place: int) -> None:
        """An address that stands twice is kept once; what forbids to send to it counts, wherever it stands."""
        if parts.keys().isdisjoint(("status", "bounced", "bounced_at")):
            return
        status = self._status(parts, place)
        if status in _BROKEN and _WORST.index(status) > _WORST.index(values[held].status):
            shown = self._verification(parts, status, first=False)
            values[held] = evolve(values[held], status=status, verification=shown)

    def _status(self, parts: Mapping[str, str], place: int) -> EmailStatus:
        """Read whether the address can be delivered to: what its own columns say, else the record's bounce, which is that of the first."""
        text = parts.get("status")
        if text is None and "bounced" not in parts and "bounced_at" not in parts:
            bounced = any(it.kind is EvidenceKind.BOUNCE and it.channel in ("email", "any") for it in self.raw.evidence)
            return EmailStatus.BOUNCED if bounced else EmailStatus.UNKNOWN
        found = [EmailStatus.BOUNCED] if "bounced" in parts or "bounced_at" in parts else []
        for word in (text or "").split(","):
            status = look_up(STATUSES, word)
            if status is not None:
                found.append(status)
            elif bare(word) not in NOTHING:
                hint = "It is not known what this says of the address; it blocks until the mapping says so, and the text is kept in the extensions."
                where = f"emails[{place}].status"
                self.keep((Problem("email.status_unknown", raw=word[:200], hint=hint),), f"$.{where}", where, word)
                self.hold(where, word, "email_status_unknown", "email")
        return max(found, key=_WORST.index, default=EmailStatus.UNKNOWN)

    def _verification(self, parts: Mapping[str, str], status: EmailStatus, *, first: bool) -> Verification:
        """Take the latest of what the record shows: its own checks, a confirmed opt-in, a bounce."""
        shown: list[Verification] = []
        if "verified_at" in parts or "verified_method" in parts:
            at = self.moment("emails[].verified_at", parts.get("verified_at", "")).value
            shown.append(Verification(VerificationStatus.VERIFIED, clean(parts.get("verified_method", "")) or "import", at))
        if "bounced" in parts or "bounced_at" in parts:
            at = self.moment("emails[].bounced_at", parts.get("bounced_at", "")).value
            shown.append(Verification(VerificationStatus.FAILED, "bounce", at))
        elif status in _BROKEN and "status" in parts:
            shown.append(Verification(VerificationStatus.FAILED, _BROKEN[status], None))
        if first:
            for it in self.raw.evidence:
                if it.channel not in {"email", "any"}:
                    continue
                if it.kind is EvidenceKind.CONFIRMED_OPT_IN:
                    shown.append(Verification(VerificationStatus.VERIFIED, "double_opt_in", it.at))
                elif it.kind is EvidenceKind.BOUNCE:
                    shown.append(Verification(VerificationStatus.FAILED, "bounce", it.at))
        if not shown:
            return _UNVERIFIED
        undated = [it for it in shown if it.checked_at is None and it.status is VerificationStatus.FAILED]
        if undated:
            return undated[0]
        dated = [(it.checked_at, it.status is VerificationStatus.FAILED, it) for it in shown if it.checked_at is not None]
        return max(dated, key=lambda entry: entry[:2])[2] if dated else shown[0]

    def phones(
        self, countries: tuple[str, ...], emails: tuple[EmailAddress, ...], languages: tuple[str, ...]
    ) -> tuple[PhoneNumber, ...]:
        found: list[tuple[int, dict[str, str], str, bool, Normalized[PhoneNumber] | None]] = []
        abroad: list[str] = []
        for place, parts in self.group("phones"):
            text = parts.get("number", "")
            several = split_phones(text)
            for part in several:
                read: Normalized[PhoneNumber] | None = None
                if "+" in part or part.lstrip().startswith("00"):  # these need no hint, and give one
                    read = self.read.phone((part, "", ()))
                    if read.value is None and not part.lstrip().startswith("+"):
                        read = None
                    elif read.value and read.value.country_code:
                        abroad.append(read.value.country_code)
                found.append((place, parts, part, len(several) > 1, read))
        if not found:
            return ()
        region, others = "", tuple[str, ...]()
        if any(read is None for *_, read in found):
            region, others = self._regions(countries, abroad, emails, languages)
        values: list[PhoneNumber] = []
        for place, parts, part, _, read in found:
            read = read or self.read.phone((part, region, others))
            if read.problems:
                self.report(read.problems, f"$.phones[{place}].number", f"phones[{place}].number")
            it = read.value
            if it is None or any(it.number == other.number and it.extension == other.extension for other in values):
                continue
            canonical = f"{it.number};ext={it.extension}" if it.extension else it.number
            self.claim(f"$.phones[{len(values)}]", canonical, part, "phone")
            label = self.read.label((parts.get("label", ""), parts.get("pref", "")))
            if label != _NO_LABEL:
                it = PhoneNumber(
                    it.number, it.extension, it.country_code, it.line_type, label.features, label.contexts, label.text, label.pref
                )
            values.append(it)
        return tuple(values)

    def _regions(
        self, countries: tuple[str, ...], abroad: list[str], emails: tuple[EmailAddress, ...], languages: tuple[str, ...]
    ) -> tuple[str, tuple[str, ...]]:
        """Give the region of national numbers, and weaker hints: first what the record states, then what it suggests."""
        weak = (*[region_of_email(it.address) for it in emails], *map(region_of_language, languages))
        told = self.told("phones[].number", "phone")
        if told.get("language"):
            weak = (*weak, region_of_language(told["language"]))
        return region_hints(countries, abroad, weak, told.get("region", "") or self.run.default_region)


def region_hints(
    countries: Sequence[str], abroad: Sequence[str], weak: Sequence[str], default: str
) -> tuple[str, tuple[str, ...]]:
    """Give the region of national numbers, and weaker hints.

    Args:
        countries: those of the addresses.
        abroad: those of numbers that say theirs.
        weak: those that e-mail addresses and languages suggest.
        default: that of the run.
    """
    strong = [*countries, *abroad]
    if default and not strong and not any(weak):
        strong = [default]
    hints = tuple(dict.fromkeys(filter(None, [*strong[1:], *weak, default])))
    return (strong[0], hints) if strong else ("", hints)


def organization_of(
    read: Callable[[str], Normalized[Organization]], name: str, units: str, external_id: str
) -> tuple[Organization | None, tuple[Problem, ...]]:
    """Put an organisation together from its texts."""
    found = read(name)
    value, unit, outer = found.value, clean(units), clean(external_id)
    if unit or outer:
        value = value or Organization("")
        value = Organization(value.name, (unit,) if unit else (), value.key, outer)
    return value, found.problems


def place_of_problem(problem: Problem, parts: Container[str]) -> str:
    """Tell which part of an address a problem is about."""
    part = problem.code.partition(".")[0]
    return part if part in parts else "full" if "full" in parts else "street"


def _on_one_line(it: PostalAddress) -> str:
    """Write an address on one line, in the order of its parts."""
    parts = (
        it.full.replace("\n", ", "),
        it.street,
        it.extended,
        it.po_box,
        it.locality,
        it.region,
        it.postcode,
        it.country,
        it.country_code,
    )
    return ", ".join(filter(None, parts))


def _finer(it: PostalAddress | None, parts: Mapping[str, str]) -> PostalAddress | None:
    """Add the finer parts, the place on the globe and its time zone; fields that a source left empty are filled from the parts."""
    finer = [(name[5:], clean(text)) for name, text in parts.items() if name[:5] == "part."]
    finer = [(kind, value) for kind, value in finer if value]
    coordinates, zone = clean(parts.get("coordinates", "")), clean(parts.get("time_zone", ""))
    if not (finer or coordinates or (zone and it)):
        return it
    it = it or PostalAddress()

    def joined(kinds: tuple[str, ...]) -> str:
        return " ".join([value for kind, value in finer if kind in kinds])

    return evolve(
        it,
        street=it.street or joined(_STREET),
        extended=it.extended or joined(_EXTENDED),
        po_box=it.po_box or joined(("postOfficeBox",)),
        locality=it.locality or joined(("locality",)),
        region=it.region or joined(("region",)),
        postcode=it.postcode or joined(("postcode",)),
        country=it.country or ("" if it.country_code else joined(("country",))),
        full=it.full or ("" if it != PostalAddress() or set(dict(finer)) & _FIELDS else ", ".join(value for _, value in finer)),
        parts=tuple([AddressPart(kind, value) for kind, value in finer]),
        coordinates=coordinates,
        time_zone=zone,
    )
