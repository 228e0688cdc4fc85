# From which country a record probably is, by what it does not say outright: hints for reading national phone numbers, no more.
from __future__ import annotations

from typing import Final

from canonical_contact.normalize._tables import words

__all__ = ["region_of_email", "region_of_language"]

# Country domains that are used the world over tell nothing.
_WORLDWIDE: Final = words("io co me tv ai cc eu fm ly to gg sh ws nu tk ml ga cf gq im la vc pw so st ac sc tc vg la mu re su")
_OF_LANGUAGE: Final = {
    "bg": "BG", "cs": "CZ", "da": "DK", "de": "DE", "el": "GR", "et": "EE", "fi": "FI", "fr": "FR", "he": "IL", "hr": "HR", "hu": "HU",
    "id": "ID", "is": "IS", "it": "IT", "ja": "JP", "ko": "KR", "lt": "LT", "lv": "LV", "nb": "NO", "nl": "NL", "no": "NO", "pl": "PL",
    "ro": "RO", "ru": "RU", "sk": "SK", "sl": "SI", "sv": "SE", "th": "TH", "tr": "TR", "uk": "UA", "vi": "VN", "zh": "CN",
}  # fmt: skip


def region_of_email(address: str) -> str:
    """Take the country from the domain's ending.

    >>> region_of_email("ana@firma.de"), region_of_email("ana@firma.co.uk"), region_of_email("ana@firma.io")
    ('DE', 'GB', '')
    """
    ending = address.rpartition(".")[2]
    if len(ending) != 2 or not ending.isascii() or ending in _WORLDWIDE:
        return ""
    return "GB" if ending == "uk" else ending.upper()


def region_of_language(tag: str) -> str:
    """Take the country from a language tag: its region, or the country where most of its speakers live.

    >>> region_of_language("de-AT"), region_of_language("ja"), region_of_language("en")
    ('AT', 'JP', '')
    """
    primary, *others = tag.split("-")
    region = others[-1] if others and len(others[-1]) == 2 and others[-1].isupper() else ""
    return region or _OF_LANGUAGE.get(primary, "")
