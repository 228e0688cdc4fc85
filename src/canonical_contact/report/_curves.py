"""Line charts as static SVG, made and dressed as the bar charts are."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from canonical_contact.report._charts import WIDTH, framed

__all__ = ["Curve", "curves"]

_HEIGHT = 440
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@frozen
class Curve:
    """One series of a chart.

    Args:
        name: what the legend says.
        points: x and y; None breaks the line.
        dots: draw dots instead of a line.
    """

    name: str
    points: Sequence[tuple[float, float] | None]
    dots: bool = False


def curves(name: str, title: str, told: str, series: Sequence[Curve], *, across: str, up: str) -> str:
    """Draw series whose values lie between 0 and 1 on both axes.

    Args:
        name: unique in the page; makes the ids for the text alternative.
        title: what the chart shows, for those who cannot see it.
        told: its gist in words, for them, too.
        series: in the order of the legend; the style sheet dresses them by their place. Those without points are left out.
        across: what the horizontal axis means.
        up: what the vertical one means.

    Returns:
        an `<svg>` element; empty where there are no points.
    """
    drawn = [curve for curve in series if any(curve.points)]
    if not drawn:
        return ""
    import leather  # loaded here, since importing this package must stay light

    chart: Any = leather.Chart()
    for curve in drawn:
        add = chart.add_dots if curve.dots else chart.add_line
        add([point or (None, None) for point in curve.points], name=curve.name)
    for scale, axis, label in ((chart.add_x_scale, chart.add_x_axis, across), (chart.add_y_scale, chart.add_y_axis, up)):
        scale(0, 1)
        axis(ticks=list(_TICKS), tick_formatter=lambda value, *_: f"{value:.1f}", name=label)
    root = ET.fromstring(str(chart.to_svg(width=WIDTH, height=_HEIGHT)))  # noqa: S314  made by the library a line above
    framed(root, name, title, told, _HEIGHT, above=16)  # the legend stands in the margin
    groups = [part for part in root.iter("g") if part.get("class", "").startswith("series")]
    keys = list(root.iter("rect"))  # with more than one series the library draws a legend, one square each
    for parts in (groups, keys):
        for place, part in enumerate(parts):
            part.set("class", f"{part.get('class', 'key')} s{[curve.name for curve in series].index(drawn[place].name)}")
    return ET.tostring(root, encoding="unicode")
