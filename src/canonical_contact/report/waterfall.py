"""A verdict as a picture: what each field adds to, or takes from, the odds of one person, as static SVG."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.util import find_spec
from typing import NamedTuple

from canonical_contact.errors import MissingExtraError
from canonical_contact.match.explain import Explanation, Step
from canonical_contact.report import words
from canonical_contact.report._page import shipped, template_of

__all__ = ["waterfall"]

_WIDTH, _ROW, _BAR, _TOP = 720, 26, 16, 44
_LEFT, _RIGHT = 210, 660  # between them lie the bars; labels on the left, values at the right of the bars
_LEAST = 1.0  # a bar that says nothing is still seen


class _Bar(NamedTuple):
    """One bar with its label and value; `joint` is where the dashed line to the next bar ends, 0 after the last."""

    label: str
    kind: str
    value: str
    label_x: int
    value_x: float
    x: float
    y: float
    width: float
    height: int
    middle: float
    end: float
    joint: float


class _Mark(NamedTuple):
    """A threshold of the policy."""

    label: str
    x: float
    y: int


def waterfall(explanation: Explanation, *, name: str = "waterfall", styled: bool = True) -> str:
    """Draw an explanation: the prior, what each field weighs, the total, and the thresholds of the policy.

    Args:
        explanation: what `match.explain.explain` returned.
        name: unique in the page that it stands in; makes the ids for the text alternative.
        styled: whether it brings its own style; a page that allows no style within it serves `waterfall.css` beside itself.

    Returns:
        an `<svg>` element that stands alone as a file or inside a page, light and dark; the values that were compared are not in it.

    Raises:
        MissingExtraError: the extra [report] is not installed.
    """
    if find_spec("jinja2") is None:
        raise MissingExtraError("The waterfall", "report")
    from markupsafe import Markup

    steps = (*explanation.steps(), Step("total", explanation.total, 0.0))
    marks = [
        (label, math.log2(at / (1 - at)))
        for label, at in (("review", explanation.review_at), ("match", explanation.match_at))
        if at < 1
    ]
    edges = [0.0, *(edge for step in steps for edge in (step.start, step.start + step.bits)), *(bits for _, bits in marks)]
    low, high = min(edges), max(edges)
    scale = (_RIGHT - _LEFT) / ((high - low) or 1.0)

    def across(bits: float) -> float:
        return round(_LEFT + (bits - low) * scale, 1)

    bars = [_bar(step, place, len(steps), across) for place, step in enumerate(steps)]
    judgement = explanation.judgement.value.replace("_", " ")
    return template_of("waterfall.svg.j2").render(
        name=name,
        title=words.shown(f"{explanation.left} and {explanation.right}: {judgement}, probability {explanation.probability:.4f}"),
        told="; ".join(f"{step.label} {step.bits:+.2f}" for step in steps) + " (bits)",
        style=Markup(shipped("waterfall.css")) if styled else "",  # noqa: S704  our own file
        width=_WIDTH,
        height=_TOP + len(steps) * _ROW + 8,
        top=_TOP - 6,
        bottom=_TOP + len(steps) * _ROW,
        axis=across(0.0),
        marks=[_Mark(label, across(bits), 14 + 16 * place) for place, (label, bits) in enumerate(marks)],
        bars=bars,
    )


def _bar(step: Step, place: int, rows: int, across: Callable[[float], float]) -> _Bar:
    first, last = sorted((across(step.start), across(step.start + step.bits)))
    y = _TOP + place * _ROW + (_ROW - _BAR) / 2
    is_sum = place == rows - 1
    return _Bar(
        label=words.shown(step.label),
        kind="sum" if is_sum else "for" if step.bits >= 0 else "against",
        value=f"{round(step.bits, 2) or 0.0:+.2f}",
        label_x=_LEFT - 8,
        value_x=last + 6,
        x=first,
        y=y,
        width=max(round(last - first, 1), _LEAST),
        height=_BAR,
        middle=y + _BAR / 2,
        end=across(step.start + step.bits),
        joint=0 if is_sum else y + _ROW,
    )
