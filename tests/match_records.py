"""Records of a few people as several systems may hold them, for the laws of matching."""

from __future__ import annotations

from hypothesis import strategies as st

from canonical_contact.match.features import Features

GIVEN = ("ana", "maria", "john", "jon", "eva", "wei", "m")
SURNAMES = ("ruiz", "garcia", "smith", "smyth", "berg", "li")
MAILS = ("ana@x.es", "ana.ruiz@x.es", "jsmith@y.com", "john.smith@y.com", "eva@x.de")
PHONES = ("+34911234567", "+34911234568", "+4930123456", "~12345678")
DAYS = ("1980-02-01", "1980-01-02", "1975", "--02-01", "")
STREETS = ("calemayor1", "calemayor2", "hauptstrase5", "")
TOWNS = ("madrid", "berlin", "")
EMPLOYERS = ("acme", "acme logistics", "globex", "")


@st.composite
def records(draw: st.DrawFn, most: int = 9) -> list[Features]:
    """Some records, in the order of their keys."""
    size = draw(st.integers(1, most))
    some = [draw(_record(f"{draw(st.sampled_from('abc'))}:{place}")) for place in range(size)]
    keys = sorted(record.key for record in some)
    same_as = draw(st.sampled_from(keys))
    some[0] = some[0]._replace(same_as=(same_as,) if same_as != some[0].key and draw(st.booleans()) else ())
    return sorted(some)


@st.composite
def _record(draw: st.DrawFn, key: str) -> Features:
    def few(values: tuple[str, ...], most: int) -> tuple[str, ...]:
        return tuple(draw(st.lists(st.sampled_from(values), max_size=most, unique=True)))

    return Features(
        key,
        key.partition(":")[0],
        given=few(GIVEN, 2),
        surname=few(SURNAMES, 2),
        emails=few(MAILS, 2),
        roles=few(("info@y.com",), 1),
        phones=few(PHONES, 2),
        birthday=draw(st.sampled_from(DAYS)),
        street=draw(st.sampled_from(STREETS)),
        locality=draw(st.sampled_from(TOWNS)),
        postcode=draw(st.sampled_from(("28001", "10115", ""))),
        employer=draw(st.sampled_from(EMPLOYERS)),
        generation=draw(st.sampled_from(("", "", "jr", "sr"))),
        extensions=tuple((name, draw(st.sampled_from(("m1", "m2")))) for name in few(("member",), 1)),
    )
