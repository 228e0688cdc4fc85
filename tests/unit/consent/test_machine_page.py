"""The drawing of the machine is what its script makes of the tables, and shows every move of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from canonical_contact.consent import COUPLINGS, TRANSITIONS
from canonical_contact.consent.states import BLOCKING
from canonical_contact.model import ConsentState, EventType

ROOT = Path(__file__).parents[3]


def made() -> tuple[str, str]:
    spec = importlib.util.spec_from_file_location("build_state_diagram", ROOT / "scripts" / "build_state_diagram.py")
    assert spec
    assert spec.loader
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    ((path, text),) = script.made().items()
    return path, text


def edges(text: str) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for line in text.splitlines():
        if " --> " in line:
            ends, events = line.strip().split(": ")
            source, target = ends.split(" --> ")
            found[source, target] = set(events.replace("<br/>", ", ").split(", "))
    return found


def test_the_page_is_fresh() -> None:
    path, text = made()
    assert (ROOT / path).read_text(encoding="utf-8") == text, "run `make generate`"


def test_every_move_to_another_state_is_drawn_and_no_other() -> None:
    drawn = {(source, event, target) for (source, target), events in edges(made()[1]).items() for event in events}
    table = {
        ("[*]" if state is None else state.value, event.value, move.value)
        for event, moves in TRANSITIONS.items()
        for state, move in moves.items()
        if isinstance(move, ConsentState) and move is not state and event not in (EventType.CORRECT, EventType.ERASE)
    }
    assert table <= drawn
    more = {event for _, event, _ in drawn - table}
    assert more == {"request_timeout", "confirm_timeout", "notice_superseded"}
    assert not any(target == "granted" for _, event, target in drawn if event.endswith("timeout"))


def test_a_timeout_leads_to_whatever_may_be_behind_an_open_state_and_to_no_other() -> None:
    drawn = edges(made()[1])
    behind = {target for (source, target), events in drawn.items() if source == "requested" and "request_timeout" in events}
    assert behind == {"unknown", "expired", "implied", "invalidated"}
    behind = {target for (source, target), events in drawn.items() if "confirm_timeout" in events}
    assert behind == {"unknown", "expired", "implied", "invalidated", "denied", "withdrawn"}


def test_blocking_states_and_couplings_are_all_told() -> None:
    text = made()[1]
    for state in BLOCKING:
        assert f"class {state.value} blocks" in text
    for cause, effects in COUPLINGS.items():
        for effect in effects:
            assert f"| `{cause.value}` | `{effect.type.value}` | {effect.scope.value} |" in text
