"""JSON documents from a stream one by one, in bounded memory: lines, one value, or the elements of one array; nothing in it raises."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final, NoReturn

from canonical_contact.errors import Problem, Severity

__all__ = ["Documents", "documents"]

_BLOCK: Final = 1 << 16
# So many broken or bare values on one line, one behind the other or in all, and the rest of it is left out.
_FAULTS: Final = 100
_ALL_FAULTS: Final = 5_000
_KEPT: Final = 1 << 12
_WORD: Final = 1 << 14  # no number or word is so long
_BLANK: Final = re.compile(r"[\s,\x1e\ufeff]*")  # \x1e begins a text of RFC 7464
_SIGN: Final = re.compile(r'["{}\[\]]')
_INSIDE: Final = re.compile(r'[^"\\\n\r]*(?:\\[^\n\r][^"\\\n\r]*)*')
_BARE: Final = re.compile(r"[^\n,{}\[\]\"]*")
_GARBAGE: Final = re.compile(r"[^\n{\[]+")
_RESUME: Final = re.compile(r"[\n\r][ \t,]*(?=[{\[\]])")
_UNREAD: Final = re.compile("[\udc80-\udcff]")
_NOTHING: Final = object()
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


_STRICT: Final = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
_LENIENT: Final = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite, strict=False)


class Documents:
    """The documents of a stream.

    Attributes:
        line: the line at which the present document starts, from 1.
        count: how many documents were given.
        bytes_read: how far the stream was read.
    """

    def __init__(
        self, stream: BinaryIO, tell: Callable[[Problem], None], max_bytes: int, max_depth: int, *, repeated: bool = False
    ) -> None:
        self._stream, self._tell, self._limit, self._depth_limit = stream, tell, max_bytes, max_depth
        self.line = 1
        self.count = self.bytes_read = 0
        self._decoder: codecs.IncrementalDecoder | None = None
        self._text, self._at, self._line, self._open, self._ended = "", 0, 1, False, False
        self._recoded = False
        self._faults = self._all_faults = self._faulty_line = 0
        self._twice: list[str] = []
        self._strict, self._lenient = _STRICT, _LENIENT
        if repeated:
            rules: dict[str, Any] = {"parse_constant": _refuse, "parse_float": _finite, "object_pairs_hook": self._object}
            self._strict, self._lenient = json.JSONDecoder(**rules), json.JSONDecoder(**rules, strict=False)

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        """Make an object; the values whose place another one of the same name takes are remembered, to be told."""
        made = dict(pairs)
        if len(made) < len(pairs) and len(self._twice) < _FAULTS:
            lost = [(name, value) for name, value in pairs if made[name] is not value]
            self._twice += [name if isinstance(value, (dict, list)) else f"{name}: {value}" for name, value in lost[:_FAULTS]]
        return made

    def __iter__(self) -> Iterator[object]:
        """Give one document after the other; the stream is read once."""
        while self._seek():
            value = self._value()
            if value is not _NOTHING:
                self.count += 1
                if self._open or isinstance(value, (dict, list)):
                    self._faults = 0
                else:
                    self._fault()
                if self._twice:
                    hint = "A name stands more than once in one object; the last of its values was read, and the others were not."
                    self._tell(Problem("json.repeated_name", "$", "; ".join(self._twice)[:200], hint, line=self.line))
                yield value
            if self._faults > _FAULTS or self._all_faults > _ALL_FAULTS:
                self._pass_line()
        if self._open:
            self._say("json.cut_off", "The file ends within a list; what stands before was read.", severity=Severity.ERROR)

    # --- the text ------------------------------------------------------------------------------------------------------------------
    def _more(self) -> bool:
        """Read on; what was used is let go of."""
        if self._ended:
            return False
        block = self._stream.read(_BLOCK)
        self.bytes_read += len(block)
        if self._decoder is None:
            name = next((name for mark, name in _MARKS if block.startswith(mark)), "utf-8-sig")
            self._decoder = codecs.getincrementaldecoder(name)("surrogateescape" if name == "utf-8-sig" else "replace")
        self._ended = not block
        text = self._decoder.decode(block, final=not block)
        if not text.isascii() and _UNREAD.search(text):
            text = _UNREAD.sub(lambda match: bytes([ord(match[0]) - 0xDC00]).decode("cp1252", "replace"), text)
            if not self._recoded:
                self._recoded = True
                hint = "The text holds bytes that are not UTF-8; they were read as Windows-1252. Check its letters."
                self._say("json.encoding", hint)
        self._text = self._text[self._at :] + text
        self._at = 0
        return not self._ended or bool(text)

    def _pass(self, count: int) -> None:
        self._line += self._text.count("\n", self._at, self._at + count)
        self._at += count

    def _fault(self) -> None:
        if self._line != self._faulty_line:
            self._faults, self._all_faults, self._faulty_line = 0, 0, self._line
        self._faults += 1
        self._all_faults += 1

    def _pass_line(self) -> None:
        self._say("json.syntax", "The rest of the line is no JSON either; it was left out.", severity=Severity.ERROR)
        self._faults = self._all_faults = 0
        while (end := self._text.find("\n", self._at)) < 0:
            self._pass(len(self._text) - self._at)
            if not self._more():
                return
        self._pass(end - self._at)

    def _say(self, code: str, hint: str, raw: str = "", severity: Severity = Severity.WARNING) -> None:
        if code == "json.syntax":
            self._fault()
        self._tell(Problem(code, "$", raw[:200], hint, severity, line=self._line))

    # --- documents -----------------------------------------------------------------------------------------------------------------
    def _seek(self) -> bool:
        """Go to where the next document starts; False at the end."""
        while True:
            blank = _BLANK.match(self._text, self._at)
            assert blank is not None
            self._pass(blank.end() - self._at)
            if self._at >= len(self._text):
                if not self._more():
                    return False
                continue
            sign = self._text[self._at]
            if sign == "[" and not self._open:
                self._open = True
            elif sign == "]" and self._open:
                self._open = False
            elif sign in "]}":
                self._garbage()
                if self._faults > _FAULTS or self._all_faults > _ALL_FAULTS:
                    self._pass_line()
                continue
            else:
                return True
            self._at += 1

    def _value(self) -> object:
        self.line = self._line
        self._twice.clear()
        sign = self._text[self._at]
        if sign not in '{["':
            return self._bare()
        if self._at > _KEPT:  # a decoder that fails counts the lines before; let them be few
            self._text, self._at = self._text[self._at :], 0
        try:
            value, end = self._strict.raw_decode(self._text, self._at)
        except (ValueError, RecursionError):
            self._twice.clear()  # broken, or not all of it is here yet
        else:
            if self._deep(self._at, end):
                return self._too_deep(end - self._at)
            self._pass(end - self._at)
            return value
        size = self._size()
        if not size:
            return _NOTHING
        text = self._text[self._at : self._at + size]
        if self._deep(self._at, self._at + size):
            return self._too_deep(size)
        self._pass(size)
        return self._parse(text)

    def _parse(self, text: str) -> object:
        try:
            return self._strict.decode(text)
        except RecursionError:
            self._say("json.too_deep", "It is nested too deeply and was left out.", text, Severity.ERROR)
            return _NOTHING
        except ValueError:
            self._twice.clear()
        try:
            value = self._lenient.decode(text)
        except (ValueError, RecursionError):
            self._say("json.syntax", "It is not written as JSON and was left out.", text, Severity.ERROR)
            return _NOTHING
        self._say(
            "json.control_characters", "A text holds control characters that are not escaped; it was read.", text, Severity.INFO
        )
        return value

    def _bare(self) -> object:
        """A number or a word; whatever is none is passed over up to the end of the line."""
        while True:
            match = _BARE.match(self._text, self._at)
            assert match is not None
            if match.end() < len(self._text) or len(match[0]) > _WORD or not self._more():
                break
        text = match[0].strip()
        try:
            value = _STRICT.decode(text)
        except (ValueError, RecursionError):
            self._garbage()
            return _NOTHING
        self._pass(len(match[0]))
        return value

    def _garbage(self) -> None:
        self._say(
            "json.syntax", "It is not written as JSON and was left out.", self._text[self._at : self._at + 200], Severity.ERROR
        )
        while True:
            match = _GARBAGE.match(self._text, self._at)
            self._pass(max(1, match.end() - self._at) if match else 1)
            while self._at >= len(self._text):
                if not self._more():
                    return
            if self._text[self._at] in "\n{[":
                return

    def _size(self) -> int:
        """How long the value is that starts here; 0 where it has no end or is too long, and was passed over."""
        depth, place, inside, dropped, head = 0, 0, False, 0, ""
        while True:
            start = self._at + place
            if inside:
                match = _INSIDE.match(self._text, start)
                assert match is not None
                end = match.end()
                if end < len(self._text) - 1 or (end < len(self._text) and self._text[end] == '"'):
                    if self._text[end] != '"':
                        self._resume(head or self._text[self._at : self._at + 200], end)
                        return 0
                    inside, place = False, end + 1 - self._at
                    if not depth:
                        break
                    continue
                place = end - self._at
            else:
                found = _SIGN.search(self._text, start)
                if found is not None:
                    place = found.end() - self._at
                    if found[0] == '"':
                        inside = True
                    else:
                        depth += 1 if found[0] in "{[" else -1
                        if depth <= 0:
                            break
                    continue
                place = len(self._text) - self._at
            if place > self._limit:
                head = head or self._text[self._at : self._at + 200]
                self._pass(place)
                dropped, place = dropped + place, 0
            if not self._more():
                self._say("json.cut_off", "The file ends before the value does.", head or self._text[self._at :], Severity.ERROR)
                self._pass(len(self._text) - self._at)
                return 0
        if dropped or place > self._limit:
            hint = f"It has more than {self._limit:,} characters and was left out."
            self._say("json.too_long", hint, head or self._text[self._at : self._at + 200], Severity.ERROR)
            self._pass(place)
            return 0
        return place

    def _resume(self, head: str, end: int) -> None:
        """A text that its line does not end: go on where a later line starts a value."""
        self._say("json.syntax", "A text in it does not end on its line; it was left out.", head, Severity.ERROR)
        self._pass(end - self._at)
        while (found := _RESUME.search(self._text, self._at)) is None:
            self._pass(max(0, len(self._text) - self._at - 1))
            if not self._more():
                self._pass(len(self._text) - self._at)
                return
        self._pass(found.end() - self._at)

    # --- depth ---------------------------------------------------------------------------------------------------------------------
    def _deep(self, start: int, end: int) -> bool:
        count = self._text.count
        if count("{", start, end) + count("[", start, end) <= self._depth_limit:
            return False
        depth, inside, place = 0, False, start
        while place < end:
            if inside:
                match = _INSIDE.match(self._text, place, end)
                assert match is not None
                inside, place = False, match.end() + 1
                continue
            found = _SIGN.search(self._text, place, end)
            if found is None:
                return False
            place = found.end()
            if found[0] == '"':
                inside = True
            else:
                depth += 1 if found[0] in "{[" else -1
                if depth > self._depth_limit:
                    return True
        return False

    def _too_deep(self, size: int) -> object:
        hint = f"It is nested more than {self._depth_limit} deep and was left out."
        self._say("json.too_deep", hint, self._text[self._at : self._at + 200], Severity.ERROR)
        self._pass(size)
        return _NOTHING


def documents(
    stream: BinaryIO, tell: Callable[[Problem], None], *, max_bytes: int = 1 << 24, max_depth: int = 64, repeated: bool = False
) -> Documents:
    r"""Read JSON documents one by one: JSON Lines, values that follow each other, or the elements of an array, one at a time.

    Args:
        stream: a binary stream; UTF-8, or UTF-16 and UTF-32 with their marks.
        tell: called with what could not be read: `json.syntax`, `json.cut_off`, `json.too_long`, `json.too_deep`, `json.encoding`,
            `json.control_characters`, `json.repeated_name`.
        max_bytes: a longer document is left out, without being held in memory (counted in characters).
        max_depth: so is one that is nested more deeply.
        repeated: whether it is told where a name stands more than once in an object; reading takes longer.

    Returns:
        The documents to iterate over once. An array at the top is never given as a whole: its elements are.

    >>> import io
    >>> list(documents(io.BytesIO(b'[{"a": 1}, 2]'), print)), list(documents(io.BytesIO(b'{"a": 1}\n{"b": 2}'), print))
    ([{'a': 1}, 2], [{'a': 1}, {'b': 2}])
    """
    return Documents(stream, tell, max_bytes, max_depth, repeated=repeated)
