"""An explanation says of each key that it names a pair exactly where blocking names the pair by that key."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from canonical_contact.match.blocks import candidates
from canonical_contact.match.features import Features
from canonical_contact.match.found import KeyOutcome, key_findings, members_among
from canonical_contact.match.keys import KEYS, KeyMaker

_word = st.sampled_from(("", "ana", "anna", "bo"))
_KEYS = tuple(key._replace(cap=2) for key in KEYS)


@st.composite
def _records(draw: st.DrawFn) -> list[Features]:
    made = []
    for place in range(draw(st.integers(2, 9))):
        given, town = draw(_word), draw(_word)
        made.append(
            Features(
                f"a:{place}",
                "a",
                given=(given,) if given else (),
                surname=("qvist",) * draw(st.booleans()),
                emails=("qvist@x.se",) * draw(st.booleans()),
                phones=("+46812345678",) * draw(st.booleans()),
                birthday=draw(st.sampled_from(("", "1970-03-01", "1971-03-01"))),
                employer="acme" * draw(st.booleans()),
                locality=town,
                street="weg1" * draw(st.booleans()),
            )
        )
    return made


@given(records=_records())
@settings(max_examples=120, deadline=None)
def test_key_by_key(records: list[Features]) -> None:
    found, maker = candidates(records, _KEYS), KeyMaker(_KEYS)
    named = dict(zip(found.pairs, found.masks, strict=True))
    members = members_among(records, maker)
    for left, right in combinations(range(len(records)), 2):
        findings = key_findings(records[left], records[right], maker, members)
        mask = sum(1 << bit for bit, finding in enumerate(findings) if finding.outcome == KeyOutcome.FOUND)
        by_key = named.get(left * len(records) + right, 0) & ((1 << len(_KEYS)) - 1)  # what else names a pair is no key
        assert mask == by_key
