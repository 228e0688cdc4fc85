"""Nothing that was read is lost: each cell stands in the source record, as raw text, in a claim, in an extension or in a problem."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from canonical_contact.formats import Source, SourceKind, discover, read
from canonical_contact.model import RawRecord, SourceRecord, record_key
from canonical_contact.normalize import Normalizer
from canonical_contact.normalize._text import clean
from canonical_contact.normalize._words import DELETED, NOTHING, bare, look_up

WORLD = Path(__file__).parents[2] / "examples" / "world"
# How a reader tells what it knows: not a text that somebody wrote into a cell.
_TOLD = ("zone", "date_order", ".label", ".pref", ".verified_method", ".bounced", ".kind", ".type")


def _texts(record: SourceRecord) -> list[str]:
    return [
        *record.raw.values(),
        *(text for claim in record.claims for text in (claim.value, claim.raw)),
        *record.card.extensions.values(),
        *(problem.raw for problem in record.problems),
        *(shown.raw for shown in record.evidence),
        *record.same_as,
    ]


def _lost(raw: RawRecord, record: SourceRecord) -> list[str]:
    there = _texts(record)
    whole = " ".join(there)
    return [
        path
        for path, text in raw.values.items()
        if not path.endswith(_TOLD)
        and not any(text.strip() in one for one in there)
        and not all(word in whole for word in text.split())  # a reader puts cells together, and takes them apart
    ]


@pytest.mark.parametrize("source", [it for it in discover([WORLD]) if it.kind is SourceKind.CONTACTS], ids=lambda it: it.system)
def test_of_the_rows_of_an_export(source: Source) -> None:
    normalizer = Normalizer()
    for raw in read(source):
        record = normalizer.record(raw, record_key(raw.system, raw.record_id or str(raw.row)), raw.record_id or str(raw.row))
        assert _lost(raw, record) == []


_SHORT = (
    *(
        "name.full",
        "name.given",
        "name.surname",
        "name.title",
        "name.suffix",
        "nicknames[0]",
        "emails[0].address",
        "emails[1].address",
    ),
    *("phones[0].number", "phones[1].number", "addresses[0].full", "addresses[0].street", "addresses[0].postcode"),
    *("addresses[0].country", "organizations[0].name", "organizations[0].units", "titles[0]", "tags[0]", "tags[1]", "notes[0]"),
    *(
        "preferred_languages[0]",
        "birthday",
        "gender",
        "time_zone",
        "owner",
        "owners.enrichment",
        "source_channel",
        "kind",
        "score",
    ),
    *("lifecycle.stage", "lifecycle.status", "restrictions[0]", "preferred_channels[0]", "anniversaries[0].date", "nps[0].score"),
    *("revenue.total", "external_ids[0].id", "online_services[0].uri", "same_as[0]", "deleted", "pronouns[0]", "roles[0]"),
    *("extensions.Size", "a path that nobody knows", "emails[0].nothing", "nothing[0].at all", "created_at", "updated_at"),
)
_cells = st.sampled_from(
    [
        "n/a",
        "Unspecified",
        "-",
        "?",
        "none",
        "ana@example.org; b@x.org",
        "ANA & Ben Berg",
        "089 1234567",
        "03/04/1970",
        "Mars",
        "0",
    ]
) | st.text(st.characters(), max_size=20)


@given(values=st.dictionaries(st.sampled_from(_SHORT), _cells, max_size=9))
@settings(max_examples=200, deadline=None)
@example(values={"emails[0].address": "a@x.org", "emails[1].address": "A@X.org"})
@example(values={"a path that nobody knows": "kept"})
def test_of_a_record_that_holds_no_cells(values: dict[str, str]) -> None:
    raw = RawRecord("sheet", "1", 1, "s.csv", 2, values)
    assert _lost(raw, Normalizer().record(raw, "sheet:1", "1")) == []


# Fields of which every text ends as a value, or as a problem that names it: one text alone leaves no hint to anything else.
_ANSWERS = ("restrictions[0]", "preferred_channels[0]", "deleted")  # of which "no" is one
_ALONE = [path for path in _SHORT if not path.startswith(("same_as", "extensions", "updated_at", "created_at"))]


@pytest.mark.parametrize("path", _ALONE)
@given(text=_cells)
@settings(max_examples=40, deadline=None)
def test_what_has_no_value_has_a_problem(path: str, text: str) -> None:
    raw = RawRecord("sheet", "1", 1, "s.csv", 2, {path: text})
    record = Normalizer().record(raw, "sheet:1", "1")
    empty = Normalizer().record(RawRecord("sheet", "1", 1, "s.csv", 2, {}), "sheet:1", "1")
    answer = path in _ANSWERS and bare(text) and (bare(text) in NOTHING or look_up(DELETED, text) is False)
    assert record.card != empty.card or record.problems or not clean(text) or answer
