"""The tables for phone numbers say what phonenumbers says: python fuzz/phone.py [--numbers 2000000] [--seed 1].

Numbers of all regions and of the calling codes without a country: drawn from the patterns of each type, from the lengths that are possible, from
the examples; written nationally and internationally, with trunk prefixes, carriers' codes, prefixes for calls abroad and marks, and read with
their own region, another one or none. Compared are what is refused, E.164, validity, type, region, possible length, extension, and the forms
INTERNATIONAL, NATIONAL and RFC3966. Ends with 1 where something differs.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import phonenumbers as lib
from phonenumbers import PhoneMetadata, PhoneNumberFormat

from canonical_contact.model.channels import PhoneNumber
from canonical_contact.normalize._phone_forms import phone_forms
from canonical_contact.normalize._phone_plan import plans

KINDS = (
    "general_desc",
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
ODD = (
    "x",
    "~",
    "*",
    "#",
    ",",
    ";",
    " ext. ",
    "tel:",
    "\u00a0",
    "\u2011",
    "٣",
    "４",
    "+",
    "a",
    "abc",
    ";ext=",
    "\t",
    "\n",
    "\\",
    "_",
    " x ",
    ";isub=",
    "'",
)
Answer = tuple[Any, ...] | None


def spelled(rng: random.Random, pattern: str) -> str:
    """Draw a text that a regular expression of the metadata matches."""
    import re._parser as parser  # type: ignore[import-not-found]

    def draw(items: Any) -> str:  # noqa: ANN401  # what the standard library's parser gives has no types
        text = ""
        for kind, what in items:
            name = str(kind)
            if name == "LITERAL":
                text += chr(what)
            elif name == "IN":
                text += rng.choice([digit for digit in "0123456789" if re.match(_class(what), digit)])
            elif name == "BRANCH":
                text += draw(rng.choice(what[1]))
            elif name == "SUBPATTERN":
                text += draw(what[3])
            elif name == "MAX_REPEAT":
                text += "".join(draw(what[2]) for _ in range(rng.randint(what[0], min(what[1], 20))))
        return text

    return draw(PARSED.get(pattern) or PARSED.setdefault(pattern, parser.parse(pattern)))


def _class(what: Any) -> str:  # noqa: ANN401
    parts = ""
    for kind, value in what:
        name = str(kind)
        parts += r"\d" if name == "CATEGORY" else chr(value) if name == "LITERAL" else f"{chr(value[0])}-{chr(value[1])}"
    return f"[{parts}]"


PARSED: dict[str, Any] = {}


def numbers(count: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Draw texts, each with the region to read it with, and the region that it was made for."""
    rng = random.Random(seed)  # noqa: S311
    regions = sorted(lib.SUPPORTED_REGIONS)
    worldwide = sorted(code for code, names in lib.COUNTRY_CODE_TO_REGION_CODE.items() if names == ("001",))
    plans_of = [(name, PhoneMetadata.metadata_for_region(name)) for name in regions]
    plans_of += [("001", PhoneMetadata.metadata_for_nongeo_region(code, None)) for code in worldwide]
    for turn in range(count):
        name, metadata = plans_of[turn % len(plans_of)]
        code, prefix, abroad = str(metadata.country_code), metadata.national_prefix or "", metadata.international_prefix or ""
        digits = _national(rng, metadata)
        shape = rng.random()
        if shape < 0.34:
            text = f"+{code}{prefix if rng.random() < 0.15 else ''}{digits}"
        elif shape < 0.40:
            text = (spelled(rng, abroad) if abroad else "00") + code + digits
        elif shape < 0.45:
            text = code + digits
        elif shape < 0.55 and metadata.national_prefix_for_parsing:
            text = spelled(rng, metadata.national_prefix_for_parsing) + digits
        else:
            text = (prefix if rng.random() < 0.7 else "") + digits
        if rng.random() < 0.02:
            text = rng.choice(("+", "00", "0", "1", "++", "8", "+0", "011")) + text
        text = _marked(rng, text)
        hint = name if name != "001" and rng.random() < 0.85 else rng.choice([*regions, "", "XX"])
        yield text, hint, name if name != "001" else f"+{code}"


def _national(rng: random.Random, metadata: Any) -> str:  # noqa: ANN401
    choice = rng.random()
    general = metadata.general_desc
    known = [it for it in (getattr(metadata, kind) for kind in KINDS) if it and it.national_number_pattern]
    if choice < 0.6 and known:
        digits = spelled(rng, rng.choice(known).national_number_pattern)
    elif choice < 0.75:
        digits = next((it.example_number for it in rng.sample(known, len(known)) if it.example_number), "") or "12345678"
        tail = rng.randint(0, min(5, len(digits)))
        digits = digits[: len(digits) - tail] + "".join(rng.choices("0123456789", k=tail))
    else:
        sizes = [*general.possible_length, *general.possible_length_local_only] or [8]
        digits = "".join(rng.choices("0123456789", k=max(1, rng.choice(sizes))))
    if rng.random() < 0.08:
        digits = digits[:-1] if rng.random() < 0.5 else digits + rng.choice("0123456789")
    return digits


def _marked(rng: random.Random, text: str) -> str:
    choice = rng.random()
    if choice < 0.35:
        return text
    chance = rng.choice((0.1, 0.3))
    text = "".join(char + (rng.choice(" -.()/[]  ") if rng.random() < chance else "") for char in text)
    if choice > 0.95:
        place = rng.randint(0, len(text))
        text = text[:place] + rng.choice(ODD) + text[place:]
    elif choice > 0.9:
        text = rng.choice(("(", " ", "-", "")) + text + rng.choice((" ", ".", ")", "/", ""))
    return text


def asked(text: str, region: str) -> Answer:
    """Give phonenumbers' answer."""
    try:
        number = lib.parse(text, region or None)
    except lib.NumberParseException:
        return None
    kind, place = lib.number_type(number), lib.region_code_for_number(number)
    shown = [
        lib.format_number(number, form)
        for form in (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL, PhoneNumberFormat.RFC3966)
    ]
    e164 = lib.format_number(number, PhoneNumberFormat.E164)
    length = lib.is_possible_number_with_reason(number)
    return e164, lib.is_valid_number(number), kind, place or "", length, number.extension or "", *shown


def told(text: str, region: str) -> Answer:
    """Give the answer of the tables."""
    found = plans().read(text, region)
    if found is None:
        return None
    code, digits, verdict, extension = found
    e164 = f"+{code.digits}{digits}"
    forms = phone_forms(PhoneNumber(e164, extension))
    shown = (forms.international, forms.national, forms.rfc3966) if forms else ("", "", "")
    return e164, verdict.valid, verdict.kind, verdict.region, verdict.length, extension, *shown


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--numbers", type=int, default=2_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", type=int, default=20, help="how many differences are printed")
    chosen = options.parse_args()
    lib.enable_pattern_cache()  # this process is ours alone; it is the library's speed alone that it changes
    started = time.monotonic()
    seen: Counter[str] = Counter()
    valid: Counter[str] = Counter()
    refused = different = unstable = 0
    for text, region, made_for in numbers(chosen.numbers, chosen.seed):
        right, ours = asked(text, region), told(text, region)
        seen[made_for] += 1
        if right is None:
            refused += 1
        elif right[1]:
            valid[made_for] += 1
            again = plans().read(right[0])
            unstable += again is None or f"+{again[0].digits}{again[1]}" != right[0]
        if right != ours:
            different += 1
            if different <= chosen.show:
                print(f"{text!r} region={region!r}\n  phonenumbers {right}\n  tables       {ours}")
    for name in sorted(seen):
        print(f"{name}: {seen[name]:,} texts, {valid[name]:,} valid numbers")
    print(
        f"{sum(seen.values()):,} texts of {len(seen)} plans in {time.monotonic() - started:.0f} s, phonenumbers {lib.__version__}"
    )
    print(
        f"{sum(valid.values()):,} valid, {refused:,} refused by phonenumbers, {unstable:,} valid ones whose E.164 is read as another number"
    )
    print(f"{different:,} differences")
    return 1 if different or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
