# The fields that few records have; a record without any of them costs two look-ups.
from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from canonical_contact.errors import Problem
from canonical_contact.model.channels import Channel
from canonical_contact.model.contact import (
    Anniversary,
    ContactKind,
    ExternalId,
    NpsAnswer,
    Owner,
    OwnerRole,
    Restriction,
    Revenue,
)
from canonical_contact.normalize import _words as words
from canonical_contact.normalize._memo import placeholder
from canonical_contact.normalize._number import read_currency, read_number
from canonical_contact.normalize._record_lists import Lists
from canonical_contact.normalize._text import clean

__all__ = ["RARE_LISTS", "RARE_NAMES", "RARE_SCALARS", "Rare"]

T = TypeVar("T")

_ROLES: Final = {f"owners.{role}": role for role in OwnerRole if role is not OwnerRole.RECORD}
_AMOUNTS: Final = ("total", "last_deal_amount")
RARE_NAMES: Final = frozenset({"name.generation", "name.credential", "name.phonetic.given2", "name.phonetic.system"})
RARE_SCALARS: Final = frozenset(
    {
        *RARE_NAMES,
        *_ROLES,
        *("deleted", "grammatical_gender", "kind", "score"),
        *(f"revenue.{part}" for part in (*_AMOUNTS, "currency", "deals", "first_deal_at", "last_deal_at")),
    }
)
RARE_LISTS: Final = frozenset({"anniversaries", "external_ids", "nps", "preferred_channels", "pronouns", "restrictions", "roles"})


class Rare(Lists):
    """Reads the fields that few records have."""

    __slots__ = ()

    def rare(self, country: str) -> dict[str, Any]:
        """Read those that are there."""
        found = [field for path in (*self.scalars, *self.groups) if (field := _FIELD_OF.get(path))]
        return {field: _READERS[field](self, country) for field in dict.fromkeys(found)}

    def owners(self, owner: str, *, rare: bool) -> tuple[Owner, ...]:
        """Who of us looks after what: the record's owner first."""
        found = [Owner(OwnerRole.RECORD, owner)] if owner else []
        if rare:
            for path in _ROLES.keys() & self.scalars.keys():
                if not self.read.text(self.scalars[path]):
                    self.report(placeholder(self.scalars[path]), f"$.{path}", path)
            found += [Owner(role, who) for path, role in _ROLES.items() if (who := self.read.text(self.scalars.get(path, "")))]
        for place, it in enumerate(found):
            self.claim(f"$.owners[{place}]", f"{it.role}: {it.who}" if it.role is not OwnerRole.RECORD else it.who, "", "text")
        return tuple(found)

    # --- words -------------------------------------------------------------------------------------------------------------------------
    def word(self, path: str, table: Mapping[str, T], code: str, default: T) -> T:
        text = self.scalars.get(path)
        if not text:
            return default
        if words.bare(text) in words.NOTHING:
            self.report(placeholder(text), f"$.{path}", path)
            return default
        value = words.look_up(table, text)
        if value is None:
            self._unknown(code, path, text)
            return default
        self.claim(f"$.{path}", str(value), text, "word")
        return value

    def _unknown(self, code: str, path: str, text: str) -> None:
        self.keep((Problem(code, raw=text[:200], hint=_HINTS[code]),), f"$.{path}", path, text)

    def _words(self, kind: str, table: Mapping[str, T], code: str) -> tuple[tuple[T, ...], list[tuple[str, str]]]:
        """Read a list of words; what the table does not know comes back with its raw path."""
        values: list[T] = []
        unknown: list[tuple[str, str]] = []
        for place, parts in self.group(kind):
            text = parts.get("", "")
            if not text.strip(" ,;"):
                self.report(placeholder(text), f"$.{kind}[{place}]", f"{kind}[{place}]")
            for word in text.replace(";", ",").split(","):
                if words.bare(word) in words.NOTHING:
                    self._unsaid(word, f"{kind}[{place}]")
                    continue
                value = words.look_up(table, word)
                if value is None:
                    unknown.append((f"{kind}[{place}]", word.strip()))
                    self._unknown(code, f"{kind}[{place}]", word.strip())
                elif value not in values:
                    self.claim(f"$.{kind}[{len(values)}]", str(value), word, "word")
                    values.append(value)
        return tuple(values), unknown

    def preferred_channels(self) -> tuple[Channel, ...]:
        return self._words("preferred_channels", words.CHANNELS, "channel.unknown")[0]

    def restrictions(self) -> tuple[Restriction, ...]:
        """Read what the person forbade; a text that is not known blocks as a column does that looks like an opt-out."""
        found, unknown = self._words("restrictions", words.RESTRICTIONS, "restriction.unknown")
        for path, text in unknown:
            self.hold(path, text, "restriction_unknown")
        return found

    def deleted(self) -> bool:
        text = self.scalars.get("deleted")
        if not text:
            return False
        value = words.look_up(words.DELETED, text)
        if value is None:
            self._unknown("deleted.unknown", "deleted", text)
            self.hold("deleted", text, "deleted_unknown")
        elif value:
            self.claim("$.deleted", "true", text, "word")
        else:
            self._unsaid(text, "deleted")
        return bool(value)

    def _unsaid(self, text: str, path: str) -> None:
        """Tell a text that says that there is no answer from one that says no."""
        word = words.bare(text)
        if not word or (word != "none" and not self.read.text(text)):
            self.report(placeholder(text), f"$.{path}", path)

    # --- numbers -----------------------------------------------------------------------------------------------------------------------
    def number(self, path: str, target: str) -> float | None:
        """Read a number; claimed under `target`, but for a part of a value that has its own claim."""
        text = self.scalars.get(path)
        if not text or not text.strip():
            return None
        found = read_number(text)
        if found.value is None and found.problems:
            self.keep(found.problems, f"$.{path}", path, text)
        elif found.problems or found.value is None:
            self.report(found.problems or placeholder(text), f"$.{path}", path)
        if found.value is not None and target:
            self.claim(f"$.{target}", _written(found.value), text, "number")
        return found.value

    def _whole(self, path: str, text: str, most: int, code: str) -> int | None:
        """Read a whole number from 0 to `most`."""
        found = read_number(text).value
        if found is None or found != int(found) or not 0 <= found <= most:
            self._unknown(code, path, text)
            return None
        return int(found)

    def revenue(self) -> Revenue | None:
        get = self.scalars.get
        amounts = {part: self.number(f"revenue.{part}", "") for part in _AMOUNTS}
        text = get("revenue.currency", "")
        currency = read_currency(text)
        if text.strip() and not currency:
            self._unknown("currency.unknown", "revenue.currency", text)
        if not currency:  # a sign beside an amount
            currency = next(
                filter(None, (read_currency(get(f"revenue.{part}", "")) for part in _AMOUNTS if amounts[part] is not None)), ""
            )
        deals = get("revenue.deals", "").strip()
        value = Revenue(
            currency=currency,
            deals=self._whole("revenue.deals", deals, 10**9, "number.unreadable") if deals else None,
            first_deal_at=self._moment("revenue.first_deal_at"),
            last_deal_at=self._moment("revenue.last_deal_at"),
            **amounts,
        )
        if value == Revenue():
            return None
        shown = [f"{name}={_told(part)}" for name in _REVENUE if (part := getattr(value, name)) not in (None, "")]
        self.claim("$.revenue", " ".join(shown), "", "number")
        return value

    def nps(self) -> tuple[NpsAnswer, ...]:
        found: list[tuple[NpsAnswer, str]] = []
        for place, parts in self.group("nps"):
            text = parts.get("score", "")
            score = self._whole(f"nps[{place}].score", text, 10, "nps.score_invalid") if text.strip() else None
            if score is not None:
                at = self._moment(f"nps[{place}].at", parts.get("at", ""))
                if all(one != NpsAnswer(score, at) for one, _ in found):
                    found.append((NpsAnswer(score, at), text))
        found.sort(key=lambda one: (one[0].at is not None, one[0].at.timestamp() if one[0].at else 0.0, one[0].score))
        for place, (it, text) in enumerate(found):
            self.claim(f"$.nps[{place}]", f"{it.score} {_told(it.at)}".strip(), text, "number")
        return tuple([it for it, _ in found])

    def _moment(self, path: str, text: str | None = None) -> datetime | None:
        """Read a point in time; what is none is kept among the extensions."""
        text = self.scalars.get(path, "") if text is None else text
        if not text.strip():
            return None
        found = self.moment(path, text)
        if found.value is None and found.problems:
            self.keep(found.problems, f"$.{path}", path, text)
        elif found.problems:
            self.report(found.problems, f"$.{path}", path)
        return found.value

    # --- lists -------------------------------------------------------------------------------------------------------------------------
    def external_ids(self) -> tuple[ExternalId, ...]:
        values: list[ExternalId] = []
        for _, parts in self.group("external_ids"):
            value = ExternalId(clean(parts.get("system", "")), clean(parts.get("id", "")))
            if value.id and value not in values:
                self.claim(f"$.external_ids[{len(values)}]", f"{value.system}:{value.id}", parts.get("id", ""), "text")
                values.append(value)
        return tuple(values)

    def anniversaries(self, country: str) -> tuple[Anniversary, ...]:
        values: list[Anniversary] = []
        for place, parts in self.group("anniversaries"):
            label, kind, text = clean(parts.get("label", "")), clean(parts.get("kind", "")).lower(), parts.get("date", "")
            kind = kind or words.look_up(words.ANNIVERSARIES, label) or ""
            where = f"anniversaries[{place}].date"
            found = self.day(where, text, country)
            if found.value is None:
                if found.problems:
                    self.keep(found.problems, f"$.{where}", where, f"{label}: {text}" if label else text)
                continue
            if found.problems:
                self.report(found.problems, f"$.{where}", where)
            value = Anniversary(found.value, kind, label)
            if value not in values:
                self.claim(f"$.anniversaries[{len(values)}]", f"{kind or label} {value.date}".strip(), text, "birthday")
                values.append(value)
        return tuple(values)


# Field → how it is read, with the country of the person.
_READERS: Final[Mapping[str, Callable[[Rare, str], Any]]] = {
    "kind": lambda it, _: it.word("kind", words.KINDS, "kind.unknown", ContactKind.INDIVIDUAL),
    "grammatical_gender": lambda it, _: it.word("grammatical_gender", words.GENDERS, "grammatical_gender.unknown", ""),
    "external_ids": lambda it, _: it.external_ids(),
    "pronouns": lambda it, _: it.texts("pronouns"),
    "roles": lambda it, _: it.texts("roles"),
    "anniversaries": lambda it, country: it.anniversaries(country),
    "preferred_channels": lambda it, _: it.preferred_channels(),
    "restrictions": lambda it, _: it.restrictions(),
    "score": lambda it, _: it.number("score", "score"),
    "nps": lambda it, _: it.nps(),
    "revenue": lambda it, _: it.revenue(),
    "deleted": lambda it, _: it.deleted(),
}
# Raw path of a scalar, or list → the field that it fills.
_FIELD_OF: Final = {
    **{path: path.partition(".")[0] for path in sorted(RARE_SCALARS) if not path.startswith(("name.", "owners."))},
    **{name: name for name in sorted(RARE_LISTS)},
}

_REVENUE: Final = ("total", "currency", "deals", "first_deal_at", "last_deal_at", "last_deal_amount")


def _written(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


_TOLD: Final[dict[type, Callable[[Any], str]]] = {float: _written, datetime: datetime.isoformat}


def _told(value: object) -> str:
    return "" if value is None else _TOLD.get(type(value), str)(value)


_HINTS: Final = {
    "channel.unknown": "No channel goes by that name here; the text is kept in the extensions.",
    "currency.unknown": "It is not the code of a currency; the text is kept in the extensions.",
    "deleted.unknown": "It says neither yes nor no; the record counts as not deleted, blocks until a person has looked, and the text is kept in the extensions.",
    "grammatical_gender.unknown": "It is none of those that RFC 9553 names; the text is kept in the extensions.",
    "kind.unknown": "It is neither a person, an organisation nor a group; the text is kept in the extensions.",
    "nps.score_invalid": "An answer is a whole number from 0 to 10; the text is kept in the extensions.",
    "number.unreadable": "It is not written as a number of deals; the text is kept in the extensions.",
    "restriction.unknown": "It is not known what this forbids; it blocks until the mapping says so, and the text is kept in the extensions.",
}
