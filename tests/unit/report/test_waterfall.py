from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import pytest

from canonical_contact.errors import MissingExtraError
from canonical_contact.match.explain import Explanation, explain
from canonical_contact.match.features import Features
from canonical_contact.report import waterfall as module
from canonical_contact.report.waterfall import waterfall
from match_vocabulary import plain_matcher

_SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def explanation() -> Explanation:
    zdenka = Features("<crm>:1", "crm", given=("zdenka",), surname=("qvist",), emails=("zdenka@qvist.se",))
    return explain(zdenka, zdenka._replace(key="mail:2", system="mail", given=("lars",)), plain_matcher(), values=True)


def test_each_step_is_a_bar_that_begins_where_the_last_one_ended(explanation: Explanation) -> None:
    root = ET.fromstring(waterfall(explanation))
    bars = [(float(bar.get("x", "")), float(bar.get("width", "")), bar.get("class")) for bar in root.iter(f"{_SVG}rect")]
    steps = explanation.steps()
    assert len(bars) == len(steps) + 1
    assert bars[-1][2] == "sum"
    ends = [x if step.bits < 0 else x + width for (x, width, _), step in zip(bars, steps, strict=False)]
    begins = [x + width if step.bits < 0 else x for (x, width, _), step in zip(bars, steps, strict=False)]
    for end, begin in zip(ends, begins[1:], strict=False):
        assert math.isclose(end, begin, abs_tol=1.2)  # a bar that says nothing is one unit wide
    assert {kind for _, _, kind in bars} == {"for", "against", "sum"}


def test_it_says_in_words_what_it_shows_and_shows_no_values(explanation: Explanation) -> None:
    text = waterfall(explanation, name="pair")
    root = ET.fromstring(text)
    assert root.get("aria-labelledby") == "pair-title pair-desc"
    title, told = root.findtext(f"{_SVG}title"), root.findtext(f"{_SVG}desc")
    assert title is not None
    assert title.startswith("<crm>:1 and mail:2: ")
    assert told is not None
    assert "given different -" in told
    assert "zdenka" not in text


def test_the_thresholds_are_marked(explanation: Explanation) -> None:
    root = ET.fromstring(waterfall(explanation))
    assert [mark.text for mark in root.iter(f"{_SVG}text") if mark.get("class") == "soft"] == ["review", "match"]


def test_without_the_extra_it_says_what_to_install(explanation: Explanation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"canonical-contact\[report\]"):
        waterfall(explanation)


def test_without_a_style_of_its_own_it_is_the_same_picture(explanation: Explanation) -> None:
    plain, styled = (ET.fromstring(waterfall(explanation, styled=one)) for one in (False, True))
    own = styled.find(f"{_SVG}style")
    assert own is not None
    assert ".waterfall .for" in str(own.text)
    styled.remove(own)
    assert [(part.tag, part.attrib) for part in plain.iter()] == [(part.tag, part.attrib) for part in styled.iter()]
