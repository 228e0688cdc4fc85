# One walk over a number's digits answers all the regular expressions of a numbering plan.
# They are simple (digits, classes, groups, alternation, ?, {m,n}), so that they make a small automaton: at most some 1,500 states for the
# largest calling code, of which only those are made that a number has come through.
from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

__all__ = ["Automaton", "State", "UnknownSyntaxError"]

_DIGITS: Final = "0123456789"
_DEPTH: Final = 18  # one more digit than phonenumbers allows


class UnknownSyntaxError(ValueError):
    """A regular expression that this small compiler does not know; its plan is left to phonenumbers."""


class State(dict[str, "State"]):
    """What is known after some digits: digit → next state, made when it is first asked for.

    Args:
        home: the automaton.
        reach: the positions of the expressions that the next digit may be at, as bits.
        accepts: which expressions the digits so far match in whole, as bits.
        depth: the number of digits so far.
    """

    __slots__ = ("accepts", "answer", "depth", "home", "reach")

    def __init__(self, home: Automaton, reach: int, accepts: int, depth: int) -> None:
        super().__init__()
        self.home, self.reach, self.accepts, self.depth = home, reach, accepts, depth
        self.answer: object = None  # what the owner of the automaton makes of it

    def __missing__(self, digit: str) -> State:
        """Make the next state, or find it among those that are made."""
        home = self.home
        reach = accepts = 0
        for place in _bits(self.reach & home.takes[digit]):
            reach |= home.follow[place]
            accepts |= home.ends[place]
        depth = min(self.depth + 1, _DEPTH)
        key = (reach, accepts, depth)
        state = home.states.get(key)
        if state is None:
            state = home.states.setdefault(key, State(home, *key))
        self[digit] = state
        return state


class Automaton:
    r"""The automaton of some regular expressions over digits.

    Args:
        whole: those that must match all the digits; bit i of `accepts` is the i-th.
        begin: those that must match the beginning; their bits come after.

    Raises:
        UnknownSyntaxError: one of them has more than digits, classes, groups, alternation, ? and {m,n}.

    >>> automaton = Automaton([r"[2-9]\d{2}", r"2(?:0|1\d)"], ["2"])
    >>> [f"{automaton.walk(digits).accepts:03b}" for digits in ("20", "212", "9")]
    ['110', '111', '000']
    """

    __slots__ = ("begin", "ends", "follow", "start", "states", "takes")

    def __init__(self, whole: Iterable[str], begin: Iterable[str] = ()) -> None:
        self.takes = dict.fromkeys(_DIGITS, 0)
        self.follow: list[int] = []
        self.ends: list[int] = []
        self.states: dict[tuple[int, int, int], State] = {}
        first, bit = 0, 1
        empty = 0
        for texts, goes_on in ((whole, False), (begin, True)):
            for text in texts:
                heads, tails, nothing = self._build(_Reader(text).whole())
                if goes_on:
                    anything = self._place(_DIGITS)
                    for place in _bits(tails | anything):
                        self.follow[place] |= anything
                    tails |= anything
                    heads |= anything if nothing else 0
                for place in _bits(tails):
                    self.ends[place] |= bit
                first |= heads
                empty |= bit if nothing else 0
                bit <<= 1
        self.start = State(self, first, empty, 0)

    def walk(self, digits: str) -> State:
        """Go through the digits."""
        state = self.start
        for digit in digits:
            state = state[digit]
        return state

    def _place(self, digits: str) -> int:
        place = len(self.follow)
        self.follow.append(0)
        self.ends.append(0)
        for digit in digits:
            self.takes[digit] |= 1 << place
        return 1 << place

    def _build(self, node: _Node) -> tuple[int, int, bool]:
        """Give a part its places (Glushkov): where it begins, where it ends, whether it may be empty."""
        heads = tails = 0
        if isinstance(node, str):
            heads = self._place(node)
            return heads, heads, False
        kind, parts = node
        if kind == "|":
            nothing = False
            for part in parts:
                one, last, empty = self._build(part)
                heads, tails, nothing = heads | one, tails | last, nothing or empty
            return heads, tails, nothing
        nothing = True
        for part in parts:
            one, last, empty = self._build(part)
            for place in _bits(tails):
                self.follow[place] |= one
            heads |= one if nothing else 0
            tails = last | tails if empty else last
            nothing = nothing and empty
        return heads, tails, nothing or kind == "?"


# A part of an expression: the digits that one place takes; or a kind (| one of, . one after the other, ? these or nothing) with its parts.
_Node = str | tuple[str, list["_Node"]]


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class _Reader:
    """The parts of one regular expression."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def whole(self) -> _Node:
        node = self._choice()
        if self.at != len(self.text):
            self._refuse()
        return node

    def _choice(self) -> _Node:
        parts = [self._row()]
        while self.text.startswith("|", self.at):
            self.at += 1
            parts.append(self._row())
        return ("|", parts) if len(parts) > 1 else parts[0]

    def _row(self) -> _Node:
        parts: list[_Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts += self._times(self._one())
        return (".", parts)

    def _one(self) -> _Node:
        text, at = self.text, self.at
        if text[at] in _DIGITS:
            self.at += 1
            return text[at]
        if text.startswith(r"\d", at):
            self.at += 2
            return _DIGITS
        if text[at] == "[":
            end = text.find("]", at)
            self.at = end + 1
            return self._class(text[at + 1 : end])
        if text[at] == "(":
            self.at += 3 if text.startswith("?:", at + 1) else 1
            node = self._choice()
            if not self.text.startswith(")", self.at):
                self._refuse()
            self.at += 1
            return node
        return self._refuse()

    def _class(self, body: str) -> str:
        found = ""
        while body:
            if len(body) > 2 and body[1] == "-":
                one, last, body = body[0], body[2], body[3:]
            else:
                one, last, body = body[0], body[0], body[1:]
            if one not in _DIGITS or last not in _DIGITS:
                self._refuse()
            found += _DIGITS[int(one) : int(last) + 1]
        return found or self._refuse()

    def _times(self, node: _Node) -> list[_Node]:
        """Repeat a part as often as the text behind it says."""
        text, at = self.text, self.at
        if text.startswith("?", at):
            least, most, self.at = 0, 1, at + 1
        elif text.startswith("{", at):
            end = text.find("}", at)
            least_text, comma, most_text = text[at + 1 : end].partition(",")
            if not least_text.isdecimal() or (comma and not most_text.isdecimal()):
                self._refuse()
            least, most, self.at = int(least_text), int(most_text or least_text), end + 1
        else:
            return [node]
        if text[self.at : self.at + 1] in {"?", "+", "*", "{"} or most > _DEPTH:
            self._refuse()
        rest: list[_Node] = []
        for _ in range(most - least):
            rest = [("?", [node, *rest])]
        return [node] * least + rest

    def _refuse(self) -> str:
        raise UnknownSyntaxError(f"{self.text!r} at {self.at}")
