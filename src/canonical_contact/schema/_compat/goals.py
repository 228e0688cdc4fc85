"""How goals are proved.

`covers` goes by every keyword of the wider schema, then by the branches of the narrower one; `empty` by what cannot be true at once.
"""

from __future__ import annotations

from typing import Final

from canonical_contact.schema._compat.checks import CHECKS
from canonical_contact.schema._compat.facts import Choice, Facts
from canonical_contact.schema._compat.fits import fits
from canonical_contact.schema._compat.prover import Answer, Goal, Proof, Prover, ordered

__all__ = ["KINDS"]

_SHAPES: Final = frozenset(("anyOf", "oneOf", "not", "if"))  # words of the wider schema for which it helps to look type by type

_CHECK_OF: Final = {word: number for number, (words, _, _) in enumerate(CHECKS) for word in words}


def covers(prover: Prover, goal: Goal) -> Proof:
    """Prove that all values of the narrow schemas are values of the wide one."""
    facts = prover.facts(goal.narrow)
    if not facts.types or goal.wide in facts.parts or facts.values == {}:
        return True
    if len(facts.parts) == 1 and facts.parts[0].words.keys() == {"anyOf"}:  # nothing but branches: all of them, and nothing else
        return (yield from _each_branch(goal, facts.choices[0]))
    if (yield from _by_words(prover, goal, facts)):
        return True
    if facts.values is not None:
        answer = yield from _each_value(goal, facts)
        if answer is not None:
            return answer
    for choice in facts.choices:
        if (yield from _each_branch(goal, choice)):
            return True
    if len(facts.types) > 1 and any(word in part.words for part in prover.facts((goal.wide,)).parts for word in _SHAPES):
        for kind in sorted(facts.types):
            only = prover.arena.only(kind)
            if not (yield goal._replace(narrow=ordered((*goal.narrow, only)), inside=False)):
                return False
        return True
    return (yield Goal("empty", prover.arena.never, goal.narrow))


def _each_branch(goal: Goal, choice: Choice) -> Proof:
    """Prove a goal for each branch of the narrow schemas."""
    others = [node for node in goal.narrow if not (node is choice.part and choice.is_all)]
    for branch in choice.branches:
        if not (yield goal._replace(narrow=ordered((*others, *branch)), inside=False)):
            return False
    return True


def _each_value(goal: Goal, facts: Facts) -> Proof:
    """Look at each of a few values; None where that does not decide it."""
    answer: Answer = True
    for value in (facts.values or {}).values():
        for part in goal.narrow:
            if (yield Goal("fits", part, value=value)) is False:
                break
        else:
            fit = yield Goal("fits", goal.wide, value=value)
            if fit is not True:  # a tolerant reader may take what the schema does not
                answer = False if fit is False and not goal.tolerant else None
                break
    return answer


def _by_words(prover: Prover, goal: Goal, facts: Facts) -> Proof:
    wide = prover.facts((goal.wide,))
    if wide.unknown or wide.never:
        return False
    for part in wide.parts:
        for number in sorted({_CHECK_OF[word] for word in part.words if word in _CHECK_OF}):
            _, kinds, check = CHECKS[number]
            if not facts.types.isdisjoint(kinds):
                found = check(prover, part, facts, goal)
                if not (found if isinstance(found, bool) else (yield from found)):
                    return False
    return True


def empty(prover: Prover, goal: Goal) -> Proof:
    """Prove that no value is taken by all of the schemas."""
    facts = prover.facts(goal.narrow)
    if facts.values is not None:
        for value in facts.values.values():
            for part in goal.narrow:
                if (yield Goal("fits", part, value=value)) is False:
                    break
            else:
                break
        else:
            return True
    impossible = True
    for kind in sorted(facts.types):
        if not (yield from _no_value(prover, facts, kind)):
            impossible = False
            break
    if impossible:
        return True
    for part in facts.parts:
        if "not" in part.words and (yield Goal("covers", part.words["not"], goal.narrow)):
            return True
    for choice in facts.choices:
        if (yield from _each_branch(goal, choice)):
            return True
    return False


_SIZES: Final = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}


def _no_value(prover: Prover, facts: Facts, kind: str) -> Proof:
    """Prove that no value of a type is left."""
    if kind in ("integer", "fraction"):
        low, high = facts.floor(), facts.ceiling()
        return low is not None and high is not None and (low[0] > -high[0] or (low[0] == -high[0] and (low[1] or high[1])))
    if kind in _SIZES:
        least, most = _SIZES[kind]
        limit = facts.most(most)
        if limit is not None and facts.least(least) > limit:
            return True
    if kind == "object":
        for name in sorted(facts.required):
            schemas = facts.of_property(name)
            if schemas and (yield Goal("empty", prover.arena.never, ordered(schemas), inside=True)):
                return True
    if kind == "array" and facts.least("minItems"):
        for place in range(min(facts.least("minItems"), facts.listed_items() + 1)):
            schemas = facts.of_item(place)
            if schemas and (yield Goal("empty", prover.arena.never, ordered(schemas), inside=True)):
                return True
    return False


KINDS: Final = {"covers": covers, "empty": empty, "fits": fits}
