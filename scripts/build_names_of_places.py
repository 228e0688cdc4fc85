"""Make normalize/data/countries.toml and languages.toml from CLDR, through Babel (BSD-3-Clause; CLDR: Unicode-3.0).

Babel is a build-time tool only: install it in a scratch environment and run
`python scripts/build_names_of_places.py src/canonical_contact/normalize/data`. The output is committed.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global

LOCALES = (  # noqa: SIM905 - lines are easier to read than a column of two hundred
    "en es fr de it pt nl sv da nb fi is pl cs sk hu ro hr sl et lv lt tr el ru uk bg sr mk ja zh zh_Hant ko ar he fa hi vi id ca "
    "eu gl ga cy af sq th bn ur"
).split()
SPECIAL = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "æ": "ae",
        "þ": "th",
        "ð": "d",
        "đ": "d",
        "ı": "i",
        "œ": "oe",
        "’": "'",
        "‘": "'",
        "–": "-",
        "—": "-",
    }
)

# What people write and CLDR does not list. A name that CLDR gives to several places is decided here, or left out.
ALIASES = {
    "AE": "uae|u.a.e.|emirates|dubai|abu dhabi",
    "AU": "aus",
    "BA": "bosnia",
    "BR": "brazil|brasil|bra",
    "CD": "dr congo|drc|d.r. congo|congo-kinshasa|democratic republic of the congo|democratic republic of congo|zaire",
    "CG": "congo|kongo|congo-brazzaville|republic of the congo|republic of congo",
    "CH": "schweiz|suisse|svizzera|helvetia|swiss",
    "CI": "ivory coast|cote d'ivoire|elfenbeinkuste",
    "CN": "prc|p.r. china|p.r.china|pr china|peoples republic of china|people's republic of china|mainland china|china|chn|vr china",
    "CZ": "czech republic|tschechische republik|cesko|cechy",
    "DE": "brd|d|germany|deutschland|bundesrepublik deutschland|federal republic of germany|west germany|bundesrepublik|germania|ger",
    "DO": "dominican republic|rep. dominicana",
    "ES": "espana|esp",
    "FR": "republique francaise|fra|f",
    "GB": "uk|u.k.|united kingdom|great britain|britain|gt britain|g.b.|england|scotland|wales|northern ireland|n. ireland|n ireland|ulster"
    "|gro\u00dfbritannien|grande-bretagne|grande bretagne|gran bretagna|gran bretana|gra-bretanha|inglaterra|angleterre|inghilterra"
    "|schottland|ecosse|cymru|storbritannien|engeland|schotland|uk of great britain and northern ireland|royaume uni|gbr",
    "GE": "georgia|sakartvelo",
    "GR": "el|hellas|hellenic republic",
    "HK": "hong kong|hongkong|hong kong sar|hksar",
    "IE": "ireland|eire|republic of ireland|rep. of ireland|rep of ireland|irish republic|irl|southern ireland",
    "IL": "israel",
    "IN": "bharat|ind|india|republic of india|hindustan",
    "IR": "iran|islamic republic of iran|persia",
    "JP": "jpn|nippon|nihon",
    "KP": "north korea|dprk|korea, north",
    "KR": "korea|south korea|republic of korea|korea, south|rok|s. korea|korea republic|korea (south)|hanguk",
    "LA": "laos|lao pdr",
    "MD": "moldova|republic of moldova",
    "MK": "macedonia|north macedonia|fyrom|republic of macedonia",
    "MM": "burma|myanmar",
    "MO": "macau|macao",
    "MX": "mex|mex.|mexico|mejico|estados unidos mexicanos",
    "NL": "holland|the netherlands|nederland|hollande|holanda|olanda|niederlande|ned|netherlands, the|nl-netherlands",
    "PH": "philippines|the philippines",
    "PS": "palestine|state of palestine",
    "PL": "polska|pol|rzeczpospolita polska",
    "PT": "por",
    "RU": "russia|russian federation|russische foderation|rus",
    "SE": "swe|sverige",
    "SK": "slovak republic|slovakia",
    "SY": "syria",
    "SZ": "swaziland|eswatini",
    "TR": "turkiye|turkey",
    "TW": "taiwan|republic of china|chinese taipei|r.o.c.|taiwan, province of china",
    "TZ": "tanzania",
    "US": "usa|u.s.a.|u.s.|u.s|united states|united states of america|the united states|america|the us|the usa|estados unidos|ee.uu.|ee. uu."
    "|eeuu|eua|etats unis|etats-unis|stati uniti|verenigde staten|vereinigte staaten|vereinigte staaten von amerika|us of a|unites states"
    "|united states (us)|states",
    "VA": "vatican|holy see|vatican city",
    "VE": "venezuela",
    "VN": "vietnam|viet nam",
    "XK": "kosovo",
    "ZA": "south africa|rsa",
}
AMBIGUOUS = {
    "congo": "CG CD",
    "kongo": "CG CD",
    "korea": "KR KP",
    "guinea": "GN GQ GW",
    "samoa": "WS AS",
    "georgia": "GE US",
    "macedonia": "MK GR",
}
LANGUAGE_ALIASES = {
    "es": "castellano|castilian",
    "zh": "mandarin|putonghua",
    "nb": "bokmal|norwegian bokmal",
    "no": "norwegian|norsk",
    "el": "greek",
    "fa": "farsi",
    "en": "englisch|anglais|ingles|inglese",
    "en-US": "us english|american english|english (us)|english (united states)|english us",
    "en-GB": "uk english|british english|english (uk)|english (united kingdom)|english uk",
    "pt-BR": "brazilian portuguese|portuguese (brazil)|portugues brasileiro|brazilian",
    "pt-PT": "portuguese (portugal)|european portuguese",
    "fr-CA": "french (canada)|canadian french",
    "zh-Hans": "simplified chinese|chinese (simplified)",
    "zh-Hant": "traditional chinese|chinese (traditional)",
    "nl-BE": "flemish|vlaams",
}
LANGUAGES = (  # noqa: SIM905 - lines are easier to read than a column of two hundred
    "aa ab af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cs cv cy da de dv dz ee el en eo es et eu fa ff fi fj "
    "fo fr fy ga gd gl gn gu gv ha he hi hr ht hu hy ia id ig is it iu ja jv ka kk kl km kn ko ks ku kw ky la lb lg ln lo lt lv mg "
    "mi mk ml mn mr ms mt my nb ne nl nn no ny oc om or os pa pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss "
    "st su sv sw ta te tg th ti tk tn to tr ts tt ty ug uk ur uz ve vi wo xh yi yo za zh zu fil haw"
).split()


def fold(text: str) -> str:
    """Fold as `plain` in normalize/_text.py does."""
    text = unicodedata.normalize("NFKD", text.casefold().translate(SPECIAL))
    text = unicodedata.normalize("NFC", "".join(c for c in text if not unicodedata.combining(c)))
    return re.sub(r"\s+", " ", text).strip()


def table(names: dict[str, set[str]], head: str) -> str:
    """Write one line a code: every folded name between bars."""
    lines = [f"# {line}" for line in head.splitlines()]
    lines += ["", "[names]"]
    lines += [f'"{code}" = "{"|".join(sorted(found))}"' for code, found in sorted(names.items()) if found]
    return "\n".join(lines) + "\n"


def unique(claims: dict[str, set[str]], decided: dict[str, str]) -> tuple[dict[str, set[str]], list[str]]:
    """Turn name → codes into code → names; what several claim and nobody decided is left out."""
    names: dict[str, set[str]] = defaultdict(set)
    left_out = []
    for name, codes in claims.items():
        if name in decided:
            names[decided[name]].add(name)
        elif len(codes) == 1:
            names[next(iter(codes))].add(name)
        else:
            left_out.append(f"{name}: {' '.join(sorted(codes))}")
    return names, left_out


def main(out: Path) -> None:
    """Write both tables."""
    english = Locale("en").territories
    codes = sorted(
        c
        for c in english
        if re.fullmatch("[A-Z]{2}", c)
        and c not in {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}
    )
    claims: dict[str, set[str]] = defaultdict(set)
    for tag in LOCALES:
        territories = Locale.parse(tag).territories
        for code in codes:
            for variant in ("", "-alt-short", "-alt-variant"):
                if name := territories.get(code + variant):
                    claims[fold(name)].add(code)
    decided = {fold(name): code for code, names in ALIASES.items() for name in names.split("|")}
    for old, new in get_global("territory_aliases").items():
        if len(new) == 1 and new[0] in codes and re.fullmatch("[A-Z]{3}", old):
            decided.setdefault(old.lower(), new[0])
    for name, code in decided.items():
        claims[name].add(code)
    names, left_out = unique(claims, decided)
    head = "Country names and aliases, folded, by ISO 3166-1 alpha-2 code. Generated by scripts/build_names_of_places.py; do not edit.\nSource: Unicode CLDR (licence Unicode-3.0) through Babel, and the aliases in the script."
    text = table({c: {n for n in names[c] if n != c.lower()} for c in codes}, head)
    text += "\n# Names that may mean another place too; the first is taken with less confidence.\n[ambiguous]\n"
    text += "".join(f'"{name}" = "{codes_}"\n' for name, codes_ in AMBIGUOUS.items())
    (out / "countries.toml").write_text(text, encoding="utf-8")
    print("countries left out:", left_out)

    claims = defaultdict(set)
    for tag in LOCALES:
        for code in LANGUAGES:
            if name := Locale.parse(tag).languages.get(code):
                claims[fold(name)].add(code)
    for code in LANGUAGES:
        try:
            own = Locale.parse(code).languages.get(code)
        except (ValueError, UnknownLocaleError):
            own = None
        if own:
            claims[fold(own)].add(code)
    decided = {fold(name): code for code, names_ in LANGUAGE_ALIASES.items() for name in names_.split("|")}
    for name, code in decided.items():
        claims[name].add(code)
    names, left_out = unique(claims, decided)
    head = "Language names, folded, by BCP 47 tag. Generated by scripts/build_names_of_places.py; do not edit.\nSource: Unicode CLDR (licence Unicode-3.0) through Babel, and the aliases in the script."
    (out / "languages.toml").write_text(
        table(dict(names), head) + f'\n[codes]\nknown = "{" ".join(LANGUAGES)}"\n', encoding="utf-8"
    )
    print("languages left out:", left_out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
