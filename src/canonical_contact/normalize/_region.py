# From which country a record probably is, by what it does not say outright: hints for reading national phone numbers, no more.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.normalize._tables import words

__all__ = ["region_of_email", "region_of_header", "region_of_language", "regions_of_words"]

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


# "Mobil (DE)", "phone_us", "Tel. [+49]"; a bare NO, ID or IN is more often a number, an identifier or a word than a country.
_BRACKET: Final = re.compile(r"[(\[]\s?(?:([A-Za-z]{2})|\+(\d{1,3}))\s?[)\]]")
_ENDING: Final = re.compile(r"[A-Za-z.][_\- /]{1,3}([A-Z]{2}|(?<=_)[a-z]{2})\Z")
_NO_COUNTRIES: Final = frozenset({"NO", "NR", "ID", "IN", "IS", "TO", "ME", "MY", "BY", "SO", "AM", "AS", "OR", "OF", "DO"})
# Words for a phone that are those of one language, or of few countries.
_WORDS: Final = {
    word: tuple(regions.split())
    for regions, line in (
        ("DE AT CH", "handy handynummer rufnummer telefonnummer mobilnummer mobiltelefon festnetz faxnummer rückrufnummer"),
        ("FR BE CH", "téléphone tél portable"),
        ("ES MX AR", "teléfono móvil celular"),
        ("PT", "telemóvel"),
        ("BR PT", "telefone"),
        ("IT", "cellulare telefonino"),
        ("NL BE", "telefoon telefoonnummer mobiel"),
        ("PL", "komórka komórkowy"),
        ("SE", "mobiltelefonnummer riktnummer"),
        ("FI", "puhelin matkapuhelin"),
        ("CZ SK", "mobilní"),
        ("HU", "telefonszám"),
        ("GR", "τηλέφωνο κινητό"),
        ("RU", "телефон мобильный"),
        ("CN TW", "电话 手机"),
        ("JP TW", "電話 電話番号 携帯"),
        ("KR", "전화 휴대폰"),
    )
    for word in line.split()
}


def region_of_header(column: str) -> str:
    """Take the country that a column's header names beside its words.

    >>> region_of_header("Mobil (DE)"), region_of_header("phone_us"), region_of_header("Tel. (+39)"), region_of_header("Phone No")
    ('DE', 'US', 'IT', '')
    """
    from phonenumbers import SUPPORTED_REGIONS, region_code_for_country_code

    column = column[:100]
    if found := _BRACKET.search(column):
        region = found[1].upper() if found[1] else region_code_for_country_code(int(found[2]))
    elif found := _ENDING.search(column):
        region = "" if found[1].upper() in _NO_COUNTRIES else found[1].upper()
    else:
        return ""
    region = "GB" if region == "UK" else region
    return region if region in SUPPORTED_REGIONS else ""


def regions_of_words(column: str) -> tuple[str, ...]:
    """List the countries whose language a column's header is written in, where it has a word for a phone that few languages share.

    >>> regions_of_words("Téléphone portable"), regions_of_words("Phone")
    (('FR', 'BE', 'CH'), ())
    """
    for word in re.findall(r"[^\W\d_]+", column[:100].lower()):
        if word in _WORDS:
            return _WORDS[word]
    return ()
