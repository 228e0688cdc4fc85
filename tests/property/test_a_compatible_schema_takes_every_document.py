"""Where the check calls two schemas compatible for strict readers, a validator of the one takes what a validator of the other takes."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from canonical_contact.schema.compat import check
from schema_strategies import VALUES, pairs


@given(pairs())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_what_one_schema_takes_the_compatible_other_takes(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    old, new = pair
    answer = check(old, new, "none", readers="strict")
    before, after = Draft202012Validator(old), Draft202012Validator(new)
    backward = all(change.backward for change in answer.changes)
    forward = all(change.forward for change in answer.changes)
    if not (backward or forward):
        return
    for value in VALUES:
        taken_before, taken_after = before.is_valid(value), after.is_valid(value)
        assert not (backward and taken_before and not taken_after), (old, new, value)
        assert not (forward and taken_after and not taken_before), (old, new, value)
