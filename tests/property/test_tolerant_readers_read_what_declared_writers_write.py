"""Where the check calls two schemas compatible for readers that ignore the unknown, what a writer writes who keeps to the declared fields
is taken by a reader who passes over all others."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from canonical_contact.schema.compat import check
from schema_strategies import VALUES, pairs

DATA = ("const", "enum", "required")


def rewritten(schema: Any, *, writer: bool) -> Any:
    """Say in the schema itself what a writer does not write, or what a reader does not look at."""
    if not isinstance(schema, dict):
        return schema
    done: dict[str, Any] = {}
    for word, entry in schema.items():
        if word in ("properties", "$defs"):
            done[word] = {name: rewritten(inner, writer=writer) for name, inner in entry.items()}
        elif word == "prefixItems":
            done[word] = [rewritten(inner, writer=writer) for inner in entry]
        else:
            done[word] = entry if word in DATA else rewritten(entry, writer=writer)
    others = done.get("additionalProperties", True)
    if writer and others in (True, {}) and "properties" in done:
        done["properties"] = {**dict.fromkeys(done.get("required", ()), True), **done["properties"]}
        done["additionalProperties"] = False
    elif not writer and others is False:
        del done["additionalProperties"]
    return done


@given(pairs(plain=True))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_is_written_by_the_one_is_read_by_the_other(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    old, new = pair
    changes = check(old, new, "none").changes
    for writer, reader, compatible in (
        (old, new, all(change.backward for change in changes)),
        (new, old, all(change.forward for change in changes)),
    ):
        if not compatible:
            continue
        writes = Draft202012Validator(rewritten(writer, writer=True))
        reads = Draft202012Validator(rewritten(reader, writer=False))
        for value in VALUES:
            assert reads.is_valid(value) or not writes.is_valid(value), (writer, reader, value)
