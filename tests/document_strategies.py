"""Hypothesis strategies for plain documents of each version and kind, with what hosts and migrations may have put into them."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from canonical_contact.model import Activity, ConsentEvent, Contact, Event, SourceRecord
from canonical_contact.schema import published_schema, published_versions, to_dict
from property_strategies import texts, values

KINDS: dict[str, Any] = {
    "contact": Contact, "source_record": SourceRecord, "consent_event": ConsentEvent, "activity": Activity, "event": Event,
}  # fmt: skip
PAIRS = list(combinations(published_versions(), 2))
"""Every (older, newer) of two published versions."""

HOLDERS = {
    "contact": ("extensions",),
    "source_record": ("card", "extensions"),
    "event": ("detail",),
    "consent_event": (),
    "activity": (),
}
KEYS = {
    kind: ["_parked"] if not path else [f"canonical_contact.parked.{version}" for version in published_versions()[1:]]
    for kind, path in HOLDERS.items()
}
_POINTERS = [
    "/kind", "/card/kind", "/deleted", "/restrictions", "/card/restrictions", "/owners", "/owners/=record", "/card/owners", "/owner/=00",
    "/consent/0000000000000000/token_hash", "/suppressions/0000000000000000/lifted_for", "/proof/evidence_hash", "/proof/evidence_refs", "/card/deleted", "/emails/0000000000000000/status", "/suppressions", "/evidence", "/", "/ref", "/proof", "", "x", "/emails", "/name/=00/phonetic_system",
]  # fmt: skip
_plain = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 3),
    texts,
    st.just([]),
    st.just({}),
    st.just(["forget"]),
    st.just(["do_not_track"]),
    st.just(True),
)


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


parkings = st.recursive(
    st.one_of(texts, st.sampled_from(["{}", "?", "!", "!{}", '{"":""}', '{"a":NaN}', "[]", '{"/kind": "org"}'])),
    lambda inner: st.one_of(
        inner.map("?".__add__),
        inner.map("!".__add__),
        st.builds(
            lambda entries, text: _written({**entries, "": text}),
            st.dictionaries(st.sampled_from(_POINTERS), _plain, max_size=3),
            inner,
        ),
        st.dictionaries(st.sampled_from(_POINTERS), _plain, max_size=3).map(_written),
        st.dictionaries(st.sampled_from(_POINTERS), _plain, max_size=3).map(lambda entries: "!" + _written(entries)),
    ),
    max_leaves=4,
)
"""Texts that may stand where we park: of ours, nearly of ours, and of anybody."""


@st.composite
def documents(draw: st.DrawFn, kind: str, version: str) -> dict[str, Any]:
    """Draw a document of a version: values of the classes, defaults that are said, unknown fields, texts where we park."""
    document = to_dict(draw(values(KINDS[kind])))
    schema = published_schema(version)
    document = {**known(document, schema, _definition(schema, KINDS[kind].__name__)), "schema_version": version}
    said = draw(st.sets(st.sampled_from(sorted(defaults(schema, KINDS[kind].__name__))), max_size=3)) if kind != "event" else ()
    for name in said:
        document.setdefault(name, json.loads(json.dumps(defaults(schema, KINDS[kind].__name__)[name])))
    if draw(st.booleans()):
        (document["card"] if kind == "source_record" else document).pop("owners", None)
    if draw(st.booleans()):
        document["acme.unknown"] = draw(_plain)
    if draw(st.booleans()):
        _put(document, (*HOLDERS[kind], draw(st.sampled_from(KEYS[kind]))), draw(parkings))
    return document


def defaults(schema: dict[str, Any], name: str) -> dict[str, Any]:
    properties = _definition(schema, name)["properties"]
    return {field: entry["default"] for field, entry in properties.items() if "default" in entry}


def known(value: Any, schema: dict[str, Any], definition: dict[str, Any]) -> Any:
    """Leave out what a version does not know."""
    if isinstance(value, list) and "items" in definition:
        return [known(item, schema, definition["items"]) for item in value]
    if "$ref" in definition:
        definition = schema["$defs"][definition["$ref"].rpartition("/")[2]]
    if not isinstance(value, dict) or "properties" not in definition:
        return value
    properties = definition["properties"]
    return {name: known(inner, schema, properties[name]) for name, inner in value.items() if name in properties}


def _definition(schema: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = schema if schema["title"] == name else schema["$defs"][name]
    return found


def _put(document: dict[str, Any], path: tuple[str, ...], text: str) -> None:
    for name in path[:-1]:
        document = document.setdefault(name, {})
    document[path[-1]] = text
