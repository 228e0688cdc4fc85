from __future__ import annotations

from any_tables import Table, birth_parts, fake, febrl, firms, german, historical, voters
from canonical_contact.engine._dedupe_canonical import Canonical, canonical
from canonical_contact.engine._dedupe_columns import recognise
from canonical_contact.engine.local import Executor
from canonical_contact.formats import mapping_from_toml


def read(table: Table, *, system: str = "") -> Canonical:
    return canonical(table, recognise(table), system=system)


def test_slips_in_days_keep_their_digits_and_are_told() -> None:
    found = read(febrl())
    assert found.columns["birthday"][3] == "1915-51-11"
    assert [(it.code, it.line) for it in found.problems] == [("date.invalid", 4)]
    assert all(day == "" or len(day) == 10 for day in found.columns["birthday"])


def test_house_number_and_street_are_one_in_the_table_s_order() -> None:
    table = febrl()
    assert read(table).columns["street"][0] == f"{table['street_number'][0]} {table['address_1'][0]}"
    sheet = german()
    assert read(sheet).columns["street"][0] == f"{sheet['Straße'][0]} {sheet['Hausnr'][0]}"


def test_extensions_come_in_the_form_of_their_kind() -> None:
    found = read(febrl())
    assert found.kinds == {"address_2": "text", "soc_sec_id": "id"}
    assert all(value.isalnum() for value in found.extensions["soc_sec_id"])
    assert set(read(voters()).extensions["gender"]) == {"m", "f"}


def test_a_whole_name_counts_only_where_its_parts_are_empty() -> None:
    table: Table = historical()
    table["first_name"][0] = table["surname"][0] = None
    table["full_name"][0] = "ada byron"
    table["full_name"][1] = "someone else"
    found = read(table)
    assert (found.columns["given"][0].lower(), found.columns["surname"][0].lower()) == ("ada", "byron")
    assert found.columns["surname"][1].lower() == table["surname"][1]


def test_parts_of_a_birthday_are_one_day() -> None:
    table = birth_parts()
    year, month, day = (str(table[name][0]) for name in ("by", "bm", "bd"))
    assert read(table).columns["birthday"][0] == f"{year}-{month.zfill(2)}-{day.zfill(2)}"


def test_the_name_of_a_firm_is_the_name_of_its_record() -> None:
    found = read(firms())
    assert all(found.columns["surname"])
    assert not any(found.columns["employer"])
    assert found.extensions["website"][0] == "FIRM0COM"


def test_a_firm_among_people_keeps_its_words() -> None:
    table: Table = {"name": ["Anna Smith", "Robert Jones", "Info Desk", "Emily Brown"], "dob": ["1970-01-02"] * 4}
    found = read(table)
    assert found.columns["surname"][2]


def test_zeros_come_back() -> None:
    assert "02701" in read(voters()).columns["postcode"]


def test_shared_mailboxes_and_short_numbers_stand_apart() -> None:
    table: Table = {
        "email": ["Ana@Example.org", "info@example.org", "nobody"],
        "phone": ["+49 30 1234567", "030 7654321", ""],
        "first_name": ["Ana", "Ben", "Cleo"],
        "last_name": ["Smith", "Jones", "King"],
    }
    found = read(table)
    assert found.columns["emails"] == [("ana@example.org",), (), ()]
    assert found.columns["role_emails"] == [(), ("info@example.org",), ()]
    assert found.columns["phones"][0] == ("+49301234567",)
    assert found.columns["loose_phones"][1] == ("~307654321",)
    assert canonical(table, recognise(table), default_region="DE").columns["phones"][1] == ("+49307654321",)


def test_several_columns_and_several_values_in_a_cell() -> None:
    table: Table = {
        "email": ["a@example.org"],
        "email 2": ["b@example.org"],
        "email 3": ["c@example.org"],
        "email 4": ["d@example.org"],
        "mails": ["e@example.org;f@example.org"],
        "last_name": ["Smith"],
    }
    mapping = mapping_from_toml('[columns]\nmails = { path = "emails[].address", split = [";"] }\n')
    found = canonical(table, recognise(table, mapping=mapping))
    assert found.columns["emails"] == [tuple(f"{letter}@example.org" for letter in "abcdef")]


def test_keys_are_unique_and_bear_the_system() -> None:
    table: Table = {"rec_id": ["1", "2", "1"], "surname": ["Smith", "Jones", "King"], "src": ["a", "a", "a"]}
    mapping = mapping_from_toml('id = "rec_id"\nsystem_column = "src"\n[columns]\nsurname = "name.surname"\n')
    found = canonical(table, recognise(table, mapping=mapping))
    assert found.keys == ["a:1", "a:2", "a:1#3"]
    assert found.columns["system"] == ["a"] * 3
    assert [it.code for it in found.problems] == ["row.id_repeated"]
    assert read({"surname": ["Smith", "King"]}, system="crm").keys == ["crm:1", "crm:2"]


def test_problems_are_bounded() -> None:
    days: list[str | None] = ["1970-01-02" if row < 300 else "1970-31-02" for row in range(550)]
    table: Table = {"dob": days, "surname": ["Smith"] * 550}
    found = read(table)
    assert len(found.problems) == 101
    assert "150 more" in found.problems[-1].hint


def test_workers_give_the_same() -> None:
    table = fake(150)
    here, there = read(table), canonical(table, recognise(table), executor=Executor(2))
    assert (here.keys, here.columns, here.extensions, here.problems) == (
        there.keys,
        there.columns,
        there.extensions,
        there.problems,
    )


def test_both_forms_of_features_are_equal() -> None:
    for make in (fake, febrl, firms, german, historical, voters, birth_parts):
        found = read(make())
        table = found.table()
        by_key = {one.key: one for one in found.features()}
        assert [table.record(place) for place in range(len(table))] == [by_key[key] for key in table.keys]
