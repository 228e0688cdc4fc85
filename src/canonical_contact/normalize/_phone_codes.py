# What the numbering plans behind one calling code say of a national number, in one walk over its digits: region, type, length, formats.
# The tables are made of the metadata of the installed phonenumbers, so that they are of its version.
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from canonical_contact.normalize._phone_automaton import Automaton, State, UnknownSyntaxError

if TYPE_CHECKING:
    from phonenumbers import PhoneMetadata
    from phonenumbers.phonemetadata import NumberFormat

__all__ = ["LINE_TYPES", "TOO_LONG", "UNVIABLE", "CallingCode", "Verdict", "lengths_of"]

LINE_TYPES: Final = (
    "fixed_line",
    "mobile",
    "fixed_line_or_mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
UNKNOWN_TYPE: Final = 99  # phonenumbers' number for a type that no numbering plan has: the number is not valid
_FIXED, _MOBILE, _EITHER = 0, 1, 2
# In the order in which phonenumbers tries them.
_RARE: Final = (
    ("premium_rate", 4), ("toll_free", 3), ("shared_cost", 5), ("voip", 6), ("personal_number", 7), ("pager", 8), ("uan", 9),
    ("voicemail", 10),
)  # fmt: skip
POSSIBLE, TOO_SHORT, TOO_LONG, LOCAL_ONLY, BAD_LENGTH = 0, 2, 3, 4, 5  # phonenumbers' ValidationResult
UNVIABLE: Final = frozenset({TOO_SHORT, LOCAL_ONLY, BAD_LENGTH})  # lengths at which a national prefix is not taken off
_LONGEST: Final = 32
_GROUPS: Final = re.compile(r"(?:\((?:\\d|\d)(?:\{\d+(?:,\d+)?\})?\))+")
_GROUP: Final = re.compile(r"\((?:\\d|\d)(?:\{(\d+)(?:,(\d+))?\})?\)")
_REFERENCE: Final = re.compile(r"\\(\d)")


class Verdict:
    """What the numbering plan says of a national number.

    Args:
        region: as `region_code_for_number`; empty for None.
        kind: as `number_type`.
        length: as `is_possible_number_with_reason`.
        accepts: which patterns of the automaton it matches; -1 where phonenumbers was asked.
        size: the number of its digits.
    """

    __slots__ = (
        "accepts",
        "country",
        "international",
        "kind",
        "length",
        "line_type",
        "national",
        "region",
        "size",
        "trunk",
        "valid",
    )

    def __init__(self, region: str, kind: int, length: int, accepts: int, size: int) -> None:
        self.region, self.kind, self.length, self.accepts, self.size = region, kind, length, accepts, size
        self.valid = kind != UNKNOWN_TYPE
        self.country = "" if region == "001" else region
        self.line_type = LINE_TYPES[kind] if kind < len(LINE_TYPES) else ""
        self.international: str | None = None  # templates of the display forms, made when first asked for
        self.national: str | None = None
        self.trunk: bool | None = None  # whether a zero is always written before it at home; found when first asked for


_Test = tuple[int, frozenset[int]]  # the bit of a pattern; the lengths that it may have, none for any


class _Types:
    """The patterns of one region, as bits of the automaton's answer."""

    __slots__ = ("fixed", "general", "leading", "mobile", "rare", "region", "same")

    def __init__(self, region: str, metadata: Any, bits: dict[tuple[str, str], int]) -> None:  # noqa: ANN401  # its stub says None of all
        def test(description: Any) -> _Test:  # noqa: ANN401
            pattern = str(description.national_number_pattern) if description else ""
            return bits.get(("whole", pattern), 0), frozenset(description.possible_length if description else ())

        self.region = region
        self.leading = None if metadata.leading_digits is None else bits.get(("begin", metadata.leading_digits), -1)
        self.general, self.fixed, self.mobile = map(test, (metadata.general_desc, metadata.fixed_line, metadata.mobile))
        self.rare = [(kind, test(getattr(metadata, name))) for name, kind in _RARE]
        self.same = bool(metadata.same_mobile_and_fixed_line_pattern)

    def kind(self, accepts: int, size: int) -> int:
        """Tell the type of a number, as phonenumbers' `_number_type_helper`."""

        def fits(test: _Test) -> bool:
            return bool(accepts & test[0]) and (size in test[1] or not test[1])

        if not fits(self.general):
            return UNKNOWN_TYPE
        for kind, test in self.rare:
            if fits(test):
                return kind
        if fits(self.fixed):
            return _EITHER if self.same or fits(self.mobile) else _FIXED
        return _MOBILE if not self.same and fits(self.mobile) else UNKNOWN_TYPE


class CallingCode:
    """The numbering plans behind one calling code.

    Args:
        code: such as 44.
        regions: those that share it, the main one first; `001` for a code of no country.

    Attributes:
        start: where a walk over the digits begins; None where a pattern is not as simple as they all are today: ask phonenumbers.
    """

    __slots__ = ("_formats", "_types", "code", "digits", "extension_mark", "general", "international", "lengths", "main", "national",
                 "regions", "start")  # fmt: skip

    def __init__(self, code: int, regions: tuple[str, ...]) -> None:
        from phonenumbers import PhoneMetadata

        self.code, self.regions, self.main, self.digits = code, regions, regions[0], str(code)
        metadata: list[tuple[str, Any]] = [
            (region, PhoneMetadata.metadata_for_region_or_calling_code(code, region)) for region in regions
        ]
        whole: dict[str, int] = {}
        begin: dict[str, int] = {}
        for _, one in metadata:
            for name in ("general_desc", "fixed_line", "mobile", *[name for name, _ in _RARE]):
                _add(whole, getattr(one, name) and getattr(one, name).national_number_pattern)
            _add(begin, one.leading_digits)
        main = metadata[0][1]
        self.national: tuple[NumberFormat, ...] = tuple(main.number_format)
        self.international = tuple(main.intl_number_format) or self.national
        self.extension_mark: str = " ext. " if main.preferred_extn_prefix is None else main.preferred_extn_prefix
        for it in (*self.national, *self.international):
            _add(whole, it.pattern)
            _add(begin, (it.leading_digits_pattern or ("",))[-1])
        try:
            self.start: State | None = Automaton(whole, begin).start
        except UnknownSyntaxError:
            self.start = None
        bits = {("whole", text): 1 << place for text, place in whole.items()}
        bits |= {("begin", text): 1 << place + len(whole) for text, place in begin.items()}
        self.general = {region: bits.get(("whole", one.general_desc.national_number_pattern), 0) for region, one in metadata}
        self.lengths = lengths_of(main)
        self._types = [_Types(region, one, bits) for region, one in metadata]
        self._formats = {
            id(it): (
                bits[("whole", it.pattern)],
                bits[("begin", it.leading_digits_pattern[-1])] if it.leading_digits_pattern else -1,
            )
            for it in (*self.national, *self.international)
        }

    def verdict(self, state: State) -> Verdict:
        """Judge the digits that led to a state; there are at most 17."""
        accepts, size = state.accepts, state.depth
        region, kind = self.main, -1
        if len(self._types) > 1:
            for types in self._types:
                if types.leading is None:
                    kind = types.kind(accepts, size)
                    if kind == UNKNOWN_TYPE:
                        continue
                elif accepts & types.leading:
                    kind = types.kind(accepts, size)
                else:
                    continue
                region = types.region
                break
            else:
                region, kind = "", UNKNOWN_TYPE
        else:
            kind = self._types[0].kind(accepts, size)
        made = state.answer = Verdict(region, kind, self.lengths[size], accepts, size)
        return made

    def template(self, verdict: Verdict, *, national: bool) -> str:
        """Make the template of a display form: `{0}{1} {2}{3}` stands for the digits.

        Raises:
            UnknownSyntaxError: the pattern of the format is not as simple as they all are today.
        """
        it = self._format(verdict, self.national if national else self.international)
        if it is None:
            return "{}" * verdict.size
        rule = it.format or ""
        if national and it.national_prefix_formatting_rule:
            rule = re.sub(r"(\\\d)", it.national_prefix_formatting_rule, rule, count=1)
        groups = _groups(it.pattern or "", verdict.size)
        rule = rule.replace("{", "{{").replace("}", "}}")
        return _REFERENCE.sub(lambda found: groups[int(found[1]) - 1], rule)

    def writes_zero(self, verdict: Verdict) -> bool:
        """Tell whether a zero is always written before the number at home, so that its absence says something.

        A national prefix is dialled in India and Brazil too, but numbers are written without.
        """
        if verdict.trunk is None:
            it = self._format(verdict, self.national)
            rule = (it.national_prefix_formatting_rule or "") if it is not None else "0"
            verdict.trunk = rule.lstrip("(").startswith("0") and not (it and it.national_prefix_optional_when_formatting)
        return verdict.trunk

    def _format(self, verdict: Verdict, formats: tuple[NumberFormat, ...]) -> NumberFormat | None:
        for it in formats:
            whole, begin = self._formats[id(it)]
            if verdict.accepts & whole and verdict.accepts & begin:
                return it
        return None


def lengths_of(metadata: PhoneMetadata) -> list[int]:
    """List for each number of digits whether it is possible, as phonenumbers' `_test_number_length`."""
    general = metadata.general_desc
    if general is None or not general.possible_length:
        raise UnknownSyntaxError(f"No lengths for {metadata.id}")
    possible, local = general.possible_length, general.possible_length_local_only
    found = [POSSIBLE if size in possible else BAD_LENGTH for size in range(_LONGEST + 1)]
    found[: max(possible[0], 0)] = [TOO_SHORT] * max(possible[0], 0)
    found[possible[-1] + 1 :] = [TOO_LONG] * (_LONGEST - possible[-1])
    for size in local:
        found[size] = LOCAL_ONLY
    return found


def _add(table: dict[str, int], pattern: str | None) -> None:
    if pattern:
        table.setdefault(pattern, len(table))


def _groups(pattern: str, size: int) -> list[str]:
    """Give for each group of a format's pattern the places of its digits; the first takes as many as it can."""
    if not _GROUPS.fullmatch(pattern):
        raise UnknownSyntaxError(pattern)
    spans = [(int(least or 1), int(most or least or 1)) for least, most in _GROUP.findall(pattern)]
    groups: list[str] = []
    place = 0
    for turn, (_, most) in enumerate(spans):
        behind = sum(least for least, _ in spans[turn + 1 :])
        taken = min(most, size - place - behind)
        groups.append("".join([f"{{{digit}}}" for digit in range(place, place + taken)]))
        place += taken
    return groups
