"""Law: two tables have the same links and the same doubtful pairs, whichever of them comes first, and whoever ties with whom."""

from __future__ import annotations

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from canonical_contact.engine.dedupe import link

NAMES = ["Anna Schmidt", "Ana Schmidt", "Anna Schmitt", "Bob Meier", "Robert Meier", "B. Meyer", "Eva Lang"]
EMAILS = ["", "anna@x.example", "anna.schmidt@x.example", "bob@y.example", "info@y.example"]
PHONES = ["", "+49 30 1234567", "+49 30 1234568", "030 1234567"]
ROWS = st.tuples(st.sampled_from(NAMES), st.sampled_from(EMAILS), st.sampled_from(PHONES))
TABLES = st.lists(ROWS, min_size=1, max_size=6, unique=True)  # no row twice, but perhaps a person
HEADERS = st.permutations(["name", "email", "phone"])

Row = tuple[str, str, str]


def table(rows: list[Row], header: list[str]) -> dict[str, list[str]]:
    columns = dict(zip(("name", "email", "phone"), map(list, zip(*rows, strict=True)), strict=True))
    return {name: columns[name] for name in header}


@given(left=TABLES, right=TABLES, header=HEADERS)
@example(
    left=[
        ("Robert Meier", "info@y.example", "030 1234567"),
        ("B. Meyer", "anna.schmidt@x.example", "+49 30 1234567"),
        ("B. Meyer", "", "+49 30 1234567"),
        ("B. Meyer", "bob@y.example", "+49 30 1234567"),
        ("Ana Schmidt", "bob@y.example", "+49 30 1234568"),
    ],
    right=[
        ("Ana Schmidt", "anna@x.example", ""),
        ("Anna Schmidt", "anna.schmidt@x.example", "+49 30 1234567"),
        ("Ana Schmidt", "bob@y.example", "+49 30 1234568"),
    ],
    header=["name", "email", "phone"],
)
@settings(max_examples=25, deadline=None)
def test_links(left: list[Row], right: list[Row], header: list[str]) -> None:
    one, other = table(left, header), table(right, ["name", "email", "phone"])
    assume(list(one.items()) != list(other.items()))  # a table with itself is the same call
    there, back = link(one, other), link(other, one)
    assert there.links == tuple(sorted(found._replace(left=found.right, right=found.left) for found in back.links))
    assert there.review == tuple(pair._replace(left=pair.right, right=pair.left) for pair in back.review)
    assert [plan.table for plan in there.plans] == [plan.table for plan in back.plans[::-1]]
    assert (len(there.records[0]), len(there.records[1])) == (len(left), len(right))
