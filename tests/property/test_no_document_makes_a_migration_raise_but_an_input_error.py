"""Law: whatever stands in a document, a migration gives a document or an InputError with a hint; hostile shapes are no crash."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from canonical_contact.errors import InputError
from canonical_contact.model import SCHEMA_VERSION
from canonical_contact.schema import published_schema, published_versions
from canonical_contact.schema.migrations import KINDS, migrate

_NAMES = sorted(
    {
        name
        for one in (*published_schema(SCHEMA_VERSION)["$defs"].values(), published_schema(SCHEMA_VERSION))
        for name in one.get("properties", ())
    }
    | {"canonical_contact.parked.1.1", "canonical_contact.parked.1.2", "_parked"}
)
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=3), st.sampled_from(["record", "forget"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(_NAMES), inner, max_size=4)),
    max_leaves=12,
)  # fmt: skip
hostile = st.dictionaries(st.sampled_from(_NAMES), anything, max_size=8)


@given(hostile, st.sampled_from(sorted(KINDS)), st.sampled_from(published_versions()), st.sampled_from(published_versions()))
def test_of_any_document(document: dict[str, Any], kind: str, version: str, to: str) -> None:
    said = ""
    try:
        said = migrate({**document, "schema_version": version}, to, kind=kind)["schema_version"]
    except InputError as error:
        said = error.hint and to
    assert said == to
