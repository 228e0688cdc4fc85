"""Whole records over columns are those that are normalised one by one: values, problems, and what has no column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from canonical_contact.formats import SourceKind, discover, read
from canonical_contact.normalize import Normalizer
from canonical_contact.normalize._batch_layout import flat
from canonical_contact.normalize.columns import Records, Run

WORLD = Path(__file__).parents[2] / "examples" / "world"

_PIECES = st.sampled_from(
    ["@", ".", ",", ";", " / ", "+", "00", "(0)", "-", " x12", "0170", "1234567", "4,47E+11", "Dr.", "van", "der", "Jr.", "MÜLLER", "(Bob)", '"',
     "&", "née", "\x00", "\u202e", "🎉", "Ã©", "\ufffd", "\ud800", "毛泽东", "김", "gmail.com", "ana", "GmbH", "株式会社", "2020", "31", "02", "/", "T", "\n", " "]
)  # fmt: skip
_HOSTILE = st.lists(_PIECES, min_size=1, max_size=7).map("".join) | st.text(st.characters(), max_size=20)
# Texts that interplay: the same value in other spellings, hints for one another, and words that say there is none.
_WORDS: Mapping[str, Sequence[str]] = {
    "name.full": ("Ana Núñez", "Acme GmbH", "Kim (Bob) Lee", "Orbán Viktor", "n/a", "MÜLLER, JAN"),
    "name.given": ("ANA", "Jan (Joe)", "José", "unknown"),
    "name.surname": ("Núñez", "van der BERG", "(Acme)"),
    "name.title": ("Dr.", "Frau"),
    "name.generation": ("Jr.",),
    "name.phonetic.given2": ("アナ",),
    "nicknames[0]": ("Bob", "Joe", "-"),
    "nicknames[2]": ("bob", "Ann"),
    "emails[0].address": ("ana@x.de", "ANA@X.de; b@x.de", "bad", "a@x.hu", "info@x.co.uk, info@x.co.uk"),
    "emails[0].label": ("work", "* Home", "Ferienhaus"),
    "emails[0].pref": ("1", "x", "no"),
    "emails[0].verified_at": ("2024-05-06 07:08", "soon"),
    "emails[0].bounced_at": ("2024-05-06 07:08:09",),
    "emails[0].status": ("bad", "ok", "who knows"),
    "emails[1].address": ("ana@x.de", "c@x.de d@x.de e@x.de"),
    "emails[1].bounced": ("hard",),
    "phones[0].number": ("089 1234567", "+49 171 1234567", "0044 20 7946 0018 / 0171 1234567", "call me", "00 12"),
    "phones[0].label": ("mobile", "work,fax", "pager"),
    "phones[1].number": ("0171 1234567", "+36 1 234 5678", "+49 171 1234567"),
    "addresses[0].full": ("Weg 1\n10115 Berlin", "somewhere"),
    "addresses[0].street": ("Weg 1", "n/a"),
    "addresses[0].postcode": ("1007", "10115"),
    "addresses[0].country": ("Germany", "Georgia", "Ruritania", "HU"),
    "addresses[0].label": ("home", "work"),
    "addresses[1].street": ("Weg 1",),
    "addresses[1].country": ("Germany", "Austria"),
    "addresses[1].part.number": ("12",),
    "addresses[2].locality": ("Wien",),
    "organizations[0].name": ("Acme GmbH", "ACME", "n/a"),
    "organizations[0].units": ("Sales",),
    "organizations[1].name": ("Acme GmbH", "Other Ltd"),
    "titles[0]": ("CEO", "n/a"),
    "tags[0]": ("VIP", "-"),
    "tags[1]": ("VIP", "x"),
    "notes[0]": ("first\nsecond",),
    "preferred_languages[0]": ("Deutsch", "hu", "Klingonisch"),
    "preferred_languages[1]": ("de",),
    "birthday": ("03/04/1970", "12.07.1958", "--07-12", "x"),
    "gender": ("f", "Unspecified"),
    "time_zone": ("Europe/Berlin", "Mars"),
    "created_at": ("2021-08-15 12:26", "03/04/2021 12:00", "when?"),
    "updated_at": ("2021-08-15T12:26:00Z",),
    "lifecycle.stage": ("customer", "lead", "guru"),
    "lifecycle.status": ("Open",),
    "lifecycle.converted_at": ("2021-08-15", "x"),
    "owner": ("b.osei", "none"),
    "owners.enrichment": ("c.osei",),
    "source_channel": ("Trade Show",),
    "kind": ("person", "org", "n/a", "?!"),
    "score": ("42", "4,5", "many"),
    "zone": ("Europe/Berlin", "../etc"),
    "date_order": ("dmy", "mdy", "x"),
    "restrictions[0]": ("do not profile", "who knows"),
    "online_services[0].uri": ("https://x.com/ana",),
    "same_as[0]": ("crm:1",),
    "extensions.Size": ("39",),
    "extensions.birthday": ("x",),
    "a path that nobody knows": ("kept",),
    "emails[0].nothing": ("kept too",),
}


def _equal(found: Records, default_region: str) -> None:
    normalizer = Normalizer(default_region)
    for row in range(len(found)):
        record = normalizer.record(found.raw(row), found.key(row), found["record_id"][row])
        assert found.row(row) == flat(record)
        assert found.problems_of(row) == record.problems
        assert found.source_record(row) == record
        assert found.card(row) == record.card


_ROWS = st.lists(
    st.fixed_dictionaries({}, optional={path: st.sampled_from(texts) | _HOSTILE for path, texts in _WORDS.items()})
    | st.dictionaries(st.sampled_from(sorted(_WORDS)), _HOSTILE, max_size=6).map(lambda row: row),
    min_size=1,
    max_size=4,
)


@given(rows=_ROWS, default_region=st.sampled_from(["", "DE", "US"]))
@settings(max_examples=250, deadline=None)
@example(rows=[{"emails[0].address": "a@x.de", "emails[1].address": "A@X.DE", "emails[1].bounced": "x"}], default_region="")
@example(rows=[{"name.full": "Acme", "organizations[0].name": "ACME"}, {"name.given": "Acme"}], default_region="")
@example(rows=[{"name.given2": "B.", "organizations[0].units": "Sales"}], default_region="")
@example(rows=[{"a": "1", "extensions.a": "2"}], default_region="")
def test_hostile_cells(rows: list[dict[str, str]], default_region: str) -> None:
    paths = dict.fromkeys(path for row in rows for path in row)
    _equal(Run(default_region).records({path: [row.get(path) for row in rows] for path in paths}, system="sheet"), default_region)


def test_a_generated_world() -> None:
    run = Run()
    for source in discover([WORLD]):
        if source.kind is not SourceKind.CONTACTS:
            continue
        rows = [raw.values for raw in read(source)]
        paths = dict.fromkeys(path for row in rows for path in row)
        for found in run.batches({path: [row.get(path) for row in rows] for path in paths}, system=source.system, rows=37):
            _equal(found, "")
