"""Every state × event cell is a move or a stated refusal, and a refusal changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from canonical_contact.consent import TRANSITIONS, apply, blocked_by, legal_events
from canonical_contact.consent.states import BLOCKING, JOIN_ORDER, OPEN
from canonical_contact.errors import ContactError, IllegalTransitionError, InputError
from canonical_contact.model import Channel, ConsentEvent, ConsentProof, ConsentRecord, ConsentState, EventType

T0 = datetime(2026, 1, 1, tzinfo=UTC)
S, E = ConsentState, EventType

# Written down from the specification, not from the code. Columns: nothing known, then the states in the order of the enum.
# U unknown, R requested, P pending, G granted, I implied, D denied, W withdrawn, X expired, V invalidated, Z erased;
# = stays, < the state behind, T the event's target, . refused.
LETTERS = dict(zip("URPGIDWXVZ", ConsentState, strict=True))
EXPECTED = {
    #                      -URPGIDWXVZ
    E.IMPORT_LEGACY:      "U..........",
    E.REQUEST:            "RR...R..RR.",
    E.REQUEST_TIMEOUT:    "..<........",
    E.OPT_IN_UNCONFIRMED: "PPP..PPPPP.",
    E.CONFIRM:            "...G.......",
    E.CONFIRM_TIMEOUT:    "...<.......",
    E.OPT_IN:             "GGG..GGGGG.",
    E.DECLINE:            ".DDD.......",
    E.IMPLY:              "III.==..I..",
    E.RENEW:              "....G......",
    E.WITHDRAW:           "WWWWWW==WW=",
    E.OBJECT:             "WWWWWW==WW=",
    E.COMPLAINT:          "WWWWWWW=WW=",
    E.EXPIRE:             "....XX.....",
    E.INVALIDATE:         ".VVVVV.....",
    E.NOTICE_SUPERSEDED:  "....R......",
    E.SUPPRESS:           "U==========",
    E.UNSUPPRESS:         "U==========",
    E.CORRECT:            "TTTTTTTTTT.",
    E.ERASE:              "ZZZZZZZZZZ=",
}  # fmt: skip


def event(kind: EventType, name: str = "new", **changes: Any) -> ConsentEvent:
    """An event that passes every guard."""
    made = ConsentEvent(
        name,
        kind,
        Channel.EMAIL,
        endpoint="a@example.com",
        effective_at=T0 + timedelta(days=9),
        reason="material" if kind is E.NOTICE_SUPERSEDED else "",
        legal_basis="purchase" if kind is E.IMPLY else "",
        evidence="form 7",
        target=S.UNKNOWN if kind is E.CORRECT else None,
    )
    return evolve(made, **changes)


def record(state: ConsentState | None, **changes: Any) -> ConsentRecord | None:
    if state is None:
        return None
    made = ConsentRecord(
        Channel.EMAIL,
        "marketing",
        state,
        resume_state=S.EXPIRED if state in (S.REQUESTED, S.PENDING_CONFIRMATION) else None,
        strength="single" if state is S.GRANTED else "",
        effective_at=T0,
        events=("old",),
    )
    return evolve(made, **changes)


CELLS = [(state, kind) for kind in EventType for state in (None, *ConsentState)]


@pytest.mark.parametrize(("state", "kind"), CELLS, ids=[f"{kind}-{state or 'none'}" for state, kind in CELLS])
def test_each_cell_is_a_move_or_a_stated_refusal(state: ConsentState | None, kind: EventType) -> None:
    before = record(state)
    expected = EXPECTED[kind][(None, *ConsentState).index(state)]
    if expected == ".":
        assert state not in TRANSITIONS[kind]
        with pytest.raises(IllegalTransitionError) as caught:
            apply(before, event(kind))
        error, message = caught.value, str(caught.value)
        assert (error.state, error.event, error.legal) == (state or "none", kind, legal_events(state))
        assert "the table has no such move" in message
        assert str(state or "none") in message
        assert str(kind) in message
        for legal in legal_events(state):
            assert str(legal) in message
        assert before == record(state)
        return
    after = apply(before, event(kind))
    wanted = {"=": state, "<": S.EXPIRED, "T": S.UNKNOWN}.get(expected, LETTERS.get(expected))
    assert after.state is wanted
    assert after.events == (("new",) if before is None else ("old", "new"))


def test_the_table_names_every_event_and_the_order_every_state() -> None:
    assert set(TRANSITIONS) == set(EventType) == set(EXPECTED)
    assert {name.split(":")[0] for name in JOIN_ORDER} == set(ConsentState)


def test_an_event_that_is_known_changes_nothing_even_where_it_would_be_illegal() -> None:
    before = record(S.WITHDRAWN)
    assert apply(before, event(E.REQUEST, "old")) is before


def test_the_error_is_one_of_ours_and_holds_no_personal_data() -> None:
    with pytest.raises(ContactError) as caught:
        apply(record(S.WITHDRAWN), event(E.REQUEST))
    assert caught.value.code == "consent.illegal_transition"
    assert "example.com" not in str(caught.value)


def test_an_event_of_another_channel_or_brand_is_the_callers_mistake() -> None:
    for changes in ({"channel": Channel.SMS}, {"controller": "brand"}):
        with pytest.raises(InputError, match="The event withdraw is about another channel or controller") as caught:
            apply(record(S.UNKNOWN), event(E.WITHDRAW, **changes))
        assert (caught.value.path, caught.value.hint) == ("event", "Apply an event to the record of its own key.")


@pytest.mark.parametrize("kind", [E.OPT_IN, E.OPT_IN_UNCONFIRMED])
@pytest.mark.parametrize("state", [S.DENIED, S.WITHDRAWN, S.INVALIDATED])
def test_only_the_person_leaves_a_refusal(kind: EventType, state: ConsentState) -> None:
    for actor in ("agent", "controller", "system"):
        with pytest.raises(IllegalTransitionError, match="own act"):
            apply(record(state), event(kind, actor=actor))
    assert apply(record(state), event(kind, actor="subject")).events == ("old", "new")


def test_nobody_confirms_for_a_person_who_refused() -> None:
    waiting = apply(record(S.WITHDRAWN), event(E.OPT_IN_UNCONFIRMED))
    with pytest.raises(IllegalTransitionError, match="own act"):
        apply(waiting, event(E.CONFIRM, "c", actor="system"))
    assert apply(waiting, event(E.CONFIRM, "c")).strength == "double"


def test_a_complaint_is_never_opted_out_of() -> None:
    complained = apply(record(S.GRANTED), event(E.COMPLAINT))
    assert (complained.state, complained.reason) == (S.WITHDRAWN, "complaint")
    with pytest.raises(IllegalTransitionError, match="a complaint is on record"):
        apply(complained, event(E.OPT_IN, "o"))
    waiting = apply(complained, event(E.OPT_IN_UNCONFIRMED, "u"))
    with pytest.raises(IllegalTransitionError, match="a complaint is on record"):
        apply(waiting, event(E.CONFIRM, "c"))
    again = apply(waiting, event(E.DECLINE, "d"))
    assert (again.state, again.reason) == (S.WITHDRAWN, "complaint")
    with pytest.raises(IllegalTransitionError, match="a complaint is on record"):
        apply(again, event(E.CORRECT, "k"))


@pytest.mark.parametrize("state", [S.WITHDRAWN, S.DENIED, S.INVALIDATED])
def test_a_no_in_a_note_is_never_opted_out_of(state: ConsentState) -> None:
    noted = record(state, reason="free_text_note")
    waiting = apply(noted, event(E.OPT_IN_UNCONFIRMED, "u"))
    for before, refused in (
        (noted, event(E.OPT_IN, "o")),
        (waiting, event(E.CONFIRM, "c")),
        (noted, event(E.CORRECT, "k")),
        (waiting, event(E.CORRECT, "k", target=S.GRANTED)),
    ):
        with pytest.raises(IllegalTransitionError, match="a note that says no is on record"):
            apply(before, refused)
    assert apply(waiting, event(E.CONFIRM_TIMEOUT, "t")).reason == "free_text_note"
    assert apply(noted, event(E.CORRECT, "k", target=S.WITHDRAWN)).reason == "free_text_note"


def test_a_complaint_that_is_corrected_to_another_refusal_stays_a_complaint() -> None:
    complained = apply(record(S.GRANTED), event(E.COMPLAINT))
    for target in (S.DENIED, S.INVALIDATED):
        after = apply(complained, event(E.CORRECT, "k", target=target))
        assert (after.state, after.reason) == (target, "complaint")


def test_a_grant_needs_its_time() -> None:
    for before, kind in ((record(None), E.OPT_IN), (record(S.PENDING_CONFIRMATION), E.CONFIRM)):
        with pytest.raises(IllegalTransitionError, match="time"):
            apply(before, event(kind, effective_at=None))


@pytest.mark.parametrize("kind", [E.REQUEST_TIMEOUT, E.CONFIRM_TIMEOUT])
def test_a_timeout_never_grants_and_never_forgets_a_refusal(kind: EventType) -> None:
    state = S.REQUESTED if kind is E.REQUEST_TIMEOUT else S.PENDING_CONFIRMATION
    assert apply(record(state, resume_state=S.INVALIDATED), event(kind)).state is S.INVALIDATED
    assert apply(record(state, resume_state=None), event(kind)).state is S.UNKNOWN


def test_a_signup_over_a_request_over_a_refusal_still_remembers_the_refusal() -> None:
    asked = apply(record(S.INVALIDATED), event(E.REQUEST, "r"))
    assert blocked_by(asked) is S.INVALIDATED
    assert apply(asked, event(E.OPT_IN_UNCONFIRMED, "u")).resume_state is S.INVALIDATED
    with pytest.raises(IllegalTransitionError, match="refusal"):
        apply(asked, event(E.IMPLY, "i"))
    with pytest.raises(IllegalTransitionError, match="own act"):
        apply(asked, event(E.OPT_IN, "o", actor="agent"))


@pytest.mark.parametrize("kind", [E.DECLINE, E.INVALIDATE])
def test_a_lesser_refusal_does_not_soften_the_one_behind(kind: EventType) -> None:
    waiting = apply(record(S.WITHDRAWN), event(E.OPT_IN_UNCONFIRMED))
    assert apply(waiting, event(kind, "x")).state is S.WITHDRAWN


def test_a_request_does_not_stretch_an_implied_consent() -> None:
    implied = apply(None, event(E.IMPLY, "i", effective_at=T0, expires_at=T0 + timedelta(days=30), legal_basis="inquiry"))
    back = apply(apply(implied, event(E.REQUEST, "r")), event(E.REQUEST_TIMEOUT, "t"))
    assert (back.state, back.effective_at, back.expires_at, back.legal_basis) == (
        S.IMPLIED,
        T0,
        T0 + timedelta(days=30),
        "inquiry",
    )


def test_two_implied_consents_end_at_the_later_time() -> None:
    late, early = T0 + timedelta(days=90), T0 + timedelta(days=5)
    implied = record(S.IMPLIED, expires_at=early)
    assert apply(implied, event(E.IMPLY, expires_at=late)).expires_at == late
    assert apply(record(S.IMPLIED, expires_at=late), event(E.IMPLY, expires_at=early)).expires_at == late


def test_a_basis_on_a_grant_is_only_recorded() -> None:
    granted = apply(record(S.GRANTED), event(E.IMPLY, expires_at=T0))
    assert (granted.state, granted.strength, granted.expires_at) == (S.GRANTED, "single", None)


def test_a_new_notice_asks_again_only_where_the_change_is_material() -> None:
    assert apply(record(S.GRANTED), event(E.NOTICE_SUPERSEDED, reason="wording")).state is S.GRANTED
    asked = apply(record(S.GRANTED), event(E.NOTICE_SUPERSEDED, reason="material"))
    assert apply(asked, event(E.REQUEST_TIMEOUT, "t")).state is S.EXPIRED


def test_renewal_keeps_the_strength_and_takes_the_new_end() -> None:
    renewed = apply(record(S.GRANTED, strength="double", endpoint="a@example.com"), event(E.RENEW, endpoint="", expires_at=T0))
    assert (renewed.strength, renewed.endpoint, renewed.expires_at) == ("double", "a@example.com", T0)


def test_a_renewal_that_names_no_end_keeps_the_old_one() -> None:
    assert apply(record(S.GRANTED, expires_at=T0 + timedelta(days=30)), event(E.RENEW)).expires_at == T0 + timedelta(days=30)
    assert apply(record(S.GRANTED), event(E.RENEW)).expires_at is None


@pytest.mark.parametrize(
    ("method", "strength"),
    [("web_form", "single"), ("paper", "written"), ("voice_recording", "verbal"), ("double_opt_in", "double")],
)
def test_the_strength_of_an_opt_in_comes_from_its_method(method: str, strength: str) -> None:
    proof = ConsentProof(confirmed_at=T0 + timedelta(days=9))
    assert apply(None, event(E.OPT_IN, method=method, proof=proof)).strength == strength


@pytest.mark.parametrize("proof", [None, ConsentProof(), ConsentProof(token_hash="ab" * 32)])
def test_a_double_opt_in_in_one_step_is_single_where_nothing_shows_when_it_was_confirmed(proof: ConsentProof | None) -> None:
    said = event(E.OPT_IN, method="double_opt_in", proof=proof)
    assert apply(None, said).strength == "single"
    assert apply(record(S.WITHDRAWN), said).strength == "single"
    assert apply(record(S.UNKNOWN), evolve(said, type=E.CORRECT, target=S.GRANTED)).strength == "single"


def test_a_correction_sets_what_it_names_within_bounds() -> None:
    assert apply(record(S.UNKNOWN), event(E.CORRECT, target=S.WITHDRAWN, actor="agent")).state is S.WITHDRAWN
    assert apply(record(S.UNKNOWN), event(E.CORRECT, target=S.GRANTED, actor="agent")).state is S.GRANTED
    assert apply(None, event(E.CORRECT, target=S.DENIED)).state is S.DENIED
    for changes, why in (
        ({"target": None}, "names no state"),
        ({"target": S.ERASED}, "names no state"),
        ({"target": S.REQUESTED}, "names no state"),
        ({"target": S.PENDING_CONFIRMATION}, "names no state"),
        ({"target": S.GRANTED, "evidence": ""}, "dated evidence"),
        ({"target": S.GRANTED, "effective_at": None}, "dated evidence"),
    ):
        with pytest.raises(IllegalTransitionError, match=why):
            apply(record(S.UNKNOWN), event(E.CORRECT, **changes))


@pytest.mark.parametrize("target", [state for state in ConsentState if state not in BLOCKING | OPEN] + [S.INVALIDATED])
def test_a_correction_softens_a_refusal_only_with_the_persons_own_evidence(target: ConsentState) -> None:
    for changes in ({"actor": "agent"}, {"evidence": ""}, {"effective_at": None}):
        with pytest.raises(IllegalTransitionError, match="dated evidence"):
            apply(record(S.WITHDRAWN), event(E.CORRECT, target=target, **changes))
    assert apply(record(S.WITHDRAWN), event(E.CORRECT, target=target)).state is target


@pytest.mark.parametrize(
    ("before", "target"),
    [
        (S.UNKNOWN, S.DENIED),
        (S.GRANTED, S.EXPIRED),
        (S.INVALIDATED, S.WITHDRAWN),
        (S.DENIED, S.WITHDRAWN),
        (S.WITHDRAWN, S.WITHDRAWN),
    ],
)
def test_a_correction_that_permits_nothing_new_needs_no_evidence(before: ConsentState, target: ConsentState) -> None:
    after = apply(record(before), event(E.CORRECT, target=target, evidence="", actor="agent"))
    assert after.state is target


def test_a_refusal_said_twice_counts_from_the_later_time_and_for_the_wider_scope() -> None:
    before = record(S.WITHDRAWN, endpoint="a@example.com")
    again = apply(before, event(E.WITHDRAW, endpoint=""))
    assert (again.effective_at, again.endpoint) == (T0 + timedelta(days=9), "")
    assert apply(before, event(E.WITHDRAW, effective_at=None)).effective_at is None


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("form", "phone", "phone"),
        ("form", "", ""),
        ("form", "free_text_note", "free_text_note"),
        ("free_text_note", "form", "free_text_note"),
        ("complaint", "free_text_note", "complaint"),
        ("free_text_note", "complaint", "complaint"),
    ],
)
def test_of_two_reasons_the_one_that_is_never_lifted_stays_and_else_the_later(first: str, second: str, kept: str) -> None:
    assert apply(record(S.WITHDRAWN, reason=first), event(E.WITHDRAW, reason=second)).reason == kept


def test_suppressing_what_nobody_was_asked_about_leaves_it_unknown() -> None:
    assert apply(None, event(E.SUPPRESS)).reason == "never_asked"


def start(**changes: Any) -> ConsentRecord:
    begun = evolve(event(E.OPT_IN_UNCONFIRMED, "u", proof=ConsentProof(token_hash="ab" * 32)), **changes)
    return apply(record(S.UNKNOWN), begun)


def test_a_double_opt_in_takes_only_its_own_token() -> None:
    waiting = start()
    assert (waiting.token_hash, waiting.confirm_by) == ("ab" * 32, None)
    for proof in (None, ConsentProof(), ConsentProof(token_hash="cd" * 32)):
        with pytest.raises(IllegalTransitionError, match="token"):
            apply(waiting, event(E.CONFIRM, "c", proof=proof))
    done = apply(waiting, event(E.CONFIRM, "c", proof=ConsentProof(token_hash="ab" * 32)))
    assert (done.state, done.strength, done.token_hash) == (S.GRANTED, "double", "")


def test_a_double_opt_in_without_a_token_takes_any_confirmation() -> None:
    waiting = start(proof=None)
    for proof in (None, ConsentProof(token_hash="ab" * 32)):
        assert apply(waiting, event(E.CONFIRM, "c", proof=proof)).strength == "double"


def test_a_double_opt_in_is_confirmed_in_time_or_not_at_all() -> None:
    end = T0 + timedelta(days=12)
    waiting = start(expires_at=end, proof=None)
    assert (waiting.confirm_by, waiting.expires_at) == (end, None)
    with pytest.raises(IllegalTransitionError, match="time for the confirmation"):
        apply(waiting, event(E.CONFIRM, "c", effective_at=end + timedelta(microseconds=1)))
    done = apply(waiting, event(E.CONFIRM, "c", effective_at=end))
    assert (done.state, done.confirm_by, done.expires_at) == (S.GRANTED, None, None)


@pytest.mark.parametrize("kind", [E.CONFIRM_TIMEOUT, E.DECLINE, E.WITHDRAW, E.INVALIDATE, E.ERASE])
def test_what_ends_an_open_double_opt_in_leaves_no_token_behind(kind: EventType) -> None:
    after = apply(start(expires_at=T0 + timedelta(days=12)), event(kind, "x"))
    assert (after.token_hash, after.confirm_by) == ("", None)


def test_an_open_request_bears_its_deadline_and_no_token() -> None:
    end = T0 + timedelta(days=12)
    asked = apply(None, event(E.REQUEST, expires_at=end, proof=ConsentProof(token_hash="ab" * 32)))
    assert (asked.confirm_by, asked.expires_at, asked.token_hash) == (end, None, "")


def test_an_implied_consent_names_its_basis() -> None:
    with pytest.raises(IllegalTransitionError, match="basis"):
        apply(None, event(E.IMPLY, legal_basis=""))


def test_a_later_act_on_the_same_basis_counts_from_the_later_time() -> None:
    implied = record(S.IMPLIED, legal_basis="purchase")
    assert apply(implied, event(E.IMPLY)).effective_at == T0 + timedelta(days=9)
    assert apply(implied, event(E.IMPLY, effective_at=T0 - timedelta(days=9))).effective_at == T0
    assert apply(implied, event(E.IMPLY, legal_basis="inquiry")).effective_at == T0
