from __future__ import annotations

import random

import pytest

from canonical_contact.normalize import _address_street
from canonical_contact.normalize._address_street import StreetParts, street_key, street_parts

LINES = [
    ("DE", "Hauptstr. 5a", "Hauptstr.", "5a", ""), ("DE", "Hauptstr. 5 a", "Hauptstr.", "5 a", ""), ("DE", "Straße des 17. Juni 135", "Straße des 17. Juni", "135", ""),
    ("DE", "Hauptstraße 5-7", "Hauptstraße", "5-7", ""), ("DE", "1. Mai-Straße 4", "1. Mai-Straße", "4", ""), ("DE", "Mannheim C4, 12", "Mannheim C4", "12", ""),
    ("DE", "Weg 3, Hinterhaus, 2. Stock", "Weg", "3", "Hinterhaus, 2. Stock"), ("DE", "Hauptstr.", "Hauptstr.", "", ""), ("DE", "1", "", "1", ""),
    ("AT", "Kärntner Straße 5/3/12", "Kärntner Straße", "5", "3/12"), ("AT", "Ring 7 Top 4", "Ring", "7", "Top 4"), ("CH", "Bahnhofstrasse 10 2. Stock", "Bahnhofstrasse", "10", "2. Stock"),
    ("FR", "12 rue de la Paix bis", "rue de la Paix", "12 bis", ""), ("FR", "12 bis rue de la Paix", "rue de la Paix", "12 bis", ""), ("FR", "12, rue de la Paix", "rue de la Paix", "12", ""),
    ("FR", "Boulevard de la 2e Division 5", "Boulevard de la 2e Division", "5", ""), ("BE", "Rue de la Loi 16 bte 3", "Rue de la Loi", "16", "bte 3"), ("BE", "Kerkstraat 12 bus 4", "Kerkstraat", "12", "bus 4"),
    ("NL", "Kerkstraat 12-3", "Kerkstraat", "12", "3"), ("NL", "Prinsengracht 263-265", "Prinsengracht", "263-265", ""), ("NL", "Kerkstraat 12 hs", "Kerkstraat", "12", "hs"),
    ("ES", "Calle Mayor, 5, 3º B", "Calle Mayor", "5", "3º B"), ("ES", "Calle Mayor 5 3º B", "Calle Mayor", "5", "3º B"), ("ES", "C/ Mayor s/n", "C/ Mayor", "s/n", ""), ("ES", "17 de Mayo 3", "17 de Mayo", "3", ""),
    ("IT", "Via Roma, 12/A", "Via Roma", "12/A", ""), ("IT", "Via Roma 12 int. 5", "Via Roma", "12", "int. 5"), ("IT", "Piazza Duomo snc", "Piazza Duomo", "snc", ""),
    ("PT", "Rua Augusta, 12, 2º Dto", "Rua Augusta", "12", "2º Dto"), ("PT", "Rua das Flores 12 r/c", "Rua das Flores", "12", "r/c"),
    ("BR", "Rua X, 100 - ap 3", "Rua X", "100", "ap 3"), ("BR", "Rua 25 de Março, 100", "Rua 25 de Março", "100", ""), ("MX", "Av. Reforma No. 222 Int. 4", "Av. Reforma", "222", "Int. 4"),
    ("MX", "Calle 5 de Mayo 20", "Calle 5 de Mayo", "20", ""), ("CO", "Carrera 7 # 12-34", "Carrera 7", "12-34", ""),
    ("PL", "ul. Długa 7/3", "ul. Długa", "7", "3"), ("PL", "ul. Długa 7 m. 3", "ul. Długa", "7", "m. 3"), ("PL", "al. 3 Maja 12 lok. 4", "al. 3 Maja", "12", "lok. 4"),
    ("SE", "Storgatan 5 lgh 1102", "Storgatan", "5", "lgh 1102"), ("DK", "Vestergade 12, 1. tv", "Vestergade", "12", "1. tv"),
    ("US", "5th Avenue 10", "5th Avenue", "10", ""), ("US", "10 5th Avenue", "5th Avenue", "10", ""), ("US", "123 N Main St Apt 4B", "N Main St", "123", "Apt 4B"), ("US", "123 Main St #12", "Main St", "123", "#12"),
    ("US", "123 1/2 Main St", "Main St", "123 1/2", ""), ("US", "100 Highway 50", "Highway 50", "100", ""), ("US", "37-20 74th St", "74th St", "37-20", ""),
    ("GB", "221B Baker Street", "Baker Street", "221B", ""), ("GB", "Flat 2, 10 Downing Street", "Downing Street", "10", "Flat 2"), ("AU", "5/12 High St", "High St", "12", "5"), ("AU", "Unit 5/12 High St", "High St", "12", "Unit 5"),
    ("JP", "1-2-3", "", "1-2-3", ""), ("JP", "西新宿1-2-3 新宿ビル5階", "西新宿", "1-2-3", "新宿ビル5階"), ("JP", "西新宿二丁目8番1号", "西新宿", "二丁目8番1号", ""),
    ("CN", "建国路88号2号楼501室", "建国路", "88号", "2号楼501室"), ("CN", "No. 88, Jianguo Road", "Jianguo Road", "88", ""),
    ("", "Main Street 5", "Main Street", "5", ""), ("", "5 Main Street", "Main Street", "5", ""),
]  # fmt: skip


@pytest.mark.parametrize(("region", "line", "name", "number", "unit"), LINES, ids=[f"{row[0]} {row[1]}" for row in LINES])
def test_a_street_line_in_its_parts(region: str, line: str, name: str, number: str, unit: str) -> None:
    found = street_parts(line, region=region)
    assert found.value == StreetParts(name, number, unit)
    assert (found.confidence, found.raw) == (1.0, line)


@pytest.mark.parametrize(
    ("region", "line", "number"),
    [
        ("US", "PO Box 123", "123"), ("US", "P.O. Box 123", "123"), ("DE", "Postfach 12 34 56", "12 34 56"), ("FR", "BP 12", "12"), ("ES", "Apartado de Correos 45", "45"), ("NL", "Postbus 99", "99"),
        ("RU", "а/я 12", "12"), ("JP", "私書箱123", "123"), ("BR", "Caixa Postal 12", "12"), ("IT", "Casella Postale 5", "5"), ("NO", "Postboks 7", "7"), ("PL", "Skr. poczt. 9", "9"),
    ],
)  # fmt: skip
def test_post_office_boxes_in_languages(region: str, line: str, number: str) -> None:
    assert street_parts(line, region=region).value == StreetParts(po_box=number)


def test_a_box_beside_a_street() -> None:
    assert street_parts("Hauptstr. 5, Postfach 12", region="DE").value == StreetParts("Hauptstr.", "5", "", "12")
    assert street_parts("Bpost Lane 4", region="BE").value == StreetParts("Bpost Lane", "4")


def test_numbers_on_both_sides_are_ambiguous() -> None:
    found = street_parts("12 Hauptstr. 5")
    assert (found.value, found.alternatives) == (StreetParts("Hauptstr. 5", "12"), (StreetParts("12 Hauptstr.", "5"),))
    assert (found.confidence, found.problems[0].code) == (0.6, "address.street_ambiguous")
    assert street_parts("12 Hauptstr. 5", region="DE").value == StreetParts("12 Hauptstr.", "5")


def test_a_blank_has_no_parts() -> None:
    assert street_parts(" , ").value is None


@pytest.mark.parametrize(
    "line", ["1 " * 150, "1-" * 150, "(" * 300, "Flat 1/" * 40, "a 1, " * 60, "Unit 5/" * 50 + "12", "١٢ شارع", ",,,", "#", "№ 5"]
)
def test_hostile_lines_raise_nothing(line: str) -> None:
    for region in ("", "US", "DE", "JP", "NL", "AU"):
        street_parts(line, region=region)
        street_key(line, region)


def test_the_short_way_of_a_key_gives_what_the_long_way_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    class Never:
        @staticmethod
        def fullmatch(_: str) -> None:
            return None

    words = "Main Hauptstr. Street St Saint rue de la Paix Calle Mayor Av. Reforma No. N S a b bis PO Box Apt Flat O'Brien ul. Long-Road nr 5th".split()  # noqa: SIM905
    dice = random.Random(5)
    lines = []
    for _ in range(3000):
        number, name = f"{dice.randint(1, 99)}{dice.choice(('', 'a', 'B'))}", " ".join(dice.choices(words, k=dice.randint(1, 4)))
        lines.append(dice.choice((f"{number} {name}", f"{name} {number}")))
    short = [street_key(line, region) for line in lines for region in ("", "US", "DE")]
    monkeypatch.setattr(_address_street, "_SIMPLE", Never)
    assert short == [street_key(line, region) for line in lines for region in ("", "US", "DE")]


@pytest.mark.parametrize(
    ("raw", "region", "name", "number", "unit"),
    [
        ("ул. Тверская, д. 7", "RU", "ул. Тверская", "7", ""),
        ("ул. Ленина, дом 12, кв. 5", "RU", "ул. Ленина", "12", "кв. 5"),
        ("Atatürk Cad. No:5", "TR", "Atatürk Cad.", "5", ""),
        ("Bağdat Cd. 12 D:4", "TR", "Bağdat Cd.", "12", "D:4"),
        ("Av. da Liberdade, 180-A", "PT", "Av. da Liberdade", "180-A", ""),
        ("12-345 Main St", "CA", "Main St", "345", "12"),
        ("10-14 Main St", "CA", "Main St", "10-14", ""),
        ("Rose Cottage, Mill Lane", "GB", "Mill Lane", "", "Rose Cottage"),
        ("Mill Lane, Ripley", "GB", "Mill Lane", "", "Ripley"),
    ],
)
def test_signs_of_numbers_and_houses_of_other_countries(raw: str, region: str, name: str, number: str, unit: str) -> None:
    parts = street_parts(raw, region=region).value
    assert parts is not None
    assert (parts.name, parts.number, parts.unit) == (name, number, unit)


def test_a_box_needs_no_word_for_post() -> None:
    parts = street_parts("Box 1234", region="SE").value
    assert parts is not None
    assert parts.po_box == "1234"
    assert street_parts("5 Box Hill Rd", region="GB").value == StreetParts("Box Hill Rd", "5")
