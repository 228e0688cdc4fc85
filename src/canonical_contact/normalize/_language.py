# Languages (BCP 47) from tags, locale names and the names of languages; the table is generated from CLDR.
from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from canonical_contact.errors import Problem, Severity
from canonical_contact.normalize._result import Normalized
from canonical_contact.normalize._text import clean, is_blank, plain

__all__ = ["language"]

_SUBTAG: Final = re.compile(r"[A-Za-z0-9]{1,8}\Z")
_LOCALE: Final = re.compile(
    r"([A-Za-z]{2,3}(?:[_-][A-Za-z0-9]{2,8}){0,3})(?:\.[A-Za-z0-9_-]{1,16})?(?:@([A-Za-z0-9=;-]{1,24}))?\Z"
)
_SEVERAL: Final = re.compile(r"[,;|/\n+、，；/]+| (?:and|und|et|y|e|en|och|og|i|ja|&) ", re.IGNORECASE)
_WEIGHT: Final = re.compile(r"([A-Za-z0-9*_-]{1,40}) ?(?:; ?q ?= ?([01](?:\.\d{0,3})?))?\Z", re.IGNORECASE)
_BRACKET: Final = re.compile(r"([^()（）\[\]]{1,60})[(（\[]([^()（）\[\]]{1,60})[)）\]]\Z")
_EXTRA: Final = re.compile(
    r"^(?:the |la |le |el |l'|lengua |langue |lingua |lingua |idioma )| (?:language|sprache|lingua|sprak|kieli|taal|jezyk)$"
)
_FLAG: Final = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
# RFC 5646, section 2.2.8: registered before there was a grammar; those with a modern tag get it.
_GRANDFATHERED: Final = {
    "art-lojban": "jbo", "cel-gaulish": "xtg", "en-gb-oed": "en-GB-oxendict", "i-ami": "ami", "i-bnn": "bnn", "i-default": "i-default",
    "i-enochian": "i-enochian", "i-hak": "hak", "i-klingon": "tlh", "i-lux": "lb", "i-mingo": "i-mingo", "i-navajo": "nv", "i-pwn": "pwn",
    "i-tao": "tao", "i-tay": "tay", "i-tsu": "tsu", "no-bok": "nb", "no-nyn": "nn", "sgn-be-fr": "sfb", "sgn-be-nl": "vgt", "sgn-ch-de": "sgg",
    "zh-guoyu": "zh", "zh-hakka": "hak", "zh-min": "zh-min", "zh-min-nan": "nan", "zh-xiang": "hsn",
}  # fmt: skip
# Before the standard had scripts, and systems that say it in their own way.
_OLD_TAGS: Final = {
    "zh-chs": "zh-Hans", "zh-cht": "zh-Hant", "es-la": "es-419", "es-xl": "es-419", "sr-sp": "sr-RS", "sr-yu": "sr-RS", "sh-yu": "sr-Latn-RS",
    "ar-ploc-sa": "ar-SA", "en-uk": "en-GB", "en-us-posix": "en-US-posix", "zh-cn-hans": "zh-Hans-CN", "zh-tw-hant": "zh-Hant-TW",
}  # fmt: skip
_MODIFIERS: Final = {
    "latin": "Latn",
    "cyrillic": "Cyrl",
    "devanagari": "Deva",
    "arabic": "Arab",
    "hebrew": "Hebr",
    "iqtelif": "Latn",
}
_SCRIPTS: Final = {
    "latin": "Latn", "latin script": "Latn", "lateinisch": "Latn", "latinica": "Latn", "roman": "Latn", "cyrillic": "Cyrl", "kyrillisch": "Cyrl",
    "cyrillique": "Cyrl", "cirilico": "Cyrl", "cirilica": "Cyrl", "cirillico": "Cyrl", "arabic": "Arab", "simplified": "Hans", "simplified han": "Hans",
    "vereinfacht": "Hans", "simplifie": "Hans", "simplificado": "Hans", "semplificato": "Hans", "简体": "Hans", "traditional": "Hant",
    "traditional han": "Hant", "traditionell": "Hant", "traditionnel": "Hant", "tradicional": "Hant", "tradizionale": "Hant", "繁體": "Hant", "繁体": "Hant",
    "devanagari": "Deva", "hebrew": "Hebr", "gurmukhi": "Guru", "shahmukhi": "Arab",
}  # fmt: skip
_AREAS: Final = {
    **dict.fromkeys(("latin america", "latam", "latinoamerica", "america latina", "lateinamerika", "amerique latine"), "419"),
    **dict.fromkeys(("international", "world", "global"), "001"), **dict.fromkeys(("europe", "europa"), "150"),
    **dict.fromkeys(("american", "amerikanisch", "us"), "US"), **dict.fromkeys(("british", "britisch", "uk"), "GB"), "brazilian": "BR", "european": "150",
    "canadian": "CA", "australian": "AU", "mexican": "MX", "belgian": "BE", "swiss": "CH", "austrian": "AT", "indian": "IN", "irish": "IE",
    "argentinian": "AR", "colombian": "CO", "south african": "ZA", "egyptian": "EG", "moroccan": "MA", "taiwanese": "TW", "hong kong": "HK",
}  # fmt: skip
# Codes of a small language that often stand for a country: the country, and what is spoken there.
_COUNTRY_CODES: Final = {
    "se": ("SE", "sv"), "uk": ("GB", "en-GB"), "br": ("BR", "pt-BR"), "kr": ("KR", "ko"), "ee": ("EE", "et"), "si": ("SI", "sl"),
    "my": ("MY", "ms"), "ch": ("CH", "de-CH"), "be": ("BE", "nl-BE"), "in": ("IN", "hi"),
}  # fmt: skip
# Codes of countries that are no language's: those that are often written for it are read, the others are suggested.
_WRITTEN_FOR: Final = {"jp": "ja", "cz": "cs", "dk": "da", "gr": "el", "cn": "zh"}
_COUNTRY_OF: Final = {
    "us": "en-US", "gb": "en-GB", "at": "de-AT", "mx": "es-MX", "vn": "vi", "ua": "uk", "rs": "sr", "ge": "ka", "ir": "fa", "pk": "ur", "tw": "zh-TW",
    "hk": "zh-HK", "al": "sq", "kz": "kk",
}  # fmt: skip
_UNKNOWN: Final = "It is no language's name or tag."
_LIMIT: Final = 1000


class _Table:
    """The committed table, read when it is first needed."""

    __slots__ = ("aliases", "data", "known", "likely", "names", "official", "old_regions", "regions", "scripts")

    def __init__(self) -> None:
        data: dict[str, Any] = json.loads((files(__package__) / "data" / "languages.json").read_text(encoding="utf-8"))
        self.known = frozenset(data["known"].split())
        self.scripts = frozenset(data["scripts"].split())
        self.regions = frozenset(data["regions"].split())
        self.old_regions: dict[str, str] = data["old_regions"]
        self.aliases: dict[str, str] = data["aliases"]
        self.likely: dict[str, str] = data["likely"]
        self.official: dict[str, str] = data["official"]
        self.names: dict[str, str] = {name: tag for tag, names in data["names"].items() for name in names.split("|")}


@cache
def _table() -> _Table:
    """Read the table once; it is a constant."""
    return _Table()


def language(
    raw: str,
    *,
    region: str = "",
    language: str = "",  # noqa: ARG001 - one signature for all
    column: str = "",  # noqa: ARG001
) -> Normalized[str]:
    """Read a language (BCP 47, RFC 5646).

    Args:
        raw: a tag (`de-AT`, `pt_BR.UTF-8`, `ger`), a name in one of some fifty languages (`Deutsch`, `castellano`, `English (UK)`), or a
            list in order of preference (`de-DE,de;q=0.9,en`).
        region: ISO 3166-1 alpha-2 code of the country that the value probably belongs to; it decides on `se` and the like.
        language: no use is made of it.
        column: no use is made of it.

    Returns:
        The tag in its usual case, with retired codes replaced (`iw` is `he`, `mo` is `ro`, `sh` is `sr-Latn`); `no`, `nb` and `nn` stay
        what they are. Keys: the tag in small letters, `full:` with the script and country that CLDR thinks likely. Of several languages
        the first is the value and the others are alternatives (`language.several`); a code that may mean a country
        (`language.ambiguous`) has less confidence. `language.unknown` where it is none.

    >>> language("PT_br").value, language("Deutsch").value, language("français").value, language("English (UK)").value
    ('pt-BR', 'de', 'fr', 'en-GB')
    >>> language("de-DE,de;q=0.9,en;q=0.8").alternatives, language("zh-TW").keys
    (('de', 'en'), ('zh-tw', 'full:zh-Hant-TW'))
    """
    text = clean(raw) if len(raw) <= _LIMIT else ""
    if not text:
        return Normalized(None, raw=raw) if is_blank(raw) else _none(raw)
    table = _table()
    if found := _one(table, text, region.upper()):
        return _answer(table, raw, found)
    if (len(text) > 8 or not text.isalnum()) and (several := _list(table, text, region.upper())):
        first, *others = several
        if not others:
            return _answer(table, raw, (first,))
        return _answer(table, raw, (first, tuple(others), 0.9, "language.several", "Several languages; the first is taken."))
    return _none(raw, _COUNTRY_OF.get(text.lower(), ""))


_Found = tuple[str] | tuple[str, tuple[str, ...], float, str, str]


def _none(raw: str, spoken: str = "") -> Normalized[str]:
    hint = f"{_UNKNOWN} It is the code of a country; there they speak {spoken}." if spoken else _UNKNOWN
    problems = (Problem("language.unknown", raw=raw[:200], hint=hint),)
    return Normalized(None, (), 0.0, (spoken,) if spoken else (), problems, raw)


def _answer(table: _Table, raw: str, found: _Found) -> Normalized[str]:
    tag = found[0]
    full = _full(table, tag)
    keys = (tag.lower(), f"full:{full}") if full else (tag.lower(),)
    if len(found) == 1:
        return Normalized(tag, keys, raw=raw)
    _, others, confidence, code, hint = found
    return Normalized(tag, keys, confidence, others, (Problem(code, raw=raw[:200], hint=hint, severity=Severity.INFO),), raw)


def _full(table: _Table, tag: str) -> str:
    """Add the script and the country that are likely."""
    base, *rest = tag.split("-")
    if len(base) == 1:
        return ""
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    place = next((part for part in rest if (len(part) == 2 and part.isupper()) or (len(part) == 3 and part.isdigit())), "")
    likely = (
        (place and table.likely.get(f"{base}-{place}"))
        or (script and table.likely.get(f"{base}-{script}"))
        or table.likely.get(base, "")
    )
    likely_script, _, likely_place = likely.partition("-")
    return "-".join(filter(None, (base, script or likely_script, place or likely_place)))


def _one(table: _Table, text: str, region: str) -> _Found | None:
    """Read one language; None where it is none or several."""
    if text.isascii() and (found := _tagged(table, text, region)):
        return found
    if len(text) > 120:
        return None
    if _FLAG.fullmatch(text):
        place = "".join(chr(ord(char) - 0x1F1E6 + 65) for char in text)
        spoken = table.official.get(table.old_regions.get(place, place), "").split()
        if spoken:
            hint = "A flag is a country's and not a language's."
            return spoken[0], tuple(spoken[1:]), 0.6 if len(spoken) == 1 else 0.4, "language.from_country", hint
        return None
    return _named(table, text)


def _tagged(table: _Table, text: str, region: str) -> _Found | None:
    low = text.lower()
    if len(low) == 2:
        if low in _COUNTRY_CODES:
            place, spoken = _COUNTRY_CODES[low]
            tag = table.aliases.get(low, low)
            hint = "It is the code of a language, and that of a country where another one is spoken."
            first, other = (spoken, tag) if region == place else (tag, spoken)
            return first, (other,), 0.7, "language.ambiguous", hint
        if low in _WRITTEN_FOR:
            return _WRITTEN_FOR[low], (), 0.7, "language.from_country", "It is the code of a country."
        if low in _COUNTRY_OF and low not in table.known:
            return None
    if tag := canonical_tag(table, text):
        return (tag,)
    if len(low) == 5 and low[2] in "-_" and (tag := canonical_tag(table, low[:2])):
        return tag, (), 0.7, "language.part_unknown", "The part behind the language is no country."
    return None


def canonical_tag(table: _Table, text: str) -> str:
    """Write a tag in its usual form; empty where it is none."""
    low = text.replace("_", "-").lower()
    if low in _GRANDFATHERED:
        return _GRANDFATHERED[low]
    if low in _OLD_TAGS:
        return _OLD_TAGS[low]
    modifier = ""
    if "." in text or "@" in text:  # a POSIX locale
        found = _LOCALE.match(text)
        if not found:
            return ""
        low, modifier = found[1].replace("_", "-").lower(), (found[2] or "").lower()
    parts = low.split("-")
    if not all(map(_SUBTAG.match, parts)):
        return ""
    if parts[0] == "x":
        return low if len(parts) > 1 else ""
    base = parts.pop(0)
    if parts and len(parts[0]) == 3 and parts[0].isalpha() and (parts[0] in table.known or parts[0] in table.aliases):
        if base in {"zh", "ar", "ms", "kok", "sw", "sgn", "lv", "uz"} and parts[0].upper() not in table.old_regions:
            base = parts.pop(0)  # an extended language stands for itself
    more: list[str] = []
    if base in table.aliases:
        base, *more = table.aliases[base].split("-")
    if base not in table.known:
        return ""
    script = region = ""
    variants: list[str] = []
    rest: list[str] = []
    for place, part in enumerate(parts):
        if len(part) == 1:
            if place == len(parts) - 1:
                return ""
            rest = parts[place:]
            break
        if len(part) == 4 and part.isalpha() and not (script or region or variants):
            script = part.title()
            if script not in table.scripts:
                return ""
        elif not (region or variants) and ((len(part) == 2 and part.isalpha()) or (len(part) == 3 and part.isdigit())):
            region = part.upper()
            region = table.old_regions.get(region, region)
            if region not in table.regions:
                return ""
        elif not (region or variants) and len(part) == 3 and part.upper() in table.old_regions:
            region = table.old_regions[part.upper()]
        elif len(part) >= 5 or (len(part) == 4 and part[0].isdigit()):
            if part not in variants:
                variants.append(part)
        else:
            return ""
    if modifier in _MODIFIERS and not script:
        script = _MODIFIERS[modifier]
    elif modifier and modifier != "euro" and modifier.isalnum() and 5 <= len(modifier) <= 8 and modifier not in _MODIFIERS:
        variants.append(modifier)
    for part in more:  # sh is sr-Latn, prs is fa-AF
        if len(part) == 4:
            script = script or part
        else:
            region = region or part
    return "-".join([base, *filter(None, (script, region)), *variants, *rest])


def _named(table: _Table, text: str) -> _Found | None:
    folded = plain(text).strip(" .,:;'\"")
    for name in (folded, _EXTRA.sub("", folded)):
        if tag := table.names.get(name):
            if tag == "gsw":
                return tag, ("de-CH",), 0.7, "language.ambiguous", "The dialect, or German as it is written in Switzerland."
            return (tag,)
    if found := _BRACKET.match(folded):
        base, about = found[1].strip(), found[2].strip()
    elif " - " in folded or "–" in folded or ":" in folded:
        base, _, about = (part.strip() for part in re.split(r"( - |–|:)", folded, maxsplit=1))
    elif folded.count(",") == 1:
        base, _, about = (part.strip() for part in folded.partition(","))
    elif " " in folded and not _SEVERAL.search(folded):
        first, _, last = folded.partition(" ")
        start, _, end = folded.rpartition(" ")
        if end in table.names and (found_tag := _joined(table, end, start)):
            return (found_tag,)
        base, about = first, last
    else:
        return None
    tag = _joined(table, base, about) or _joined(table, about, base)
    return (tag,) if tag else None


def _joined(table: _Table, base: str, about: str) -> str:
    """Join the name of a language, and what is said of it: its country, its script, or its name in its own or another language."""
    tag = table.names.get(base) or (canonical_tag(table, base) if base.isascii() and len(base) <= 3 else "")
    if not tag:
        return ""
    if script := _SCRIPTS.get(about):
        return canonical_tag(table, f"{tag}-{script}") if "-" not in tag else tag
    if (other := table.names.get(about)) and other.split("-")[0] == tag.split("-")[0]:
        return max(tag, other, key=len)  # Deutsch (German)
    if about.isascii() and (same := canonical_tag(table, about)) and same.split("-")[0] == tag.split("-")[0]:
        return max(tag, same, key=len)  # German (de-AT)
    place = _AREAS.get(about, "")
    if not place and len(about) == 2 and tag.split("-")[0] in table.official.get(about.upper(), "").split():
        place = about.upper()
    if not place and about.isascii() and canonical_tag(table, about):
        return ""  # two languages
    if not place and about not in table.names:
        from canonical_contact.normalize._country import country

        found = country(about)
        place = found.value or "" if found.confidence == 1 else ""
    if place:
        return canonical_tag(table, f"{tag.split('-')[0]}-{place}")
    return ""


def _list(table: _Table, text: str, region: str) -> list[str]:
    """Read a list, in order of preference; empty where a part of it is no language."""
    weighted: list[tuple[float, str]] = []
    if ";" in text and "q" in text.lower():
        for part in text.split(",")[:60]:
            found = _WEIGHT.match(part.strip())
            if not found:
                return []
            weight = float(found[2]) if found[2] else 1.0
            if found[1] != "*" and weight:
                weighted.append((weight, found[1]))
        weighted.sort(key=lambda pair: -pair[0])
        parts = [part for _, part in weighted]
    else:
        parts = [part for part in map(str.strip, _SEVERAL.split(text)) if part]
    if not parts or len(parts) > 60:
        return []
    if parts == [text]:
        flags = _FLAG.findall(text)
        parts = flags if len(flags) > 1 else text.split()
        if len(parts) < 2 or len(parts) > 60:
            return []
    tags: dict[str, None] = {}
    for part in parts:
        one = _one(table, part, region)
        if not one:
            return []
        tags[one[0]] = None
    return list(tags)
