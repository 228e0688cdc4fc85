"""A plain model of consent for the stateful test: dicts, lists and ifs, written from the specification, sharing no code with the library.

A record has a stream of events. What a record says of a cell (channel, purpose, controller, endpoint) comes from its events in the
order of their times; records of one person are joined, the stronger refusal first. Suppressions lie over the endpoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

Event = dict[str, Any]
State = dict[str, Any]
Cell = tuple[str, str, str, str]  # channel, purpose, controller, endpoint
Block = tuple[str, str, str]  # kind, channel, endpoint
Lifted = dict[Block, frozenset[tuple[str, str]]]  # for which (purpose, controller) a block does not count

BLOCKING = ("invalidated", "denied", "withdrawn", "erased")  # the stronger later
OTHERS = ("unknown", "expired", "requested", "pending_confirmation", "implied", "granted", "granted double")
SAYS = {
    "withdraw": "withdrawn",
    "object": "withdrawn",
    "complaint": "withdrawn",
    "decline": "denied",
    "invalidate": "invalidated",
    "erase": "erased",
}
REFUSING = ("withdraw", "object", "complaint", "decline", "invalidate")
COUPLED = {"withdraw": "global_opt_out", "object": "global_opt_out", "decline": "global_opt_out", "complaint": "complaint"}
BY_HAND = ("hard_bounce", "dnc_registry", "legal_hold", "manual", "litigator")
# Of one moment the more restrictive comes last; the steps of a double opt-in in their order.
TIES = (
    "import_legacy", "request", "request_timeout", "imply", "opt_in", "opt_in_unconfirmed", "confirm", "renew", "confirm_timeout",
    "notice_superseded", "expire", "correct", "invalidate", "decline", "object", "withdraw", "complaint", "unsuppress", "suppress", "erase",
)  # fmt: skip


def event_of(name: Any, kind: str, cell: Cell, *, at: datetime | None, recorded: datetime, **more: Any) -> Event:
    """A plain event; what is not named is empty."""
    plain = {
        "actor": "subject", "method": "host", "reason": "", "expires": None, "target": None, "evidence": "", "token": "", "why": "",
        "basis": "",
    }  # fmt: skip
    place = dict(zip(("channel", "purpose", "controller", "endpoint"), cell, strict=True))
    return {"id": name, "type": kind, "at": at, "recorded": recorded, **plain, **place, **more}


def held(state: State | None) -> str:
    """The refusal that holds: the state itself, or the one behind an open request or confirmation; empty where there is none."""
    if state is None:
        return ""
    if state["state"] in BLOCKING:
        return str(state["state"])
    if state["state"] in ("requested", "pending_confirmation") and state["behind"] in BLOCKING:
        return str(state["behind"])
    return ""


def move(state: State | None, event: Event) -> State | None:
    """The state after an event, or None where it is not legal."""
    kind, at = event["type"], event["at"]
    before = None if state is None else state["state"]
    refusal = held(state)
    subject = event["actor"] == "subject"
    complained = state is not None and state["complained"] and bool(refusal)

    if kind in SAYS:
        return _refused(state, event)
    if kind == "import_legacy":
        return _new("unknown", event) if state is None else None
    if kind == "request":
        if before not in (None, "unknown", "expired", "implied", "invalidated"):
            return None
        return _opened("requested", state, event)
    if kind == "request_timeout":
        return dict(state, state=state["behind"] or "unknown", behind="") if state and before == "requested" else None
    if kind == "opt_in_unconfirmed":
        if before in ("pending_confirmation", "granted", "erased") or (refusal and not subject):
            return None
        return dict(_opened("pending_confirmation", state, event), token=event["token"], by=event["expires"])
    if kind == "confirm":
        if state is None or before != "pending_confirmation" or at is None or complained or (refusal and not subject):
            return None
        if state["token"] and state["token"] != event["token"]:
            return None
        if state["by"] is not None and at > state["by"]:
            return None
        return _new("granted", event, strength="double")
    if kind == "confirm_timeout":
        return dict(state, state=state["behind"] or "unknown", behind="") if state and before == "pending_confirmation" else None
    if kind == "opt_in":
        if before in ("pending_confirmation", "granted", "erased") or at is None or complained or (refusal and not subject):
            return None
        return _new("granted", event, strength=_strength(event))
    if kind == "imply":
        if not event["basis"]:
            return None
        if before == "granted":
            return state
        if state is not None and before == "implied":
            both = state["ends"] is not None and event["expires"] is not None
            same = state["basis"] == event["basis"]
            return dict(
                state,
                ends=max(state["ends"], event["expires"]) if both else state["ends"],
                since=max(state["since"], at) if same and state["since"] and at else state["since"],
            )
        if before not in (None, "unknown", "requested", "expired") or refusal:
            return None
        return _new("implied", event)
    if kind == "renew":
        if not state or before != "granted":
            return None
        renewed = _new("granted", event, strength=state["strength"])
        return dict(renewed, ends=renewed["ends"] or state["ends"])
    if kind == "expire":
        return _new("expired", event) if before in ("granted", "implied") else None
    if kind == "notice_superseded":
        if state is None or before != "granted":
            return None
        return dict(state, state="requested", behind="expired", strength="") if event["reason"] == "material" else state
    if kind == "correct":
        return _corrected(state, event, complained=complained)
    raise AssertionError(kind)


def _strength(event: Event) -> str:
    known = {
        "double_opt_in": "double" if event.get("confirmed") else "single",  # the second step must be shown
        "paper": "written",
        "signature": "written",
        "voice_recording": "verbal",
        "phone_call": "verbal",
    }
    return known.get(event["method"], "single")


def _new(name: str, event: Event, *, strength: str = "") -> State:
    return {
        "state": name,
        "behind": "unknown" if name in ("requested", "pending_confirmation") else "",
        "strength": strength,
        "since": event["at"],
        "ends": event["expires"],
        "basis": event["basis"],
        "complained": event["type"] == "complaint" or event["reason"] in ("complaint", "free_text_note"),
        "token": "",
        "by": None,
    }


def _opened(name: str, state: State | None, event: Event) -> State:
    """Ask or wait; what stands behind keeps its date and its end."""
    if state is None:
        return dict(_new(name, event), ends=None)
    behind = state["behind"] if state["state"] in ("requested", "pending_confirmation") else state["state"]
    return dict(state, state=name, behind=behind or "unknown", strength="", token="", by=None)


def _refused(state: State | None, event: Event) -> State | None:
    kind = event["type"]
    before = None if state is None else state["state"]
    legal = {
        "decline": ("unknown", "requested", "pending_confirmation"),
        "invalidate": ("unknown", "requested", "pending_confirmation", "granted", "implied"),
    }.get(kind, (None, *OTHERS[:6], *BLOCKING))
    return said(state, event) if before in legal else None


def said(state: State | None, event: Event) -> State:
    """What a refusal leaves behind, whatever was there: never something weaker."""
    new = _new(SAYS[event["type"]], event)
    new["ends"] = None
    refusal = held(state)
    if state is None or not refusal:
        return new
    stronger = max(refusal, new["state"], key=BLOCKING.index)
    if event["type"] in ("withdraw", "object") and refusal == "denied":
        stronger = "denied" if state["state"] == "denied" else stronger  # idempotent on denied
    since = None if state["since"] is None or new["since"] is None else max(state["since"], new["since"])
    return dict(new, state=stronger, since=since, complained=state["complained"] or new["complained"])


def _corrected(state: State | None, event: Event, *, complained: bool) -> State | None:
    target, refusal = event["target"], held(state)
    shown = bool(event["evidence"]) and event["at"] is not None
    if target in (None, "erased", "requested", "pending_confirmation") or (state is not None and state["state"] == "erased"):
        return None
    if target == "granted" and not shown:
        return None
    softer = bool(refusal) and (target not in BLOCKING or BLOCKING.index(target) < BLOCKING.index(refusal))
    if softer and not (shown and event["actor"] == "subject"):
        return None
    if softer and complained and target not in BLOCKING:
        return None
    if target in BLOCKING:
        new = dict(_new(target, event), ends=None)
        if state is not None and refusal:
            new["complained"] = state["complained"]
            new["since"] = None if state["since"] is None or event["at"] is None else max(state["since"], event["at"])
        return new
    return _new(target, event, strength=_strength(event) if target == "granted" else "")


def join(left: State | None, right: State | None) -> State | None:
    """What two records of one person say together: a refusal wins, then the stronger state, then the later one."""
    if left is None or right is None:
        return left or right
    one, two = held(left), held(right)
    if bool(one) is not bool(two):
        return left if one else right
    if one and two:
        stands = max((left, right), key=lambda it: (BLOCKING.index(held(it)), it["state"] in BLOCKING))
        since = None if left["since"] is None or right["since"] is None else max(left["since"], right["since"])
        return dict(stands, since=since, complained=left["complained"] or right["complained"])

    def place(it: State) -> tuple[int, float]:
        name = "granted double" if it["state"] == "granted" and it["strength"] == "double" else it["state"]
        return OTHERS.index(name), it["since"].timestamp() if it["since"] else 0.0

    return max((left, right), key=place)


def reaches(event: Event, cell: Cell) -> bool:
    """A refusal or a correction reaches as wide as it was said; all else stays in its own cell."""
    channel, purpose, controller, endpoint = cell
    if event["channel"] != channel or event["type"] in ("suppress", "unsuppress"):
        return False
    if (event["purpose"], event["controller"], event["endpoint"]) == (purpose, controller, endpoint):
        return True
    if event["type"] not in SAYS and event["type"] != "correct":
        return False
    return (
        event["purpose"] in (purpose, "any") and event["controller"] in (controller, "") and event["endpoint"] in (endpoint, "")
    )


def in_order(events: Iterable[Event]) -> list[Event]:
    """By time. What bears no date has happened before everything, but a block without one was true when we learned of it.

    What refuses nothing stands no later than we learned of it, whatever date it bears.
    """

    def place(event: Event) -> tuple[float, bool, float, int, float, str]:
        at, stands = event["at"], event["at"]
        refuses = event["type"] in SAYS or event["type"] == "suppress" or event["target"] in BLOCKING
        if at is None and refuses and event["type"] != "correct":
            at = stands = event["recorded"]
        if at is not None and not refuses:
            stands = min(at, event["recorded"])
        times = [it.timestamp() if it else 0.0 for it in (stands, at, event["recorded"])]
        return times[0], refuses, times[1], TIES.index(event["type"]), times[2], repr(event["id"])

    return sorted(events, key=place)


class PlainConsent:
    """Streams of events and endpoints of records; whose records are one person is told from outside."""

    def __init__(self) -> None:
        self.streams: dict[str, dict[Any, Event]] = {}
        self.held: dict[str, dict[str, str]] = {}  # record → channel → endpoint

    # -- reading

    def one(self, key: str, cell: Cell) -> State | None:
        """What one record says of a cell."""
        state: State | None = None
        last = []
        for event in in_order(self.streams.get(key, {}).values()):
            if reaches(event, cell):
                if event["type"] in SAYS and event["at"] is None and not self.came_before_a_yes(key, event):
                    last.append(event)
                    continue
                own = (event["purpose"], event["controller"], event["endpoint"]) == cell[1:]
                if event["target"] in ("granted", "implied") and not own:
                    # What was corrected elsewhere takes a refusal back; a permission never leaves its own cell.
                    if not held(state):
                        continue
                    event = dict(event, target="unknown")
                after = move(state, event)
                if after is None and event["type"] in SAYS:
                    after = said(state, event)  # no refusal is lost for a formality
                state = after if after is not None else state
        for event in last:  # nobody knows that anything came after it
            state = join(state, said(None, event))
        return state

    def came_before_a_yes(self, key: str, refusal: Event) -> bool:
        """Whether the person said yes after a refusal without a date became known; a complaint is lifted by no yes."""
        if refusal["type"] == "complaint" or refusal["reason"] in ("complaint", "free_text_note"):
            return False
        return any(
            event["type"] in ("opt_in", "opt_in_unconfirmed", "confirm")
            and event["channel"] == refusal["channel"]
            and event["actor"] == "subject"
            and event["at"] is not None
            and min(event["at"], event["recorded"]) > refusal["recorded"]
            for event in self.streams[key].values()
        )

    def joined(self, keys: Sequence[str], cell: Cell) -> State | None:
        """What all records of a person say of a cell."""
        state = None
        for key in keys:
            state = join(state, self.one(key, cell))
        return state

    def cells(self, keys: Iterable[str]) -> set[Cell]:
        """The cells that an event of some records is exactly about."""
        return {
            (event["channel"], event["purpose"], event["controller"], event["endpoint"])
            for key in keys
            for event in self.streams.get(key, {}).values()
            if event["type"] not in ("suppress", "unsuppress")
        }

    def standing(self, key: str) -> Lifted:
        """The suppressions that one record's events leave standing; the end of one for a purpose is for nothing else."""
        found: Lifted = {}
        for event in in_order(self.streams.get(key, {}).values()):
            block = (event["why"], event["channel"], event["endpoint"])
            if event["type"] == "suppress":
                found[block] = frozenset()
            elif event["type"] == "unsuppress" and block in found:
                if (event["purpose"], event["controller"]) == ("any", ""):
                    del found[block]
                elif event["purpose"] != "any":
                    found[block] |= {(event["purpose"], event["controller"])}
        return found

    def own(self, keys: Iterable[str]) -> Lifted:
        """The suppressions of some records; one that several bear is lifted for what it is lifted for in all of them."""
        found: Lifted = {}
        for key in keys:
            for block, lifted in self.standing(key).items():
                found[block] = found.get(block, lifted) & lifted
        return found

    def left(self, keys: Iterable[str]) -> set[Block]:
        """The suppressions among these that somebody who was erased left: like those of others, they reach the whole channel."""
        found: set[tuple[str, Block]] = set()
        for key in keys:
            for event in in_order(self.streams.get(key, {}).values()):
                block = (event["why"], event["channel"], event["endpoint"])
                if event["type"] == "suppress" and event["reason"] == "erased_holder":
                    found.add((key, block))
                elif event["type"] == "unsuppress" and (event["purpose"], event["controller"]) == ("any", ""):
                    found.discard((key, block))
        return {block for _, block in found}

    def endpoints(self, keys: Iterable[str], channel: str) -> set[str]:
        """The endpoints of a person on a channel."""
        return {self.held[key][channel] for key in keys if self.held[key][channel]}

    def foreign(self, keys: Sequence[str]) -> Lifted:
        """Blocks of others on endpoints that these records hold."""
        mine = {endpoint for key in keys for endpoint in self.held[key].values() if endpoint}
        others = self.own(key for key in self.streams if key not in keys)
        return {block: lifted for block, lifted in others.items() if block[2] in mine}

    def blocked(self, keys: Sequence[str], cell: Cell, controllers: Iterable[str] = ()) -> bool:
        """Whether anything forbids to speak to a person; towards some more controllers, too."""
        channel, purpose, controller, endpoint = cell
        left = self.left(keys)
        for (kind, on, where), lifted in self.own(keys).items():
            wide = kind != "hard_bounce" and (kind, on, where) in left
            if on == channel and (wide or where in ("", endpoint)) and (purpose, controller) not in lifted:
                return True
        for (kind, on, where), lifted in self.foreign(keys).items():
            if on == channel and (kind != "hard_bounce" or where == endpoint) and (purpose, controller) not in lifted:
                return True
        brands = {cell[2]} | {brand for brand in controllers if self.refused(keys, channel, brand)}
        return any(held(self.joined(keys, (channel, purpose, brand, endpoint))) for brand in brands)

    def refused(self, keys: Iterable[str], channel: str, brand: str) -> bool:
        """Whether anything was ever refused towards a brand by name."""
        said = [event for key in keys for event in self.streams.get(key, {}).values() if event["channel"] == channel]
        return any(it["controller"] == brand and (it["type"] in SAYS or it["target"] in BLOCKING) for it in said)

    def permitted(self, keys: Sequence[str], cell: Cell, at: datetime) -> bool:
        """Whether an express consent permits it that has begun and not ended."""
        state = self.joined(keys, cell)
        if state is None or state["state"] != "granted" or self.blocked(keys, cell):
            return False
        return bool(state["since"] <= at) and (state["ends"] is None or bool(state["ends"] > at))

    # -- writing

    def put(self, key: str, event: Event) -> bool:
        """Append an event to a record's stream; an id that is there changes nothing."""
        stream = self.streams.setdefault(key, {})
        if event["id"] in stream:
            return False
        stream[event["id"]] = event
        return True

    def forget(self, keys: Sequence[str]) -> None:
        """Erase a person: their streams, and what was said of an endpoint that was theirs alone."""
        theirs = {at for key in keys for at in self.held.pop(key).values()}
        alone = theirs - {at for cards in self.held.values() for at in cards.values()} - {""}
        for key in keys:
            self.streams.pop(key, None)
        for stream in self.streams.values():  # also what others said of an endpoint that they have given up
            for name, event in list(stream.items()):
                if event["endpoint"] in alone:
                    del stream[name]

    def view(self, keys: Sequence[str], cell: Cell) -> State | None:
        """What a live act meets: the cell itself where something is said of it, else the refusals that reach into it."""
        if cell in self.cells(keys):
            return self.joined(keys, cell)
        state = self.joined(keys, cell)
        return state if held(state) else None

    def act(self, keys: Sequence[str], event: Event, *, couple: bool = True, via: str = "") -> bool:
        """Do a live act on a person; False where it is not legal, and then nothing has changed.

        A refusal hangs on every record. A permission hangs on the one that owns the endpoint, and on all that refuse or wait; what ends
        or renews a consent, on all that have it.
        """
        keys = sorted(keys)
        if any((event["id"], key) in self.streams.get(key, {}) for key in keys):
            return True  # the same call again
        cell = (event["channel"], event["purpose"], event["controller"], event["endpoint"])
        ran_out = [
            (key, it)
            for key, it in self.due(keys, min(event["at"], event["recorded"]) - timedelta(microseconds=1))
            if (it["channel"], it["purpose"], it["controller"]) == cell[:3]
            and (it["type"], event["type"]) != ("confirm_timeout", "confirm")
            and event["type"] not in (it["type"], *REFUSING)
        ]
        new = [(key, it["id"]) for key, it in ran_out if self.put(key, dict(it, recorded=event["recorded"]))]
        if not self.legal(keys, cell, event):
            for key, name in new:
                del self.streams[key][name]
            return False
        taken = self.takers(keys, event, cell)
        for key in taken:
            self.put(key, dict(event, id=(event["id"], key)))
        if couple and event["type"] in COUPLED:
            for key in taken:
                places = {self.held[key][event["channel"]]} | ({via} if key == keys[0] else set())
                for endpoint in places - {""}:
                    self.put(key, self.overlay(event, "suppress", COUPLED[event["type"]], endpoint, key))
        if event["type"] == "confirm" and event["actor"] == "subject":
            for key in keys:
                if ("global_opt_out", event["channel"], event["endpoint"]) in self.standing(key):
                    self.put(key, self.overlay(event, "unsuppress", "global_opt_out", event["endpoint"], key))
        return True

    def legal(self, keys: Sequence[str], cell: Cell, event: Event) -> bool:
        """Whether a person takes an act; a refusal also where it is legal at one of the endpoints, such as a request there."""
        state = self.view(keys, cell)
        if state is None and event["type"] in REFUSING:
            near = [self.joined(keys, one) for one in self.cells(keys) if one[:3] == cell[:3]]
            return any(move(one, event) is not None for one in [None, *near])
        return move(state, event) is not None

    def takers(self, keys: Sequence[str], event: Event, cell: Cell) -> list[str]:
        """The records whose streams take an act."""
        if event["type"] in REFUSING:
            return list(keys)
        owner = next((key for key in keys if cell[3] and self.held[key][cell[0]] == cell[3]), keys[0])
        begins = event["type"] in ("opt_in", "opt_in_unconfirmed", "imply", "request")
        found = []
        for key in keys:
            own = self.view([key], cell)
            waits = own is not None and own["state"] == "pending_confirmation"
            if (key == owner or held(own) or waits or (own is not None and not begins)) and move(own, event) is not None:
                found.append(key)
        return found or [owner]

    @staticmethod
    def overlay(event: Event, what: str, kind: str, endpoint: str, key: str) -> Event:
        """A suppression, or its end, that comes with another event."""
        return dict(event, id=(event["id"], key, endpoint, what), type=what, endpoint=endpoint, why=kind)

    def follow(self, key: str, recorded: datetime) -> None:
        """The refusals of a record reach the endpoints that it has gained."""
        stream = self.streams.get(key, {})
        settled = {
            (it["why"], it["channel"], it["endpoint"]) for it in stream.values() if it["type"] in ("suppress", "unsuppress")
        }
        for event in list(stream.values()):
            kind = COUPLED.get(event["type"])
            endpoint = self.held[key].get(event["channel"], "")
            if event["type"] == "decline" and not any(
                it["type"] == "suppress" and (it["id"][0], it["id"][1]) == event["id"]
                for it in stream.values()
                if len(it["id"]) > 3
            ):
                continue  # a no to one topic alone
            if kind and not event["endpoint"] and endpoint and (kind, event["channel"], endpoint) not in settled:
                self.put(key, dict(self.overlay(event, "suppress", kind, endpoint, key), recorded=recorded))

    def due(self, keys: Sequence[str], now: datetime) -> Iterator[tuple[str, Event]]:
        """What has run out by now, as events of the records concerned."""
        for cell in self.cells(keys):
            state = self.joined(keys, cell)
            if state is None:
                continue
            kind, end = "", state["ends"]
            if state["state"] in ("granted", "implied"):
                kind = "expire"
            elif state["state"] == "pending_confirmation":
                kind, end = "confirm_timeout", state["by"]
            if not kind or end is None or end > now:
                continue
            event = event_of(("due", kind, cell, end), kind, cell, at=end, recorded=now, actor="system", method="sweep")
            for key in self.takers(keys, event, cell):
                yield key, dict(event, id=(event["id"], key))
