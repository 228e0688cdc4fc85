"""The page on consent shows the tables as they are."""

from __future__ import annotations

from pathlib import Path

from canonical_contact.consent import REASONS, TRANSITIONS
from canonical_contact.consent.regimes import REGIMES
from canonical_contact.model import ConsentState

PAGE = (Path(__file__).parents[3] / "docs" / "consent.md").read_text(encoding="utf-8")


def test_the_page_shows_every_transition() -> None:
    for event, row in TRANSITIONS.items():
        cells = [str(row[state]) if state in row else "·" for state in (None, *ConsentState)]
        assert f"| `{event}` | {' | '.join(cells)} |" in PAGE


def test_the_page_explains_every_reason_and_names_every_regime() -> None:
    for code, sentence in REASONS.items():
        assert f"| `{code}` | {sentence} |" in PAGE
    for name in REGIMES.by_id:
        assert f"`{name}`" in PAGE
