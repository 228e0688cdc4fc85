# How a number is shown, what its plan says of it, and which time zones it may be in; each made only for who asks.
from __future__ import annotations

import re
from typing import Final

from attrs import frozen

from canonical_contact.model.channels import PhoneNumber
from canonical_contact.normalize._phone_automaton import UnknownSyntaxError
from canonical_contact.normalize._phone_codes import CallingCode, Verdict
from canonical_contact.normalize._phone_plan import as_parsed, plans

__all__ = ["PhoneForms", "phone_display", "phone_forms", "phone_time_zones"]

_MARKS: Final = re.compile(r"[-x ()\[\].~/]+")


@frozen
class PhoneForms:
    """What a numbering plan says of a number, and how it is shown.

    Args:
        e164: `+442079460018`, without the extension.
        international: `+44 20 7946 0018 x12` (each country has its own mark).
        national: `020 7946 0018 x12`.
        rfc3966: `tel:+44-20-7946-0018;ext=12`.
        country_code: ISO 3166-1 alpha-2; empty where it is of no single country.
        line_type: as in PhoneNumber.
        level: `valid` where the plan knows the number, `possible` where only its length fits, else empty.
    """

    e164: str
    international: str
    national: str
    rfc3966: str
    country_code: str
    line_type: str
    level: str


def phone_forms(number: PhoneNumber | str) -> PhoneForms | None:
    """Show a number in the usual forms, and tell what its numbering plan says of it.

    Args:
        number: what `phone` gave, or a number in E.164.

    Returns:
        The forms, equal to those of phonenumbers; None where the text is not in E.164.

    >>> forms = phone_forms("+442079460018")
    >>> forms.international, forms.national, forms.rfc3966, forms.level
    ('+44 20 7946 0018', '020 7946 0018', 'tel:+44-20-7946-0018', 'valid')
    """
    text, extension = (number, "") if isinstance(number, str) else (number.number, number.extension)
    found = plans().of_e164(text)
    if found is None:
        return None
    code, digits, verdict, _ = found
    template = verdict.international or _templates(code, verdict)
    if template is None or verdict.national is None:
        return _asked(text, code, verdict, digits, extension)
    abroad, home = template.format(*digits), verdict.national.format(*digits)
    rfc = _MARKS.sub("-", abroad)
    rfc = f"tel:+{code.digits}-{rfc.removeprefix('-')}"
    if extension:
        abroad, home, rfc = (
            abroad + code.extension_mark + extension,
            home + code.extension_mark + extension,
            f"{rfc};ext={extension}",
        )
    return PhoneForms(text, f"+{code.digits} {abroad}", home, rfc, verdict.country, verdict.line_type, _level(verdict))


def phone_display(number: PhoneNumber | str) -> str:
    """Write a number as it is written for readers abroad; the international form of `phone_forms` alone, sooner.

    Args:
        number: what `phone` gave, or a number in E.164; any other text comes back as it is.

    >>> phone_display("+442079460018"), phone_display("020 7946")
    ('+44 20 7946 0018', '020 7946')
    """
    text, extension = (number, "") if isinstance(number, str) else (number.number, number.extension)
    found = plans().of_e164(text)
    if found is None:
        return text
    code, digits, verdict, _ = found
    template = verdict.international or _templates(code, verdict)
    if template is None:
        return _asked(text, code, verdict, digits, extension).international
    shown = f"+{code.digits} {template.format(*digits)}"
    return shown + code.extension_mark + extension if extension else shown


def phone_time_zones(number: PhoneNumber | str) -> tuple[str, ...]:
    """List the time zones that a number may be in, by its area code or country; none where that is not known.

    Args:
        number: what `phone` gave, or a number in E.164.

    >>> phone_time_zones("+12124054427"), phone_time_zones("+80012345678")
    (('America/New_York',), ())
    """
    found = plans().of_e164(number if isinstance(number, str) else number.number)
    if found is None:
        return ()
    from phonenumbers.timezone import time_zones_for_number

    return tuple(zone for zone in time_zones_for_number(as_parsed(found[0], found[1])) if zone != "Etc/Unknown")


def _templates(code: CallingCode, verdict: Verdict) -> str | None:
    """Make the templates of a verdict and give the international one; None where phonenumbers must be asked."""
    if verdict.accepts >= 0:
        try:
            verdict.national = code.template(verdict, national=True)
            verdict.international = code.template(verdict, national=False)
        except UnknownSyntaxError:
            return None
    return verdict.international


def _asked(text: str, code: CallingCode, verdict: Verdict, digits: str, extension: str) -> PhoneForms:
    from phonenumbers import PhoneNumberFormat, format_number

    number = as_parsed(code, digits, extension)
    kinds = (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL, PhoneNumberFormat.RFC3966)
    abroad, home, rfc = (format_number(number, kind) for kind in kinds)
    return PhoneForms(text, abroad, home, rfc, verdict.country, verdict.line_type, _level(verdict))


def _level(verdict: Verdict) -> str:
    return "valid" if verdict.valid else "possible" if verdict.length == 0 else ""
