"""Whether one value is taken by a schema: yes, no, or not to be known (None)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from fractions import Fraction
from typing import Any, Final

from canonical_contact.schema._compat.document import Node
from canonical_contact.schema._compat.prover import Answer, Goal, Proof, Prover
from canonical_contact.schema._compat.values import atom, equal_key, matches

__all__ = ["fits"]


def fits(prover: Prover, goal: Goal) -> Proof:
    """Look whether a value is taken by a schema."""
    facts = prover.facts((goal.wide,))
    answer: Answer = None if facts.unknown else True
    if facts.never:
        return False
    for part in facts.parts:
        for each in _plain(part, goal.value):
            answer = _both(answer, each)
        if answer is False:
            return False
        for check in _INSIDE:
            answer = _both(answer, (yield from check(part, goal.value)))
            if answer is False:
                return False
    return answer


def _both(left: Answer, right: Answer) -> Answer:
    return False if left is False or right is False else None if left is None or right is None else True


def _all(goals: Iterable[Goal]) -> Proof:
    answer: Answer = True
    for goal in goals:
        answer = _both(answer, (yield goal))
        if answer is False:
            return False
    return answer


def _multiple(value: object, step: object) -> bool:
    return Fraction(str(value)) % Fraction(str(step)) == 0


_NUMBER, _TEXT, _LIST, _OBJECT = ("integer", "fraction"), ("string",), ("array",), ("object",)
# word → (types that it is about, what must hold)
_PLAIN: Final[dict[str, tuple[tuple[str, ...], Callable[[Any, Any], bool | None]]]] = {
    "minimum": (_NUMBER, lambda value, limit: value >= limit),
    "maximum": (_NUMBER, lambda value, limit: value <= limit),
    "exclusiveMinimum": (_NUMBER, lambda value, limit: value > limit),
    "exclusiveMaximum": (_NUMBER, lambda value, limit: value < limit),
    "multipleOf": (_NUMBER, _multiple),
    "minLength": (_TEXT, lambda value, limit: len(value) >= limit),
    "maxLength": (_TEXT, lambda value, limit: len(value) <= limit),
    "pattern": (_TEXT, lambda value, pattern: matches(pattern, value)),
    "format": (_TEXT, lambda _value, _name: None),
    "contentEncoding": (_TEXT, lambda _value, _name: None),
    "contentMediaType": (_TEXT, lambda _value, _name: None),
    "minItems": (_LIST, lambda value, limit: len(value) >= limit),
    "maxItems": (_LIST, lambda value, limit: len(value) <= limit),
    "uniqueItems": (_LIST, lambda value, wanted: not wanted or len({equal_key(entry) for entry in value}) == len(value)),
    "contains": (_LIST, lambda _value, _schema: None),
    "unevaluatedItems": (_LIST, lambda _value, _schema: None),
    "minProperties": (_OBJECT, lambda value, limit: len(value) >= limit),
    "maxProperties": (_OBJECT, lambda value, limit: len(value) <= limit),
    "required": (_OBJECT, lambda value, names: all(name in value for name in names)),
    "dependentRequired": (
        _OBJECT,
        lambda value, needs: all(name in value for given, names in needs.items() if given in value for name in names),
    ),
    "unevaluatedProperties": (_OBJECT, lambda _value, _schema: None),
}


def _plain(part: Node, value: object) -> Generator[Answer, None, None]:
    words, kind = part.words, atom(value)
    if "types" in words:
        yield kind in words["types"]
    if "values" in words:
        yield equal_key(value) in words["values"]
    for word, (kinds, holds) in _PLAIN.items():
        if kind in kinds and word in words:
            yield holds(value, words[word])


def _inner(part: Node, value: object) -> Proof:
    words = part.words
    goals: list[Goal] = []
    if isinstance(value, list):
        listed = words.get("prefixItems", ())
        goals += [Goal("fits", schema, value=entry, inside=True) for schema, entry in zip(listed, value, strict=False)]
        if "items" in words:
            goals += [Goal("fits", words["items"], value=entry, inside=True) for entry in value[len(listed) :]]
    if isinstance(value, dict):
        for name, entry in value.items():
            schemas = [words["properties"][name]] if name in words.get("properties", ()) else []
            for pattern, schema in words.get("patternProperties", {}).items():
                hit = matches(pattern, name)
                if hit is None:
                    return None
                schemas += [schema] if hit else []
            if not schemas and "additionalProperties" in words:
                schemas = [words["additionalProperties"]]
            goals += [Goal("fits", schema, value=entry, inside=True) for schema in schemas]
            if "propertyNames" in words:
                goals.append(Goal("fits", words["propertyNames"], value=name, inside=True))
        goals += [
            Goal("fits", schema, value=value) for name, schema in words.get("dependentSchemas", {}).items() if name in value
        ]
    return (yield from _all(goals))


def _choice(part: Node, value: object) -> Proof:
    answer: Answer = True
    for word in ("anyOf", "oneOf"):
        if word not in part.words:
            continue
        sure = unsure = 0
        for schema in part.words[word]:
            fit = yield Goal("fits", schema, value=value)
            sure, unsure = sure + (fit is True), unsure + (fit is None)
        most = len(part.words[word]) if word == "anyOf" else 1
        possible = {1 <= sure + more <= most for more in range(unsure + 1)}
        answer = _both(answer, possible.pop() if len(possible) == 1 else None)
    return answer


def _negation(part: Node, value: object) -> Proof:
    if "not" not in part.words:
        return True
    answer = yield Goal("fits", part.words["not"], value=value)
    return None if answer is None else not answer


def _condition(part: Node, value: object) -> Proof:
    words = part.words
    if "if" not in words:
        return True
    answers: dict[bool, Answer] = {}
    met = yield Goal("fits", words["if"], value=value)
    for outcome, word in ((True, "then"), (False, "else")):
        if met is not (not outcome):
            answers[outcome] = (yield Goal("fits", words[word], value=value)) if word in words else True
    return next(iter(answers.values())) if len(set(answers.values())) == 1 else None


_INSIDE: Final = (_inner, _choice, _negation, _condition)
