"""Bar charts as static SVG: leather lays them out, the page's style sheet gives them their looks, a table says the same."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from canonical_contact.report.words import amount, percent, shown

__all__ = ["WIDTH", "bars", "framed"]

_SVG = "{http://www.w3.org/2000/svg}"
WIDTH, _ROW = 720, 30
_MARGIN = 36  # leather keeps a twentieth of the width free on each side
_LOOKS = ("fill", "stroke", "font-family", "font-size", "stroke-width")  # left to the style sheet, which knows light and dark


def bars(name: str, title: str, items: Sequence[tuple[str, float]], *, share: bool = False) -> str:
    """Draw horizontal bars, the first item on top, each with its value at its end.

    Args:
        name: unique in the page; makes the ids for the text alternative.
        title: what the chart shows, for those who cannot see it.
        items: label and value, each label once.
        share: values are shares from 0 to 1 and shown as per cent.

    Returns:
        an `<svg>` element; empty where there are no items.
    """
    if not items:
        return ""
    import leather  # loaded here, since importing this package must stay light

    rows = [(value, _short(shown(label), place)) for place, (label, value) in enumerate(items)]
    most = max(value for value, _ in rows)
    top = 1.0 if share else float(most) or 1.0
    chart: Any = leather.Chart()
    chart.add_bars([(float(value), label) for value, label in rows])
    chart.add_x_scale(0, top * 1.12)
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0] if share else _ticks(top)
    write = _whole_percent if share else _count
    chart.add_x_axis(ticks=ticks, tick_formatter=lambda value, *_: write(value))
    height = len(rows) * _ROW + 2 * _MARGIN + 22
    root = ET.fromstring(str(chart.to_svg(width=WIDTH, height=height)))  # noqa: S314  made by the library a line above
    return _finish(root, name, title, rows, height, share=share)


def _count(value: float) -> str:
    return amount(int(value))


def _whole_percent(value: float) -> str:
    return f"{100 * value:.0f}\u202f%"


def _short(label: str, place: int) -> str:
    # Equal labels would share one bar; a cut label gets its place so that it stays unique.
    return label if len(label) <= 34 else f"{label[:30]}… {place + 1}"


def _ticks(top: float) -> list[float]:
    step = next(digit * 10**power for power in range(16) for digit in (1, 2, 5) if top <= 5 * digit * 10**power)
    return [float(value) for value in range(0, int(top) + 1, step)]


def framed(root: ET.Element, name: str, title: str, told: str, height: int, *, above: int = 4) -> ET.Element:
    """Leave the looks of a chart to the style sheet, cut its margin (but for `above`) and give it a text alternative."""
    for part in root.iter():
        part.tag = part.tag.removeprefix(_SVG)  # inside HTML an SVG needs no namespace
        for attribute in _LOOKS:
            part.attrib.pop(attribute, None)
    group = root[0]
    group.remove(group[0])  # the background
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("viewBox", f"0 {_MARGIN - above} {WIDTH} {height - 2 * _MARGIN + above + 4}")
    root.set("class", "chart")
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-desc")
    for place, (tag, text) in enumerate((("title", title), ("desc", told))):
        entry = ET.Element(tag, id=f"{name}-{tag}")
        entry.text = text
        root.insert(place, entry)
    return root


def _finish(root: ET.Element, name: str, title: str, rows: Sequence[tuple[float, str]], height: int, *, share: bool) -> str:
    write = percent if share else _count
    framed(root, name, title, "; ".join(f"{label}: {write(value)}" for value, label in rows), height)
    series = next(part for part in root.iter("g") if "bars" in part.get("class", ""))
    for bar, (value, _) in zip(list(series), reversed(rows), strict=True):
        end = float(bar.get("x", "0")) + float(bar.get("width", "0"))
        middle = float(bar.get("y", "0")) + float(bar.get("height", "0")) / 2
        label = ET.SubElement(series, "text", x=f"{end + 6:.1f}", y=f"{middle:.1f}", dy="0.35em")
        label.set("class", "value")
        label.text = write(value)
    return ET.tostring(root, encoding="unicode")
