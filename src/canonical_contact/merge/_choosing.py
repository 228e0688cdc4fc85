# The choices of one contact: who is in the race for a field, what is pinned, which rule decides, and the book that is kept of it.
from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from attrs import evolve

from canonical_contact.merge._pins import PINNED_LATER, VALUE, is_pin, pins_of
from canonical_contact.merge._placing import Placing
from canonical_contact.merge.policy import GROUP, INVALID, STRATEGIES, VALID, VERIFIED, Candidate, Rule, Survivorship, Won, decide
from canonical_contact.model import Card, ContactKind, Name, Owner, OwnerRole, SourceRecord

__all__ = ["ROLES", "Choosing", "held", "owners_of"]

ROLES: Final[Mapping[str, OwnerRole]] = {
    "owner" if role is OwnerRole.RECORD else f"owners.{role}": role for role in OwnerRole
}  # field → what is looked after
_CARD: Final = Card()


class Choosing:
    """Chooses the single values of one contact, and remembers them.

    Args:
        records: its records, in the order of their keys.
        policy: which value survives.
        placing: told where each value ends.
        ruled: fields that a rectification rules.
    """

    def __init__(
        self, records: Sequence[SourceRecord], policy: Survivorship, placing: Placing, ruled: Collection[str] = ()
    ) -> None:
        self.policy, self.placing = policy, placing
        self.pins = pins_of(records, ruled)
        self.records = [record for record in records if not is_pin(record)]
        self.alone = len(records) == 1
        self._won: dict[str, Won | None] = {}

    def value(self, path: str, blank: Any) -> Any:  # noqa: ANN401 - the fields of many types
        """Give the value of a field; `blank` where none survives."""
        won = self.won(path)
        return blank if won is None or won.value is None else won.value

    def won(self, path: str) -> Won | None:
        """Decide a field, once."""
        if path not in self._won:
            self._won[path] = self._decide(path)
        return self._won[path]

    def decide(self, path: str, candidates: Sequence[Candidate[Any]]) -> Won | None:
        """Decide among candidates by the rule of a field."""
        rule = self.policy.rule(path)
        if not rule.options:  # as most are
            return decide(rule, self._looked_at(path, candidates, rule), self.policy.sources)
        won = decide(rule, self._looked_at(path, candidates, rule), self.policy.sources, self._winner)
        target = rule.options.get("field", "")
        if won and rule.strategy == "follow" and target.startswith(GROUP):
            return won._replace(reason=self.policy.rule(target).strategy)
        return won

    def pinned(self, field: str) -> list[str]:
        """List the values of a list that are pinned, the latest first."""
        return [record.raw.get(VALUE, "") for record in reversed(self.pins.get(field, ()))]

    def _winner(self, path: str) -> str:
        won = self.won(path)
        return won.source if won else ""

    def _decide(self, path: str) -> Won | None:
        pins = self.pins.get(path)
        if pins:
            latest = pins[-1]
            found = _candidates_of(path)(self, pins, path)
            value = next((candidate.value for candidate in found if candidate.source == latest.key), None)
            won: Won | None = Won(value, latest.key, "pinned", frozenset({latest.key}))
            for pin in pins[:-1]:
                for claim in pin.claims:
                    self.placing.place(pin.key, claim.path, f"$.{path}", won=False, reason=PINNED_LATER)
        else:
            found = _candidates_of(path)(self, self.records, path)
            if self.placing.cleared:
                found += self._cleared(path)
            won = self.decide(path, found) if found else None
        if won and not path.startswith(GROUP):
            self.placing.decide(f"$.{path}", won.sources, won.reason)
        return won

    def _cleared(self, path: str) -> Iterable[Candidate[Any]]:
        """List the records that have taken their value back."""
        where = f"$.{path}"
        return [
            Candidate(None, record.key, self.placing.said(record, where), cleared=True)
            for record in self.records
            if (record.key, where) in self.placing.cleared and not held(record.card, path)
        ]

    def _looked_at(self, path: str, candidates: Sequence[Candidate[Any]], rule: Rule) -> Sequence[Candidate[Any]]:
        """Add what only some strategies ask for: the problems of a field, and whether its value was verified."""
        if STRATEGIES[rule.strategy].looks or any(STRATEGIES[one.strategy].looks for one in rule.options.get("rules", ())):
            records = {record.key: record for record in self.records}
            return [_looked_at(path, one, records[one.source]) if one.source in records else one for one in candidates]
        return candidates


def _looked_at(path: str, candidate: Candidate[Any], record: SourceRecord) -> Candidate[Any]:
    field = f"$.{path.partition('.')[0]}"
    faults = sum(problem.path == field or problem.path.startswith((f"{field}.", f"{field}[")) for problem in record.problems)
    name = f"{path}_verified"
    told = next((text for known, text in record.card.extensions.items() if known == name or known.endswith(f".{name}")), "")
    if not told:
        return evolve(candidate, faults=faults, standing=INVALID if faults else VALID)
    try:
        at = datetime.fromisoformat(told).timestamp()
    except ValueError:
        at = -1.0  # it says that, and not when
    return evolve(candidate, faults=faults, standing=VERIFIED, checked_at=at)


# --- who is in the race ------------------------------------------------------------------------------------------------------------------
_Candidates = list[Candidate[Any]]
_Producer = Callable[[Choosing, Sequence[SourceRecord], str], _Candidates]


def _texts(choosing: Choosing, records: Sequence[SourceRecord], path: str) -> _Candidates:
    said = choosing.placing.said
    return [
        Candidate(text, r.key, said(r, f"$.{path}"), text.casefold(), len(text))
        for r in records
        if (text := getattr(r.card, path))
    ]


def _names(choosing: Choosing, records: Sequence[SourceRecord], path: str) -> _Candidates:
    from canonical_contact.normalize import fold

    said = choosing.placing.said
    return [
        Candidate(name, r.key, said(r, f"$.{path}"), fold(f"{name.given} {name.surname}"), _completeness(name))
        for r in records
        if (name := r.card.name)
    ]


def _completeness(name: Name) -> int:
    """Given and surname in full count most; an initial counts less than a name, a middle name a little."""
    given = 4 if len(name.given.strip(".")) > 1 else 1 if name.given else 0
    return given + (4 if len(name.surname.strip(".")) > 1 else 1 if name.surname else 0) + bool(name.given2)


def _name_parts(choosing: Choosing, records: Sequence[SourceRecord], path: str) -> _Candidates:
    part, said = path.removeprefix("name."), choosing.placing.said
    return [
        Candidate(text, r.key, said(r, f"$.{path}"), text.casefold(), len(text))
        for r in records
        if r.card.name and (text := getattr(r.card.name, part))
    ]


def _birthdays(choosing: Choosing, records: Sequence[SourceRecord], path: str) -> _Candidates:
    said = choosing.placing.said
    dated = [r for r in records if r.card.birthday]
    full = [r for r in dated if not r.card.birthday.startswith("--")] or dated  # a date with its year before one without
    return [Candidate(r.card.birthday, r.key, said(r, f"$.{path}"), r.card.birthday) for r in full]


def _times(choosing: Choosing, records: Sequence[SourceRecord], path: str) -> _Candidates:
    said = choosing.placing.said
    return [
        Candidate(at, r.key, said(r, f"$.{path}"), str(at.timestamp()))
        for r in records
        if (at := getattr(r.card, path)) is not None
    ]


def _kinds(choosing: Choosing, records: Sequence[SourceRecord], path: str) -> _Candidates:
    """Only a record that states a kind counts; that a card says nothing makes it no person."""
    placing = choosing.placing
    stated = [r for r in records if r.card.kind is not ContactKind.INDIVIDUAL or placing.states(r.key, "$.kind")]
    return [Candidate(r.card.kind, r.key, placing.said(r, f"$.{path}"), r.card.kind) for r in stated]


def _wholes(choosing: Choosing, records: Sequence[SourceRecord], path: str) -> _Candidates:
    """A whole value survives; parts of two are never mixed."""
    blank, said = getattr(_CARD, path), choosing.placing.said
    stated = [(r, getattr(r.card, path)) for r in records]
    return [Candidate(value, r.key, said(r, f"$.{path}"), repr(value)) for r, value in stated if value != blank]


def _owners(choosing: Choosing, records: Sequence[SourceRecord], path: str) -> _Candidates:
    role, said = ROLES[path], choosing.placing.said
    return [
        Candidate(it.who, r.key, said(r, f"$.{path}"), it.who.casefold(), len(it.who))
        for r in records
        for it in owners_of(r.card)
        if it.role is role
    ]


def owners_of(card: Card) -> tuple[Owner, ...]:
    """Who looks after what by a card; one that a host made may have the deprecated `owner` alone, which is that of the record."""
    return card.owners or ((Owner(OwnerRole.RECORD, card.owner),) if card.owner else ())


def _groups(choosing: Choosing, records: Sequence[SourceRecord], path: str) -> _Candidates:
    """One candidate for each record that has some of the fields."""
    fields = choosing.policy.groups[path.removeprefix(GROUP)].fields
    found: _Candidates = []
    for record in records:
        values = [value for field in fields if (value := held(record.card, field))]
        if values:
            found.append(
                Candidate(record.key, record.key, choosing.placing.said(record, ""), repr(values).casefold(), len(values))
            )
    return found


def held(card: Card, path: str) -> object:
    """Give what a card has of a field; something false where it has nothing."""
    field, _, part = path.partition(".")
    value = getattr(card, field)
    if path in ROLES:
        return [it for it in owners_of(card) if it.role is ROLES[path]]
    return getattr(value, part, "") if part else value


_PRODUCERS: Final[Mapping[str, _Producer]] = {
    "name": _names,
    **dict.fromkeys(("name.title", "name.generation", "name.credential"), _name_parts),
    "birthday": _birthdays,
    "created_at": _times,
    "kind": _kinds,
    **dict.fromkeys(("grammatical_gender", "score", "revenue", "preferred_channels"), _wholes),
    **dict.fromkeys(ROLES, _owners),
    **dict.fromkeys(("gender", "time_zone", "source_channel"), _texts),
}


def _candidates_of(path: str) -> _Producer:
    return _groups if path.startswith(GROUP) else _PRODUCERS[path]
