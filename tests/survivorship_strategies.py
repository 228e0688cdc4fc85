"""Hypothesis strategies for survivorship: any policy that there can be, and records that disagree with each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from canonical_contact.merge import HOST, STRATEGIES, Candidate, Group, Rule, Survivorship
from canonical_contact.merge.policy import KINDS
from canonical_contact.model import (
    Card,
    Channel,
    Claim,
    ConsentEvent,
    ContactKind,
    EmailAddress,
    EmailStatus,
    EventType,
    Lifecycle,
    LifecycleStage,
    Name,
    Organization,
    Owner,
    OwnerRole,
    PhoneNumber,
    PostalAddress,
    Revenue,
    SourceRecord,
    StageChange,
    Verification,
    VerificationStatus,
)

START = datetime(2026, 6, 1, tzinfo=UTC)
SYSTEMS = ("crm", "erp", "web")
FIELDS = (*(path for path in KINDS if path != "consent"), "owners.enrichment", "extensions.crm.Points")
LAST = ("gender", "time_zone")  # they may follow others, and nobody follows them


def first_of(candidates: Sequence[Candidate[Any]]) -> Candidate[Any]:
    """A function of the host."""
    return candidates[0]


def _kind(path: str) -> str:
    return "extension" if path.startswith("extensions") else KINDS[path.partition(".")[0] if path.startswith("owners.") else path]


_options: dict[str, st.SearchStrategy[Any]] = {
    "sources": st.lists(st.sampled_from(SYSTEMS), min_size=1, unique=True),
    "trust": st.dictionaries(st.sampled_from(SYSTEMS), st.sampled_from([0.1, 0.5, 0.9]), min_size=1),
    "half_life": st.sampled_from(["1d", "36h", "365d"]),
    "other": st.sampled_from([0.0, 0.5]),
    "floor": st.sampled_from([0.0, 0.3]),
    "penalty": st.sampled_from([0.0, 0.2]),
    "ttl": st.sampled_from(["1d", "30d"]),
    "separator": st.sampled_from(["; ", ' "\u007f\\ ']),
    "cap": st.integers(1, 3),
    "field": st.sampled_from(["name", "birthday", "created_at", "owner"]),
    "function": st.just(first_of),
    "join": st.sampled_from(["blocking_first", "most_restrictive"]),
}


@st.composite
def rules(draw: st.DrawFn, path: str, *, deep: bool = True) -> Rule:
    """Any rule that a field can have."""
    kind = "consent" if path == "consent" else _kind(path)
    able = [name for name, one in STRATEGIES.items() if kind in one.fits and (deep or not {"rules", "order"} & set(one.options))]
    able = [name for name in able if name != "follow" or path in LAST or kind in ("list", "reach")]
    name = draw(st.sampled_from(able))
    told: dict[str, Any] = {}
    for option in STRATEGIES[name].options:
        if option not in STRATEGIES[name].needs and not draw(st.booleans()):
            continue
        if option == "rules":
            told[option] = draw(st.lists(rules(path, deep=False), min_size=1, max_size=3))
        elif option == "order":
            told[option] = draw(rules(path, deep=False))
        elif not (option == "cap" and kind == "reach"):
            told[option] = draw(_options[option])
    if name not in ("coalesce", "consent_join") and draw(st.integers(0, 4)) == 0:
        told["only"] = draw(_options["sources"])
    return Rule(name, told)


@st.composite
def policies(draw: st.DrawFn) -> Survivorship:
    """Any policy."""
    fields = draw(st.lists(st.sampled_from([*FIELDS, "consent"]), unique=True, max_size=14))
    groups = {}
    free = [path for path in ("titles", "organizations", "time_zone", "source_channel", "score") if path not in fields]
    if len(free) > 1 and draw(st.booleans()):
        groups["some"] = Group(tuple(free[:3]), Rule(draw(st.sampled_from(["most_recent", "most_complete", "oldest"]))))
    return Survivorship(
        "any/1",
        {path: draw(rules(path)) for path in fields},
        sources=tuple(draw(st.lists(st.sampled_from(SYSTEMS), unique=True))),
        skew=draw(st.sampled_from(["0s", "1d", "90m"])),
        groups=groups,
    )


_days = st.none() | st.integers(0, 6)


def _at(day: int | None) -> datetime | None:
    return None if day is None else START + timedelta(days=day)


_emails = st.builds(
    lambda address, status, check, day: EmailAddress(
        address, key=address, status=status, verification=Verification(check, "", _at(day))
    ),
    st.sampled_from(["a@x.es", "b@x.es", "c@x.es"]),
    st.sampled_from([EmailStatus.UNKNOWN, EmailStatus.UNKNOWN, EmailStatus.OK, EmailStatus.BOUNCED]),
    st.sampled_from(list(VerificationStatus)),
    _days,
)
_lifecycles = st.builds(
    lambda stage, day: Lifecycle(stage, (StageChange(stage, _at(day)),) if day is not None else ()),
    st.sampled_from([LifecycleStage.LEAD, LifecycleStage.CUSTOMER, LifecycleStage.CHURNED]),
    _days,
)
_texts = st.sampled_from(["", "", "x", "X", "yy"])


def _some(values: st.SearchStrategy[Any], **more: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, max_size=2, **more).map(tuple)


cards = st.builds(
    Card,
    name=st.none()
    | st.builds(
        Name, given=st.sampled_from(["Ana", "A.", "Anna"]), surname=st.sampled_from(["Gil", "Gill", ""]),
        title=st.sampled_from(["", "Dr.", "Dra."]), generation=st.sampled_from(["", "Jr."]),
    ),
    emails=_some(_emails, unique_by=lambda it: it.address),
    phones=_some(st.sampled_from([PhoneNumber("+34600111222"), PhoneNumber("+34600111333", country_code="ES")]), unique=True),
    addresses=_some(
        st.sampled_from(
            [
                PostalAddress(locality="Madrid", country_code="ES"),
                PostalAddress(street="Calle Real 5", locality="Madrid", country_code="ES"),
                PostalAddress(street="Main St 1", locality="Salem", country_code="US"),
            ]
        ),
        unique=True,
    ),
    organizations=_some(st.sampled_from([Organization("Acme", key="acme"), Organization("Beta", key="beta")]), unique=True),
    titles=_some(_texts.filter(bool)),
    tags=_some(_texts.filter(bool)),
    birthday=st.sampled_from(["", "--05-01", "1980-05-01", "1980-05-02"]),
    gender=_texts,
    time_zone=st.sampled_from(["", "Europe/Madrid", "Europe/Paris"]),
    source_channel=_texts,
    lifecycle=st.none() | _lifecycles,
    created_at=_days.map(_at),
    extensions=st.dictionaries(st.sampled_from(["crm.Points", "crm.Tier", "x.birthday_verified"]), st.sampled_from(["1", "2.5", "x"])),
    kind=st.sampled_from([ContactKind.INDIVIDUAL, ContactKind.INDIVIDUAL, ContactKind.ORG]),
    preferred_channels=st.sampled_from([(), (Channel.EMAIL,), (Channel.POST, Channel.EMAIL)]),
    owners=_some(
        st.builds(Owner, st.sampled_from([OwnerRole.RECORD, OwnerRole.ENRICHMENT]), st.sampled_from(["kim", "lee"])),
        unique_by=lambda it: it.role,
    ),
    score=st.sampled_from([None, 1.0, 2.0]),
    revenue=st.sampled_from([None, Revenue(10.0, "EUR", 1), Revenue(20.0, "EUR", None, None, START), Revenue(5.0, "USD")]),
)  # fmt: skip
_CLEARABLE = ("gender", "birthday", "name.title", "owner", "score", "extensions.crm.Tier")


@st.composite
def worlds(draw: st.DrawFn, *, most: int = 4) -> list[SourceRecord]:
    """Some records of one person, of several systems; some have taken values back, some are pins."""
    found = []
    for number, card in enumerate(draw(st.lists(cards, min_size=1, max_size=most))):
        system = draw(st.sampled_from(SYSTEMS))
        claims = [Claim(f"$.{path}", "") for path in draw(st.lists(st.sampled_from(_CLEARABLE), max_size=2, unique=True))]
        claims += [Claim("$.gender", card.gender, observed_at=_at(draw(_days)))] if card.gender else []
        claims += [Claim(f"$.emails[{place}]", it.address) for place, it in enumerate(card.emails)]
        key = f"{system}:{number}"
        found.append(
            SourceRecord(key, system, str(number), str(number), "f.csv", 2, card, tuple(claims), observed_at=_at(draw(_days)))
        )
    for number, (field, value) in enumerate(draw(st.lists(st.sampled_from(PINS), max_size=2))):
        key = f"{HOST}:{field}@{number}"
        said: dict[str, Any] = {field: value} if field != "emails" and value else {}
        card = Card(**said)
        raw = {"pin": field, "value": value}
        pin = Claim(f"$.{field}", value, method="host")
        found.append(
            SourceRecord(
                key, HOST, key.partition(":")[2], "pin", "", 0, card, (pin,), raw, observed_at=_at(draw(st.integers(0, 3)))
            )
        )
    return found


PINS = (("gender", "pinned"), ("gender", ""), ("birthday", "1999-09-09"), ("emails", "b@x.es"))

events = st.lists(
    st.builds(
        lambda number, kind, record, endpoint, day: ConsentEvent(
            str(number), kind, Channel.EMAIL, record=record, endpoint=endpoint, effective_at=_at(day), legal_basis="consent"
        ),
        st.integers(0, 10**6),
        st.sampled_from([EventType.OPT_IN, EventType.WITHDRAW, EventType.EXPIRE, EventType.REQUEST]),
        st.sampled_from(["crm:0", "erp:1", "web:0", "crm:1"]),
        st.sampled_from(["a@x.es", "b@x.es", ""]),
        _days,
    ),
    max_size=4,
    unique_by=lambda event: event.event_id,
)
