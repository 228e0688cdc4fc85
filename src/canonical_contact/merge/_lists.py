# List fields: the union of all records' values, one entry for each distinct one, best first.
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from attrs import evolve, frozen

from canonical_contact.merge._choosing import Choosing
from canonical_contact.merge._placing import Placing
from canonical_contact.merge._ranking import Entry, is_ranked, place_pins, ranked
from canonical_contact.model import (
    EmailAddress,
    EmailStatus,
    OnlineService,
    Organization,
    PhoneNumber,
    PostalAddress,
    SourceRecord,
    Verification,
    VerificationStatus,
)

__all__ = ["Item", "fold_lists", "union"]

T = TypeVar("T")


@frozen
class Item:
    """One value of one record on its way into a list of the contact."""

    value: Any
    record: SourceRecord
    path: str
    seen: float


def fold_lists(choosing: Choosing, verified: Mapping[tuple[str, str], Verification]) -> dict[str, Any]:
    """Fold every list field of the cards.

    Args:
        choosing: the choices of the contact.
        verified: (record, `email`) → the latest check that an activity states.
    """
    from canonical_contact.normalize import fold

    return {
        "emails": union(choosing, "emails", lambda e: e.key or e.address, _join_emails(verified), order=_email_order),
        "phones": union(choosing, "phones", lambda p: p.dialled, _join_phones, order=_phone_order),
        "addresses": _addresses(choosing, fold),
        "organizations": union(choosing, "organizations", lambda o: o.key or fold(o.name), _join_organizations),
        "titles": union(choosing, "titles", fold, _newest),
        "nicknames": union(choosing, "nicknames", fold, _newest),
        "preferred_languages": union(choosing, "preferred_languages", fold, _newest),
        "online_services": union(choosing, "online_services", lambda s: s.uri.casefold().rstrip("/"), _join_services),
        "tags": union(choosing, "tags", fold, _newest),
        "notes": union(choosing, "notes", str.strip, _newest),
    }


def union(
    choosing: Choosing,
    field: str,
    key: Callable[[Any], str],
    join: Callable[[list[Item]], Any],
    *,
    order: Callable[[Any, list[Item]], tuple[Any, ...]] | None = None,
) -> tuple[Any, ...]:
    """The union of a list of all records: one entry for each key, joined of its values, best first."""
    placing, groups = choosing.placing, dict[str, list[Item]]()
    for record in choosing.records:
        for place, value in enumerate(getattr(record.card, field)):
            path = f"$.{field}[{place}]"
            groups.setdefault(key(value), []).append(Item(value, record, path, placing.said(record, path)))
    if len(groups) < 2:
        if choosing.pins:
            place_pins(choosing, field, list(groups.values()))
        return _only(groups, field, join, placing)
    joined = [(join(sorted(items, key=_newest_first)), name, items) for name, items in groups.items()]
    first: Mapping[str, tuple[float, ...]] = {}
    if is_ranked(choosing, field):
        first = ranked(choosing, field, [Entry(name, value, items) for value, name, items in joined])
    joined.sort(
        key=lambda entry: (
            first.get(entry[1], ()),
            *(order(entry[0], entry[2]) if order else ()),
            -max(i.seen for i in entry[2]),
            entry[1],
        )
    )
    if choosing.pins:
        place_pins(choosing, field, [items for _, _, items in joined])
    cap = choosing.policy.rule(field).options.get("cap", len(joined))
    for place, (_, _, items) in enumerate(joined):
        for item in items:
            kept = place < cap
            placing.place(item.record.key, item.path, f"$.{field}[{place}]", won=kept, reason="union" if kept else "cap")
    return tuple(value for value, _, _ in joined[:cap])


def _newest_first(item: Item) -> tuple[float, str, str]:
    return -item.seen, item.record.key, item.path


def _only(groups: Mapping[str, list[Item]], field: str, join: Callable[[list[Item]], Any], placing: Placing) -> tuple[Any, ...]:
    """The union where there is one entry at most, as in most lists."""
    target = f"$.{field}[0]"
    for items in groups.values():
        for item in items:
            placing.place(item.record.key, item.path, target)
        return (join(items if len(items) < 2 else sorted(items, key=_newest_first)),)
    return ()


def _is_whole(items: list[Item]) -> bool:
    """Whether there is nothing to join: one value, whose contexts are in order."""
    return len(items) == 1 and len(items[0].value.contexts) < 2


def _newest(items: list[Item]) -> object:
    return items[0].value


def _systems(items: list[Item]) -> int:
    return len({item.record.system for item in items})


def _merged(items: list[Item], field: str) -> tuple[str, ...]:
    return tuple(sorted({text for item in items for text in getattr(item.value, field)}))


def _first(items: list[Item], field: str) -> Any:  # noqa: ANN401 - the fields of four types
    return next((value for item in items if (value := getattr(item.value, field))), getattr(items[0].value, field))


def _pref(items: list[Item]) -> int:
    return min((item.value.pref for item in items if item.value.pref), default=0)


def _latest_check(checks: Sequence[Verification]) -> Verification:
    """The latest check counts; at the same time a failure counts before a success, and any check before none."""
    rank = {VerificationStatus.UNVERIFIED: 0, VerificationStatus.VERIFIED: 1, VerificationStatus.FAILED: 2}
    return max(
        checks,
        key=lambda c: (
            c.status != VerificationStatus.UNVERIFIED,
            c.checked_at.timestamp() if c.checked_at else -1.0,
            rank[c.status],
        ),
        default=Verification(),
    )


# e-mail: one mailbox, one entry; the plain spelling before one with a tag
def _join_emails(verified: Mapping[tuple[str, str], Verification]) -> Callable[[list[Item]], EmailAddress]:
    def join(items: list[Item]) -> EmailAddress:
        if not verified and _is_whole(items):
            only: EmailAddress = items[0].value
            return only
        plain = min(
            items,
            key=lambda i: ("+" in i.value.address, -sum(o.value.address == i.value.address for o in items), i.value.address),
        )
        checks = [item.value.verification for item in items]
        # a process event checks the first address of the record that it hangs on
        checks += [found for item in items if item.path == "$.emails[0]" and (found := verified.get((item.record.key, "email")))]
        best: EmailAddress = plain.value
        check = _latest_check(checks)
        return evolve(
            best,
            contexts=_merged(items, "contexts"),
            label=_first(items, "label"),
            pref=_pref(items),
            role=any(item.value.role for item in items),
            verification=check,
            status=_status(items, check),
        )

    return join


_BROKEN = (EmailStatus.QUARANTINED, EmailStatus.BOUNCED, EmailStatus.BAD)  # the worst last


def _status(items: list[Item], check: Verification) -> EmailStatus:
    """The worst that a record says, unless a check that came after all such records found that it works.

    A failure without a date of its own holds as of the last change of its record; without that either, nothing comes after it.
    """
    if all(item.value.status is EmailStatus.UNKNOWN for item in items):
        return EmailStatus.UNKNOWN
    broken = [item for item in items if item.value.status in _BROKEN]
    if not broken:
        return EmailStatus.OK if any(item.value.status is EmailStatus.OK for item in items) else EmailStatus.UNKNOWN
    if check.status is VerificationStatus.VERIFIED and check.checked_at:
        times = [item.value.verification.checked_at or item.record.observed_at for item in broken]
        if all(time is not None and time < check.checked_at for time in times):
            return EmailStatus.OK
    worst: EmailStatus = max(broken, key=lambda item: _BROKEN.index(item.value.status)).value.status
    return worst


def _email_order(email: EmailAddress, items: list[Item]) -> tuple[Any, ...]:
    status = {VerificationStatus.VERIFIED: 0, VerificationStatus.UNVERIFIED: 1, VerificationStatus.FAILED: 2}
    return email.status in _BROKEN, status[email.verification.status], email.role, email.pref or 101, -_systems(items)


def _join_phones(items: list[Item]) -> PhoneNumber:
    newest: PhoneNumber = items[0].value
    if _is_whole(items) and len(newest.features) < 2:
        return newest
    return evolve(
        newest,
        extension=_first(items, "extension"),
        features=_merged(items, "features"),
        contexts=_merged(items, "contexts"),
        label=_first(items, "label"),
        pref=_pref(items),
        verification=_latest_check([item.value.verification for item in items]),
    )


def _phone_order(phone: PhoneNumber, items: list[Item]) -> tuple[Any, ...]:
    return phone.verification.status == VerificationStatus.FAILED, phone.pref or 101, "fax" in phone.features, -_systems(items)


def _join_services(items: list[Item]) -> OnlineService:
    newest: OnlineService = items[0].value
    if len(items) == 1:
        return newest
    return evolve(
        newest,
        service=_first(items, "service"),
        label=_first(items, "label"),
        user=_first(items, "user"),
        contexts=_merged(items, "contexts"),
        pref=_pref(items),
    )


def _join_organizations(items: list[Item]) -> Organization:
    newest: Organization = items[0].value
    if len(items) == 1:
        return newest
    return evolve(newest, units=_first(items, "units"), external_id=_first(items, "external_id"))


# addresses: a whole address each; one that says less than another one, and nothing else, is part of it
_PARTS = ("street", "extended", "po_box", "locality", "region", "postcode", "country_code", "country", "full")


def _addresses(choosing: Choosing, fold: Callable[[str], str]) -> tuple[PostalAddress, ...]:
    placing = choosing.placing
    forms: dict[tuple[str, ...], list[Item]] = {}
    for record in choosing.records:
        for place, address in enumerate(record.card.addresses):
            form = tuple([fold(text).replace(" ", "") if (text := getattr(address, part)) else "" for part in _PARTS])
            if not any(form):  # known by its parts or its place alone
                form = (*form[:-1], fold("".join(part.value for part in address.parts) or address.coordinates).replace(" ", ""))
            path = f"$.addresses[{place}]"
            forms.setdefault(form, []).append(Item(address, record, path, placing.said(record, path)))
    fullest = sorted(forms, key=lambda form: (-sum(map(bool, form)), form))
    kept: list[tuple[str, ...]] = []
    into: dict[tuple[str, ...], tuple[str, ...]] = {}
    for form in fullest:
        home = next(
            (other for other in kept if all(not mine or mine == theirs for mine, theirs in zip(form, other, strict=True))), None
        )
        into[form] = home or form
        if home is None:
            kept.append(form)
    groups: dict[tuple[str, ...], list[Item]] = {form: [] for form in kept}
    for form, items in forms.items():
        groups[into[form]] += items
    names = {form: "\0".join(form) for form in kept}
    first: Mapping[str, tuple[float, ...]] = {}
    if len(kept) > 1 and is_ranked(choosing, "addresses"):
        first = ranked(choosing, "addresses", [Entry(names[form], forms[form][0].value, groups[form]) for form in kept])
    order = sorted(
        kept,
        key=lambda form: (
            first.get(names[form], ()),
            not form[0],
            -max(i.seen for i in groups[form]),
            -_systems(groups[form]),
            form,
        ),
    )
    if choosing.pins:
        place_pins(choosing, "addresses", [groups[form] for form in order])
    result: list[PostalAddress] = []
    for place, form in enumerate(order):
        items = groups[form]
        own = sorted(forms[form], key=_newest_first)
        address = own[0].value
        if not _is_whole(items):
            address = evolve(address, contexts=_merged(items, "contexts"), label=_first(own, "label"), pref=_pref(items))
        if len(own) > 1 and any(item.value.parts or item.value.coordinates or item.value.time_zone for item in own[1:]):
            # the same address, told more closely by another record
            closer = {part: _first(own, part) for part in ("parts", "coordinates", "time_zone")}
            address = evolve(address, **closer)
        result.append(address)
        for item in items:
            whole = any(item is mine for mine in own)
            placing.place(
                item.record.key, item.path, f"$.addresses[{place}]", won=whole, reason="union" if whole else "contained"
            )
    return tuple(result)
