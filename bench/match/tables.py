"""Made-up tables of many kinds with their truth, and how right `dedupe` is on them with no setting.

    cd bench && python -m match.tables [NAME ...]

Each is in the manner of a table that people link in practice or in papers; the values are made up, a fixed seed gives the same bytes.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from canonical_contact.engine.dedupe import dedupe

Row = dict[str, str]
Slip = Callable[[Random, str], str]
Slips = Mapping[str, Sequence[tuple[float, Slip]]]

GIVEN = [
    "James",
    "Mary",
    "John",
    "Patricia",
    "Robert",
    "Jennifer",
    "Michael",
    "Linda",
    "William",
    "Elizabeth",
    "David",
    "Barbara",
    "Richard",
    "Susan",
    "Joseph",
    "Jessica",
    "Thomas",
    "Sarah",
    "Charles",
    "Karen",
    "Daniel",
    "Lisa",
    "Matthew",
    "Betty",
    "Anthony",
    "Margaret",
    "Mark",
    "Sandra",
    "Donald",
    "Ashley",
    "Steven",
    "Emily",
    "Andrew",
    "Donna",
    "Joshua",
    "Michelle",
    "Henry",
    "Alice",
    "Arthur",
    "Florence",
    "Edith",
    "Walter",
    "Ethel",
    "Alfred",
    "Harold",
    "Clara",
]
NICKNAMES = {
    "James": "Jim",
    "Robert": "Bob",
    "William": "Bill",
    "Elizabeth": "Liz",
    "Michael": "Mike",
    "Richard": "Dick",
    "Thomas": "Tom",
}
SURNAMES = [
    first + last
    for first in [
        "Har",
        "Wil",
        "Ash",
        "Nor",
        "Sut",
        "Mor",
        "Bar",
        "Stan",
        "Black",
        "White",
        "Hol",
        "Ken",
        "Ral",
        "Wood",
        "Green",
        "Fair",
        "Hart",
        "Pem",
        "Lang",
    ]
    for last in ["ton", "son", "ley", "ford", "man", "wood", "worth", "well", "by", "field"]
] + ["Smith", "Jones", "Brown", "Taylor", "Davies", "Evans", "Thomas", "Johnson", "Roberts", "Walker"] * 5
TOWNS = [
    "London",
    "Manchester",
    "Leeds",
    "Bristol",
    "Edinburgh",
    "Glasgow",
    "Liverpool",
    "Norwich",
    "York",
    "Bath",
    "Oxford",
    "Cambridge",
    "Exeter",
    "Cardiff",
]
STREETS = [
    "Main",
    "Oak",
    "Pine",
    "Maple",
    "Cedar",
    "Elm",
    "Washington",
    "Lake",
    "Hill",
    "Sunset",
    "Church",
    "Mill",
    "River",
    "Spring",
    "Walnut",
    "Chestnut",
    "Forest",
    "Meadow",
]
JOBS = ["writer", "painter", "engineer", "physician", "lawyer", "botanist", "composer", "actor", "historian", "cricketer"]
FIRMS = [
    first + last
    for first in ["Alpha", "Nord", "Delta", "Vector", "Solar", "Terra", "Opti", "Inter", "Euro", "Quant", "Rhein", "Elbe"]
    for last in ["tec", "log", "med", "net"]
]
TRADES = {
    "Systems": "Sys.",
    "Logistics": "Log.",
    "Engineering": "Eng.",
    "Consulting": "Consulting",
    "Industries": "Ind.",
    "Partners": "Partners",
}
FORMS = (("GmbH", "G.m.b.H."), ("Inc.", "Incorporated"), ("Ltd", "Limited"), ("AG", "AG"))


def empty(_: Random, _text: str) -> str:
    return ""


def typo(dice: Random, text: str) -> str:
    if len(text) < 3:
        return text
    at = dice.randrange(len(text) - 1)
    kinds = (
        text[at + 1] + text[at],
        text[at],
        dice.choice("aeinorst") + text[at + 1],
        text[at] + dice.choice("aeinorst") + text[at + 1],
    )
    return text[:at] + dice.choice(kinds) + text[at + 2 :]


def digit(dice: Random, text: str) -> str:
    places = [at for at, char in enumerate(text) if char.isdigit()]
    at = dice.choice(places[-6:]) if places else 0
    return text[:at] + str(dice.randint(0, 9)) + text[at + 1 :] if places else text


def nickname(_: Random, text: str) -> str:
    return NICKNAMES.get(text, text)


def year_only(_: Random, text: str) -> str:
    return f"{text[:4]}-01-01" if text else ""


def other(values: Sequence[str]) -> Slip:
    return lambda dice, _: dice.choice(values)


def street(dice: Random, _: str = "") -> str:
    return f"{dice.randint(1, 2000)} {dice.choice(STREETS)} {dice.choice(('Street', 'Road', 'Lane'))}"


def phone(dice: Random, _: str = "") -> str:
    return f"{dice.randint(201, 989)}-{dice.randint(200, 999)}-{dice.randint(0, 9999):04d}"


def day(dice: Random, first: int, last: int) -> str:
    return f"{dice.randint(first, last)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"


class Kind(NamedTuple):
    """A kind of table: how one row is made, what befalls its copies, how many records one has, and how many there are."""

    make: Callable[[Random], Row]
    slips: Slips
    records: Sequence[int] = (1, 1, 2, 2, 3)
    size: int = 800


def historical(dice: Random) -> Row:
    town = dice.choice(TOWNS)
    code = f"{town[:2].upper()}{dice.randint(1, 20)} {dice.randint(1, 9)}{dice.choice('ABDEFGH')}{dice.choice('JLNPQRS')}"
    names = {"first_name": dice.choice(GIVEN), "surname": dice.choice(SURNAMES), "dob": day(dice, 1780, 1900)}
    return names | {
        "birth_place": town,
        "postcode": code,
        "gender": dice.choice(("male", "female")),
        "occupation": dice.choice(JOBS),
    }


def contacts(dice: Random) -> Row:
    given, surname = dice.choice(GIVEN), dice.choice(SURNAMES)
    email = (
        f"{dice.choice((given, given[0]))}.{surname}{dice.randint(1, 99)}@{dice.choice(('smith', 'lee', 'davis'))}.com".lower()
    )
    return {"first_name": given, "surname": surname, "dob": day(dice, 1930, 2004), "city": dice.choice(TOWNS), "email": email}


def voters(dice: Random) -> Row:
    names = {"last_name": dice.choice(SURNAMES), "first_name": dice.choice(GIVEN), "midl_name": dice.choice(GIVEN)}
    town = dice.randrange(len(TOWNS))
    place = {"street_address": street(dice), "city": TOWNS[town], "zip_code": str(27500 + 13 * town)}
    return names | {"age": str(dice.randint(18, 95)), "gender": dice.choice("MF")} | place


def patients(dice: Random) -> Row:
    name = f"{dice.choice(SURNAMES)}, {dice.choice(GIVEN)}"
    number = f"{dice.randint(100, 700)}-{dice.randint(10, 99)}-{dice.randint(1000, 9999)}"
    return {
        "patient_name": name,
        "dob": day(dice, 1930, 2020),
        "sex": dice.choice("MF"),
        "address": street(dice),
        "phone": phone(dice),
        "ssn": number,
    }


def firms(dice: Random) -> Row:
    firm, form, town = dice.choice(FIRMS), dice.choice(FORMS), dice.choice(TOWNS)
    name = f"{firm} {dice.choice(list(TRADES))} {form[0]}"
    domain = f"{firm.lower()}{dice.randint(1, 999)}.com"
    return {
        "company": name,
        "street": street(dice),
        "city": town,
        "phone": phone(dice),
        "email": f"info@{domain}",
        "website": f"www.{domain}",
    }


def restaurants(dice: Random) -> Row:
    name = (
        f"{dice.choice(STREETS)} {dice.choice(SURNAMES[:190])} {dice.choice(('cafe', 'grill', 'bistro', 'restaurant'))}".lower()
    )
    kind = dice.choice(("american", "italian", "french", "chinese", "seafood", "delis"))
    return {"name": name, "addr": street(dice).lower(), "city": dice.choice(TOWNS).lower(), "phone": phone(dice), "type": kind}


def shorter_firm(dice: Random, text: str) -> str:
    firm, trade, *form = text.split(" ")
    spelled = {one[0]: one[1] for one in FORMS}.get(" ".join(form), "")
    return " ".join(filter(None, (firm, TRADES[trade] if dice.random() < 0.5 else trade, spelled if dice.random() < 0.5 else "")))


TABLES: Mapping[str, Kind] = {
    "historical": Kind(
        historical,
        {
            "first_name": ((0.2, nickname), (0.12, typo)),
            "surname": ((0.15, typo), (0.05, empty)),
            "dob": ((0.15, digit), (0.15, year_only), (0.12, empty)),
            "birth_place": ((0.25, empty),),
            "postcode": ((0.2, typo), (0.2, empty)),
            "gender": ((0.2, empty),),
            "occupation": ((0.35, empty),),
        },
        (1, 2, 3, 4, 5, 6, 8, 10),
        400,
    ),
    "contacts": Kind(
        contacts,
        {
            "first_name": ((0.2, typo), (0.2, empty)),
            "surname": ((0.2, typo), (0.2, empty)),
            "dob": ((0.2, digit),),
            "city": ((0.2, typo), (0.2, empty)),
            "email": ((0.15, typo), (0.25, empty)),
        },
        (1, 2, 3, 4, 5, 7),
        250,
    ),
    "voters": Kind(
        voters,
        {
            "last_name": ((0.12, typo),),
            "first_name": ((0.12, typo), (0.15, nickname)),
            "midl_name": ((0.4, lambda _, text: text[:1]), (0.1, empty)),
            "age": ((0.25, lambda _, text: str(int(text) + 1)),),
            "street_address": ((0.15, street), (0.1, typo)),
        },
    ),
    "patients": Kind(
        patients,
        {
            "patient_name": ((0.25, typo),),
            "dob": ((0.1, digit),),
            "address": ((0.15, street),),
            "phone": ((0.3, empty), (0.1, digit)),
            "ssn": ((0.4, empty), (0.08, digit)),
        },
    ),
    "firms": Kind(
        firms,
        {
            "company": ((0.4, shorter_firm), (0.1, typo)),
            "street": ((0.2, empty), (0.1, typo)),
            "phone": ((0.3, empty), (0.12, phone)),
            "email": ((0.4, empty),),
            "website": ((0.5, empty),),
        },
    ),
    "restaurants": Kind(
        restaurants,
        {
            "name": ((0.2, typo), (0.2, lambda _, text: " ".join(text.split(" ")[:2]))),
            "addr": (
                (0.4, lambda _, text: text.replace("street", "st.").replace("road", "rd.")),
                (0.2, lambda _, text: f"{text} suite 100"),
            ),
            "city": ((0.3, other([town.lower() for town in TOWNS])),),
            "phone": ((0.12, phone),),
            "type": ((0.6, other(("american", "mexican", "steakhouses", "japanese"))),),
        },
        (1, 1, 1, 1, 1, 1, 2),
        750,
    ),
}


def made(name: str, seed: int = 1) -> tuple[dict[str, list[str]], list[int]]:
    """Make a table.

    Args:
        name: one of `TABLES`.
        seed: another seed gives another table of the kind.

    Returns:
        column → values, and for each row who it is.
    """
    dice, kind = Random(f"{name} {seed}"), TABLES[name]
    rows: list[tuple[int, Row]] = []
    for who in range(kind.size):
        first = kind.make(dice)
        rows.append((who, first))
        for _ in range(dice.choice(kind.records) - 1):
            copy = dict(first)
            for column, slips in kind.slips.items():
                for share, slip in slips:
                    if dice.random() < share:
                        copy[column] = slip(dice, copy[column])
            rows.append((who, copy))
    dice.shuffle(rows)
    return {column: [row[column] for _, row in rows] for column in rows[0][1]}, [who for who, _ in rows]


def scores(found: Sequence[int], truth: Sequence[int]) -> tuple[float, float, float, float]:
    """Precision, recall and F1 of pairs, and F1 of whole clusters."""

    def pairs(labels: Sequence[object]) -> int:
        return sum(number * (number - 1) // 2 for number in Counter(labels).values())

    def wholes(labels: Sequence[int]) -> set[tuple[int, ...]]:
        groups = defaultdict(list)
        for row, label in enumerate(labels):
            groups[label].append(row)
        return set(map(tuple, groups.values()))

    both, merged, true = pairs(list(zip(found, truth, strict=True))), pairs(found), pairs(truth)
    ours, theirs = wholes(found), wholes(truth)
    return (
        both / merged if merged else 1.0,
        both / true,
        2 * both / (merged + true),
        2 * len(ours & theirs) / (len(ours) + len(theirs)),
    )


def main(names: Sequence[str]) -> None:
    print(f"{'table':12}{'rows':>6}  pairs P/R/F1      clusters F1  review")
    for name in names or list(TABLES):
        table, truth = made(name)
        found = dedupe(table)
        precision, recall, f1, whole = scores(found.cluster_ids, truth)
        print(f"{name:12}{len(truth):6}  {precision:.3f}/{recall:.3f}/{f1:.3f}  {whole:.3f}        {len(found.review)}")


if __name__ == "__main__":
    main(sys.argv[1:])
