"""The page of an evaluation and the sheet of a round: values are text, nothing comes from elsewhere, people are not led."""

from __future__ import annotations

import builtins
import csv
import io
import re
from html import unescape
from html.parser import HTMLParser

import pytest

from canonical_contact.errors import MissingExtraError
from canonical_contact.match.evaluate import (
    Answer,
    ErrorKind,
    Label,
    Mistakes,
    PairError,
    estimate,
    evaluate,
    read_labels,
    reliability,
    sample_round,
    sweep,
)
from canonical_contact.model import Evidence
from canonical_contact.report import evaluation_page
from canonical_contact.report._curves import Curve, curves
from canonical_contact.report.evaluation_page import evaluation_html
from canonical_contact.report.judging_sheet import judging_sheet

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "a\u202egnp.exe", "</style><b>")
SCORED = [(0.95, True), (0.9, False), (0.4, True), (0.1, False)] * 5
VOID = {"meta", "link", "img", "br", "hr", "input"}


class Page(HTMLParser):
    """Counts tags and ids, and sees to it that tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str | None] = []
        self.links: list[str | None] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name in {"href", "src"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def error(kind: ErrorKind, *evidence: tuple[str, str, float], found_by: str | None = "email") -> PairError:
    values = dict(zip(("given", "<b>odd</b>", "email", "phone", "note"), HOSTILE, strict=True))
    told = tuple(Evidence(*entry) for entry in evidence)
    return PairError(kind, HOSTILE[0], "crm:2", values, {"given": "Ana"}, 0.7, "weights", told, found_by)


MISTAKES = Mistakes(
    (
        error(ErrorKind.FALSE_MERGE, ("given", "exact", 4.2), ("given.frequency", "common", 1.0)),
        error(ErrorKind.MISSED_PAIR, ("email", "different", -3.0), found_by=""),
        error(ErrorKind.MISSED_PAIR, ("<b>odd</b>", "different", -2.0), found_by=None),
    ),
    7,
    1234,
)


@pytest.fixture(scope="module")
def page() -> str:
    drawn = sample_round([(f"a{at}", f"b{at}", at / 100) for at in range(100)], 30, 1, match_at=0.9)
    labels = [Label(pair.left, pair.right, Answer.MATCH) for pair in drawn.pairs]
    return evaluation_html(
        evaluation=evaluate({"a": 1, "b": 1, "c": 2}, {"a": 1, "b": 2, "c": 3, "d": 3}),
        estimate=estimate(drawn, labels, blocking_recall=0.9),
        sweep=sweep(SCORED, cost_wrong=5),
        reliability=reliability(SCORED),
        mistakes=MISTAKES,
        title="Worlds & people",
    )


def test_values_are_text_and_ids_are_unique(page: str) -> None:
    parsed = Page(page)
    assert {"script", "img", "iframe", "form", "b"}.isdisjoint(parsed.tags)
    assert len(parsed.ids) == len(set(parsed.ids))
    text = unescape(re.sub(r"<[^<>]*>", "", page))
    for hostile in (*HOSTILE[:3], HOSTILE[4], "Worlds & people", "crm:2"):
        assert hostile in text
    assert "a[U+202E]gnp.exe" in text


def test_nothing_comes_from_elsewhere(page: str) -> None:
    assert all(link == "data:," or str(link).startswith("#") for link in Page(page).links)
    assert "default-src 'none'" in page
    assert "noindex" in page


def test_every_link_of_the_page_leads_somewhere(page: str) -> None:
    parsed = Page(page)
    assert {str(link)[1:] for link in parsed.links if str(link).startswith("#")} <= set(parsed.ids)


def test_style_rules_bear_no_value(page: str) -> None:
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert "odd" not in style
    assert style.count("{") == style.count("}")


def test_each_kind_and_each_field_that_misled_can_be_chosen(page: str) -> None:
    labels = re.findall(r'<label><input type="radio" name="(\w+)" id="[\w-]+"(?: checked)?>(.*?)</label>', page)
    assert [name for name, _ in labels] == ["kind"] * 3 + ["field"] * 5
    shown = [unescape(re.sub(r"</?bdi>", "", text)) for _, text in labels]
    assert shown == [
        "all",
        "Wrongly merged (1)",
        "Missed (2)",
        "anything",
        "<b>odd</b> (1)",
        "email (1)",
        "given (1)",
        "never compared (1)",
    ]
    assert "1,234 missed in all" in page
    assert "Which key found it is not known" in page
    assert "no blocking key found this pair" in page


def test_a_choice_that_nothing_fits_says_so(page: str) -> None:
    rules = re.findall(r"body:has\(#k-(\w+):checked\):has\(#f(\d):checked\) \.nothing", page)
    assert sorted(rules) == [("false_merge", "0"), ("false_merge", "1"), ("false_merge", "3"), ("missed_pair", "2")]


def test_a_field_has_one_row_with_all_parts_of_its_weight(page: str) -> None:
    article = page.partition('<article class="mistake false_merge')[2].partition("</article>")[0]
    rows = re.findall(r'<th scope="row">(.*?)</th>', article)
    assert rows.count("given") == 1
    assert not [row for row in rows if "frequency" in row]
    assert "common +1.0" in article
    assert '<td class="n">+5.2</td>' in article
    assert article.count('class="loud"') == 1


def test_only_what_is_given_is_shown() -> None:
    alone = evaluation_html(sweep=sweep(SCORED))
    parsed = Page(alone)
    assert [name for name in parsed.ids if name in {"measures", "estimate", "sweep", "reliability", "mistakes"}] == ["sweep"]
    assert "values of people" not in alone
    assert "No pair was judged" in evaluation_html(reliability=reliability([]))
    assert "None is shown" in evaluation_html(mistakes=Mistakes((), 0, 0))


def test_what_misled_is_not_known_where_no_evidence_is() -> None:
    judged = Mistakes((error(ErrorKind.FALSE_MERGE, found_by=None), error(ErrorKind.MISSED_PAIR, found_by=None)), 1, 1)
    section = evaluation_html(mistakes=judged).partition('<section id="misled">')[2].partition("</section>")[0]
    assert "Not known" in section
    assert "Nothing did" not in section
    assert "Not known" not in evaluation_html(mistakes=MISTAKES)
    assert "Nothing did" in evaluation_html(mistakes=Mistakes((), 0, 0))


def test_nothing_is_said_of_weights_and_fields_that_nobody_knows() -> None:
    judged = evaluation_html(mistakes=Mistakes((error(ErrorKind.FALSE_MERGE, found_by=None),), 1, 0))
    assert "Weights are powers of two" not in judged
    assert "Misled by" not in judged
    assert "<legend>Kind</legend>" in judged
    weighed = evaluation_html(mistakes=MISTAKES)
    assert "Weights are powers of two" in weighed
    assert "Misled by" in weighed


def test_where_no_mistake_is_shown_nothing_is_said_to_have_misled() -> None:
    section = evaluation_html(mistakes=Mistakes((), 0, 0)).partition('<section id="misled">')[2].partition("</section>")[0]
    assert "Nothing did: there is no mistake to show." in section
    assert "Evidence that spoke" not in section


def test_the_page_is_the_same_each_time(page: str) -> None:
    assert evaluation_html(mistakes=MISTAKES) == evaluation_html(mistakes=MISTAKES)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise MissingExtraError("The HTML report", "report")

    monkeypatch.setattr(evaluation_page, "require", refuse)
    with pytest.raises(MissingExtraError):
        evaluation_html()


def test_curves_bear_their_places_as_classes_and_a_text_alternative() -> None:
    chart = curves(
        "x",
        "T<",
        "told",
        [Curve("none", []), Curve("a", [(0, 0), None, (1, 1)]), Curve("b", [(0.5, 0.5)], dots=True)],
        across="A",
        up="B",
    )
    assert 'class="series lines s1"' in chart
    assert 'class="series dots s2"' in chart
    assert 'class="key s1"' in chart
    assert "T&lt;" in chart
    assert curves("x", "", "", [Curve("none", [])], across="", up="") == ""


def test_a_sheet_shows_no_score_and_is_read_back() -> None:
    drawn = sample_round([(f"a{at}", f"=b{at}", 0.123456 + at / 1000) for at in range(30)], 12, 1, match_at=0.14)
    text = judging_sheet(drawn, lambda key: {"name": f"=cmd {key}", **({"only": "x"} if key == "a3" else {})})
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:4] == ["pair", "left", "right", "verdict"]
    assert "left_name" in rows[0]
    assert not any(cell.startswith("=") for row in rows for cell in row)
    assert all(len(row) == len(rows[0]) for row in rows)
    assert "0.1" not in text
    filled = text.replace(rows[1][2] + ",,", rows[1][2] + ",match,")
    read = read_labels(filled.splitlines(keepends=True))
    assert read.problems == ()
    assert read.unjudged == 11
    told = estimate(drawn, read.labels)
    assert (told.judged, told.elsewhere) == (1, 0)


def test_the_sheet_needs_no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def guarded(name: str, *args: object, **more: object) -> object:
        assert name.partition(".")[0] not in {"jinja2", "leather", "numpy"}
        return real(name, *args, **more)  # type: ignore[arg-type]

    drawn = sample_round([("a", "b", 0.5)], 1, 1, match_at=0.9)
    monkeypatch.setattr(builtins, "__import__", guarded)
    assert judging_sheet(drawn, lambda key: {"name": key}).count("\n") == 2
