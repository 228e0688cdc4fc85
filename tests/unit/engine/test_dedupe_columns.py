from __future__ import annotations

from collections.abc import Callable

import pytest

from any_tables import (
    Table,
    birth_parts,
    fake,
    febrl,
    firms,
    french,
    german,
    historical,
    restaurants,
    spanish,
    voters,
)  # fmt: skip
from canonical_contact.engine._dedupe_columns import recognise
from canonical_contact.engine._dedupe_plan import paired
from canonical_contact.errors import ConfigError
from canonical_contact.formats import mapping_from_toml

STREET, TOWN, POSTCODE, REGION = (f"addresses[0].{part}" for part in ("street", "locality", "postcode", "region"))

EXPECTED: dict[Callable[[], Table], tuple[str, list[str]]] = {
    febrl: (
        "person",
        [
            "record id",
            "name.given",
            "name.surname",
            STREET,
            STREET,
            "extension (text)",
            TOWN,
            POSTCODE,
            REGION,
            "birthday",
            "extension (id)",
        ],
    ),
    fake: ("person", ["record id", "name.given", "name.surname", "birthday", TOWN, "emails[].address", "ignored"]),
    historical: (
        "person",
        [
            *(
                "record id",
                "ignored",
                "name.full",
                "ignored",
                "name.given",
                "name.surname",
                "birthday",
                "extension (name)",
                POSTCODE,
            ),
            *("extension (category)", "extension (text)"),
        ],
    ),
    voters: (
        "person",
        [
            *(
                "record id",
                "name.given",
                "name.given2",
                "name.surname",
                "extension (number)",
                "extension (category)",
                STREET,
                TOWN,
            ),
            POSTCODE,
        ],
    ),
    firms: (
        "organization",
        ["record id", "organizations[0].name", STREET, TOWN, POSTCODE, "phones[].number", "extension (id)"],
    ),
    restaurants: ("organization", ["organizations[0].name", STREET, TOWN, "phones[].number", "extension (category)"]),
    german: (
        "person",
        [
            *(
                "record id",
                "name.title",
                "name.given",
                "name.surname",
                STREET,
                STREET,
                POSTCODE,
                TOWN,
                "birthday",
                "phones[].number",
            ),
            "extension (name)",
        ],
    ),
    french: (
        "person",
        [
            *("record id", "name.given", "name.surname", STREET, POSTCODE, TOWN, "birthday", "extension (name)"),
            "extension (text)",
        ],
    ),
    spanish: (
        "person",
        ["extension (id)", "name.given", "name.surname", "name.surname2", STREET, POSTCODE, TOWN, "birthday", "phones[].number"],
    ),
    birth_parts: ("person", ["name.given", "name.given2", "name.surname", "ignored", "birthday", "birthday", "birthday"]),
}


@pytest.mark.parametrize("make", EXPECTED, ids=lambda make: make.__name__)
def test_what_columns_are(make: Callable[[], Table]) -> None:
    subject, expected = EXPECTED[make]
    plan = recognise(make())
    assert [one.what for one in plan.columns] == expected
    assert plan.subject == subject


@pytest.mark.parametrize("make", EXPECTED, ids=lambda make: make.__name__)
def test_a_plan_comes_back_from_its_toml(make: Callable[[], Table]) -> None:
    plan = recognise(make())
    again = recognise(make(), mapping=mapping_from_toml(plan.to_toml()))
    assert [(one.name, one.what, one.join, one.label, one.pad) for one in again.columns] == [
        (one.name, one.what, one.join, one.label, one.pad) for one in plan.columns
    ]
    assert again.subject == plan.subject


@pytest.mark.parametrize("make", EXPECTED, ids=lambda make: make.__name__)
def test_the_order_of_rows_is_no_matter(make: Callable[[], Table]) -> None:
    table = make()
    turned: Table = {name: column[::-1] for name, column in table.items()}
    assert [one.what for one in recognise(turned).columns] == [one.what for one in recognise(table).columns]


def test_every_column_has_one_line_with_a_reason() -> None:
    plan = recognise(fake())
    lines = plan.lines()
    assert lines[0] == "table: a table of people."
    assert len(lines) == 8
    assert "the answer" in lines[-1]
    assert all(one.reason and "\n" not in one.reason and 0 < one.confidence <= 1 for one in plan.columns)


def test_what_may_be_something_else_is_marked() -> None:
    plan = recognise({"": ["Anna", "Robert", "Emily", "John"] * 5, "x": ["Smith", "Jones", "Taylor", "Brown"] * 5})
    first = plan.columns[0]
    assert first.path == "name.given"
    assert first.ambiguous
    assert "? or extension" in plan.lines()[1]


def test_a_mapping_wins_and_the_rest_is_recognised() -> None:
    mapping = mapping_from_toml('id = "soc_sec_id"\n[columns]\nstate = "addresses[0].country"\n[extensions]\nsuburb = "text"\n')
    plan = recognise(febrl(), mapping=mapping)
    what = {one.name: one.what for one in plan.columns}
    assert what["soc_sec_id"] == "record id"
    assert what["state"] == "addresses[0].country"
    assert what["suburb"] == "extension (text)"
    assert what["rec_id"] == "ignored"
    assert what["surname"] == "name.surname"


def test_a_faulty_kind_of_extension_is_told() -> None:
    with pytest.raises(ConfigError, match="'words' is not known"):
        mapping_from_toml('[extensions]\nbirth_place = "words"\n')


def test_a_system_column_is_the_source() -> None:
    plan = recognise(fake() | {"source_dataset": ["a", "b"] * 60})
    assert plan.system_column == "source_dataset"
    assert (
        recognise(
            fake() | {"src": ["a", "b"] * 60}, mapping=mapping_from_toml('system_column = "src"\n[columns]\ndob = "birthday"')
        ).system_column
        == "src"
    )


def test_an_id_that_rows_share_is_no_evidence() -> None:
    table = fake()
    del table["cluster"]
    plan = recognise(table | {"person_id": [str(500 + number // 2) for number in range(120)]})
    (one,) = [one for one in plan.columns if one.name == "person_id"]
    assert one.what == "ignored"
    assert "who is who" in one.reason
    assert one.ambiguous


def test_a_first_name_called_name_beside_a_surname() -> None:
    names = ["Anna", "Robert", "Emily", "John", "Grace"] * 8
    plan = recognise({"name": list(names), "surname": ["Smith", "Jones", "Brown", "King"] * 10})
    assert [one.what for one in plan.columns] == ["name.given", "name.surname"]


def test_a_name_of_a_person_stays_one() -> None:
    names = [f"{given} {surname}" for given in ("Anna", "Robert", "Emily") for surname in ("Smith", "Jones", "Brown", "King")]
    plan = recognise({"name": [*names], "city": ["Leeds", "York", "Derby"] * 4})
    assert plan.columns[0].what == "name.full"
    assert plan.subject == "person"


def test_empty_and_constant_columns_are_left_out() -> None:
    plan = recognise(fake() | {"nothing": [None] * 120, "batch": ["7"] * 120})
    assert [(one.what, one.reason) for one in plan.columns[-2:]] == [
        ("ignored", "it is empty"),
        ("ignored", "all its cells say the same"),
    ]


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (["03/04/1970", "25/12/1988", "01/02/1999"], "dmy"),
        (["03/04/1970", "12/25/1988", "01/02/1999"], "mdy"),
        (["19151111", "19155111", "19880102"], "ymd"),
        (["11111915", "25121988", "02011999"], "dmy"),
        (["1915-11-11", "1988-01-02", "1990-12-31"], "ymd"),
    ],
)
def test_the_order_of_days_is_that_of_the_whole_column(days: list[str], order: str) -> None:
    assert recognise({"dob": list(days) * 5}).columns[0].order == order


def test_one_late_value_decides_the_order_of_days() -> None:
    days = [f"0{1 + number % 9}/0{1 + number % 7}/19{40 + number % 50}" for number in range(5_000)]
    (one,) = recognise({"dob": [*days, "04/29/1980"]}).columns
    assert one.order == "mdy"


def test_an_order_that_nothing_tells_is_said_to_be_assumed() -> None:
    (one,) = recognise({"dob": ["03/04/1970", "05/06/1981", "01/02/1999"] * 5}).columns
    assert "no cell tells day from month" in one.reason


@pytest.mark.parametrize(
    ("codes", "pad"),
    [
        (["27601", "27513", "2701"], 5),
        (["27601", "27513", "02701"], 0),
        (["4011", "2776", "4814"], 0),
        (["27601", "27513", "27701"], 0),
        (["1234", "27513", "NW1 4AB"], 0),
    ],
)
def test_postcodes_that_lost_their_zeros(codes: list[str], pad: int) -> None:
    assert recognise({"zip": list(codes) * 5, "city": ["a", "b", "c"] * 5}).columns[0].pad == pad


def test_extensions_of_two_tables_get_one_name() -> None:
    rows = 60
    left = recognise({"Sex": ["m", "f"] * 30, "Birth_Place": ["bonn", "ulm", "york"] * 20, "trade": ["a", "b"] * 30})
    right = recognise(
        {"gender": ["male", "female"] * 30, "birth place": ["bonn", "ulm", "york"] * 20, "height": list(map(str, range(rows)))}
    )
    one, other = paired(left, right)
    assert one.kinds == other.kinds == {"Sex": "category", "Birth_Place": "name"}
    assert one.columns[2].role == "ignored"


@pytest.mark.parametrize(
    ("table", "lacks"),
    [
        ({"name": ["Ana Ruiz", "Eva Berg"]}, True),
        ({"first": ["Ana", "Eva"], "last": ["Ruiz", "Berg"], "city": ["Ulm", "Bonn"]}, True),
        ({"name": ["Ana Ruiz", "Eva Berg"], "email": ["ana@x.es", "eva@x.de"]}, False),
        ({"name": ["Ana Ruiz", "Eva Berg"], "birth place": ["Ulm", "Bonn"]}, False),
        ({"company": ["Acme Ltd", "Berg GmbH"]}, True),
        ({"company": ["Acme Ltd", "Berg GmbH"], "phone": ["+49 30 123456", "+49 30 654321"]}, False),
        ({"email": ["ana@x.es", "eva@x.de"]}, False),
    ],
)
def test_a_table_of_nothing_but_names_is_told_what_it_lacks(table: dict[str, list[str]], *, lacks: bool) -> None:
    plan = recognise(table)
    assert plan.names_only == lacks
    assert ("Names alone are not evidence enough" in plan.lines()[-1]) == lacks
    assert ("A column of e-mail addresses" in plan.advice) == lacks
