# What phonenumbers reads in a text, from tables: its steps, for a text of digits and the usual marks; other texts go to the library itself.
# fuzz/phone.py holds the two equal. The library's pattern cache, a setting of the whole process, plays no part.
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from canonical_contact.normalize._phone_automaton import State, UnknownSyntaxError
from canonical_contact.normalize._phone_codes import TOO_LONG, UNVIABLE, CallingCode, Verdict, lengths_of

if TYPE_CHECKING:
    import phonenumbers
    from phonenumbers import PhoneMetadata

__all__ = ["Plans", "Reading", "Region", "as_parsed", "bare", "plans"]

Reading = tuple[CallingCode, str, Verdict, str]  # whose number, its national digits, what the plan says, the extension

_LEAST, _MOST = 2, 17  # digits of a national number that phonenumbers takes
_FEW, _MANY, _WIDE = 4, 24, 60  # digits and characters of a text that the tables are asked about
_LITERAL: Final = re.compile(r"\d+")


def bare(text: str) -> str:
    """Leave out the marks between digits that mean nothing."""
    return text.replace(" ", "").replace("-", "").replace("(", "").replace(")", "").replace(".", "").replace("/", "")


class Region:
    """How numbers are dialled in one region.

    Args:
        name: such as GB, or 001.
        code: its calling code.
        metadata: that of phonenumbers.

    Raises:
        UnknownSyntaxError: phonenumbers must be asked.
    """

    __slots__ = ("_idd", "_prefix", "_prefix_text", "_rule", "code", "general", "idd", "lengths", "name", "start", "trunk")

    def __init__(self, name: str, code: CallingCode, metadata: PhoneMetadata) -> None:
        if code.start is None:
            raise UnknownSyntaxError(name)
        self.name, self.code, self.start = name, code, code.start
        self.general, self.lengths = code.general[name], lengths_of(metadata)
        self.trunk: str = metadata.national_prefix or ""
        idd, prefix = metadata.international_prefix or "", metadata.national_prefix_for_parsing or ""
        self._rule: str = metadata.national_prefix_transform_rule or ""
        self.idd = idd if _LITERAL.fullmatch(idd) else ""  # the digits, where they are always the same
        self._idd = re.compile(idd) if idd and not self.idd else None
        self._prefix_text = prefix if _LITERAL.fullmatch(prefix) and not self._rule else ""
        self._prefix = re.compile(prefix) if prefix and not self._prefix_text else None

    def abroad(self, digits: str) -> str | None:
        """Take off what is dialled for a call abroad; None where the digits do not begin with it."""
        if self.idd:
            if not digits.startswith(self.idd):
                return None
            rest = digits[len(self.idd) :]
        elif self._idd is not None and (found := self._idd.match(digits)):
            rest = digits[found.end() :]
        else:
            return None
        return None if rest.startswith("0") else rest  # no calling code begins with a zero

    def strip(self, digits: str) -> tuple[str, State]:
        """Take off the national prefix and a carrier's code, as phonenumbers' `_maybe_strip_national_prefix_carrier_code`."""
        rest = digits
        if self._prefix_text:
            if digits.startswith(self._prefix_text):
                rest = digits[len(self._prefix_text) :]
        elif self._prefix is not None and digits and (found := self._prefix.match(digits)):
            if self._rule and found.groups()[-1] is not None:
                rest = self._prefix.sub(self._rule, digits, count=1)
            else:
                rest = digits[found.end() :]
        state = self.start
        for digit in rest:
            state = state[digit]
        if rest is not digits and not state.accepts & self.general:
            before = self._walk(digits)
            if before.accepts & self.general:  # it was a number, and would be none
                return digits, before
        return rest, state

    def read(self, digits: str) -> Reading | None:
        """Read what is left behind the calling code, or all the digits of a national number; None where phonenumbers refuses."""
        if len(digits) < _LEAST:
            return None
        number = digits
        if self._prefix_text and not digits.startswith(self._prefix_text):
            state = self.start
            for digit in digits:
                state = state[digit]
        else:
            number, state = self.strip(digits)
            if number is not digits and self.lengths[len(number)] in UNVIABLE:
                number, state = digits, self._walk(digits)
        if not _LEAST <= len(number) <= _MOST:
            return None
        verdict = state.answer
        return self.code, number, verdict if isinstance(verdict, Verdict) else self.code.verdict(state), ""

    def without_code(self, digits: str) -> str | None:
        """Take off the region's own calling code, where what is left fits its plan better; else None."""
        rest, state = self.strip(digits[len(self.code.digits) :])
        if state.accepts & self.general and not self._walk(digits).accepts & self.general:
            return rest
        return rest if self.lengths[len(digits)] == TOO_LONG else None

    def _walk(self, digits: str) -> State:
        state = self.start
        for digit in digits:
            state = state[digit]
        return state


class Plans:
    """The numbering plans of the installed phonenumbers; each is made when a number first needs it."""

    __slots__ = ("_codes", "_homes", "_regions")

    def __init__(self) -> None:
        self._codes: dict[int, CallingCode] = {}
        self._regions: dict[str, Region | None] = {}
        self._homes: dict[str, Region | None] = {}  # the first three digits of an international number → who has its calling code

    def read(self, text: str, region: str = "") -> Reading | None:
        """Read a text as phonenumbers does; None where it refuses.

        Args:
            text: any text.
            region: ISO 3166-1 alpha-2 code, in capitals, of a number without calling code.
        """
        found = self.quick(text, region)
        return found or (None if found is None else self._ask(text, region))

    def quick(self, text: str, region: str = "") -> Reading | tuple[()] | None:
        """Read a text as `read` does, but from the tables alone; nothing, (), where phonenumbers must be asked."""
        if len(text) > _WIDE or not text.isascii():
            return ()
        digits = text if text.isdigit() else bare(text)
        if digits.isdigit():
            if not _FEW <= len(digits) <= _MANY:
                return ()
            try:
                home = self._regions[region]
            except KeyError:
                home = self.region(region)
            if home is None:
                return () if region else None
            abroad = None if home.idd and not digits.startswith(home.idd) else home.abroad(digits)
            if abroad is None:
                if digits.startswith(home.code.digits) and (rest := home.without_code(digits)) is not None:
                    main = self.region(home.code.main, home.code)
                    return main.read(rest) if main else ()
                return home.read(digits)
            if len(abroad) <= _LEAST:
                return None
        elif digits[:1] == "+" and digits[1:].isdigit() and _FEW < len(digits) <= _MANY:
            abroad = digits[1:]
        else:
            return ()
        try:
            home = self._homes[abroad[:3]]
        except KeyError:
            home = self._home(abroad[:3])
        return home.read(abroad[len(home.code.digits) :]) if home is not None else ()

    def of_e164(self, number: str) -> Reading | None:
        """Judge the digits of a number in E.164 as they stand: nothing is taken off. None where no calling code fits.

        Args:
            number: such as `+442079460018`.
        """
        if number[:1] != "+" or not number.isascii() or not number[1:].isdigit() or len(number) < _FEW:
            return None
        try:
            home = self._homes[number[1:4]]
        except KeyError:
            home = self._home(number[1:4])
        code = home.code if home is not None else self._code_of(number)
        if code is None:
            return None
        digits = number[len(code.digits) + 1 :]
        return self._judge(code, digits, "") if _LEAST <= len(digits) <= _MOST else None

    def code(self, code: int) -> CallingCode:
        """Give the plans behind a calling code that is in use."""
        found = self._codes.get(code)
        if found is None:
            from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

            found = self._codes.setdefault(code, CallingCode(code, COUNTRY_CODE_TO_REGION_CODE[code]))
        return found

    def region(self, name: str, code: CallingCode | None = None) -> Region | None:
        """Give the plan of a region; None where there is none of that name, or phonenumbers must be asked.

        Args:
            name: ISO 3166-1 alpha-2 code in capitals, or 001 with `code`.
            code: the calling code, where it is known.
        """
        from phonenumbers import SUPPORTED_REGIONS, PhoneMetadata

        if name == "001" and code is not None:
            return self._plan(name, code, PhoneMetadata.metadata_for_nongeo_region(code.code, None))
        if name not in self._regions and len(name) == _LEAST:  # what is no region's name is not remembered
            metadata = PhoneMetadata.metadata_for_region(name, None) if name in SUPPORTED_REGIONS else None
            if metadata is None:
                return None
            self._regions[name] = self._plan(name, self.code(metadata.country_code or 0), metadata)
        return self._regions.get(name)

    def _plan(self, name: str, code: CallingCode, metadata: PhoneMetadata | None) -> Region | None:
        try:
            return Region(name, code, metadata) if metadata is not None else None
        except UnknownSyntaxError:
            return None

    def _home(self, start: str) -> Region | None:
        code = self._code_of("+" + start)
        return self._homes.setdefault(start, self.region(code.main, code) if code is not None else None)

    def _code_of(self, number: str) -> CallingCode | None:
        from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

        for size in (1, 2, 3) if number[1] != "0" else ():
            if (code := int(number[1 : size + 1])) in COUNTRY_CODE_TO_REGION_CODE:
                return self.code(code)
        return None

    def _ask(self, text: str, region: str) -> Reading | None:
        import phonenumbers

        try:
            number = phonenumbers.parse(text, region or None)
        except phonenumbers.NumberParseException:
            return None
        digits = phonenumbers.national_significant_number(number)
        return self._judge(self.code(number.country_code or 0), digits, number.extension or "")

    @staticmethod
    def _judge(code: CallingCode, digits: str, extension: str) -> Reading:
        if code.start is not None:
            state = code.start
            for digit in digits:
                state = state[digit]
            verdict = state.answer
            return code, digits, verdict if isinstance(verdict, Verdict) else code.verdict(state), extension
        import phonenumbers

        number = as_parsed(code, digits)
        region = phonenumbers.region_code_for_number(number) or ""
        length = phonenumbers.is_possible_number_with_reason(number)
        return code, digits, Verdict(region, phonenumbers.number_type(number), length, -1, len(digits)), extension


def as_parsed(code: CallingCode, digits: str, extension: str = "") -> phonenumbers.PhoneNumber:
    """Make the object of phonenumbers for a number."""
    from phonenumbers import PhoneNumber

    zeros = len(digits) - len(digits.lstrip("0"))
    zeros -= zeros == len(digits)
    return PhoneNumber(
        country_code=code.code,
        national_number=int(digits),
        extension=extension or None,
        italian_leading_zero=True if zeros else None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )


def plans() -> Plans:
    """Give the plans of the installed phonenumbers: constants, which all callers share."""
    return _PLANS


_PLANS: Final = Plans()
