"""The summary of a pre-screening, to print and as a PDF."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from actions.interview.state import State
from actions.interview.summary import Summary, group_of, summary_of
from actions.prescreen import judge
from actions.trial import trial
from web.paper import pdf

ANSWERS: dict[str, Any] = {
    "age_years": 72,
    "sex": "female",
    "rcc_confirmed": True,
    "clear_cell": False,
    "metastasectomy_date": "2026-10-03",
    "hemoglobin": {"value": "13.5", "unit": "g/dL"},
    "labs_date": "2026-11-01",
}
STATE = State(on="2026-11-21", answers=ANSWERS, trail=[*ANSWERS, "ecog"])


@pytest.fixture(scope="module", params=trial().languages)
def summary(request: pytest.FixtureRequest) -> Summary:
    """The summary of an unfinished pre-screening."""
    return summary_of(STATE, request.param)


def words_of(summary: Summary) -> str:
    """The text of the PDF, with lines joined."""
    pages = PdfReader(BytesIO(pdf(summary))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_every_rule_is_told_once_under_its_status(summary: Summary) -> None:
    """Each of the trial's rules stands in the summary once, under the heading of what the engine found."""
    told = [rule.id for group in summary.groups for rule in group.rules]
    assert sorted(told) == sorted(trial().criteria)
    heading = {rule.id: group.heading for group in summary.groups for rule in group.rules}
    for finding in judge(STATE.judged(), STATE.day).criteria:
        assert heading[finding.id] == summary.headings[group_of(finding)]


def test_the_answers_are_told_as_they_were_understood(summary: Summary) -> None:
    """Each answer stands beside its name, and what was left out is told as left out."""
    assert len(summary.answers) == len(STATE.trail)
    said = [answer for _, answer in summary.answers]
    assert said[0] == "72"
    assert "2026" in said[4]
    assert said[5].startswith(("13.5", "13,5"))
    assert summary.answers[-1][0] in summary.ask[-1]


def test_it_says_that_it_is_no_decision(summary: Summary) -> None:
    """The PDF carries the notice, the outcome, every rule and every answer, and its head names the trial."""
    words = words_of(summary)
    for text in (summary.notice, summary.outcome, summary.not_kept, *summary.ask):
        assert " ".join(text.split()) in words
    for group in summary.groups:
        for rule in group.rules:
            assert f"({rule.id})" in words
    for name, answer in summary.answers:
        assert f"{name} {answer}" in words


def test_the_pdf_has_a_title_and_a_language(summary: Summary) -> None:
    """A screen reader finds the title and the language of the PDF."""
    read = PdfReader(BytesIO(pdf(summary)))
    assert read.metadata
    assert read.metadata.title == summary.title
    assert read.trailer["/Root"]["/Lang"] == summary.language


def test_every_unit_is_printed() -> None:
    """The small figures of units, which the usual letters lack, come from others: no empty boxes."""
    units = trial().texts[trial().language].prescreen["units"].values()
    printed = words_of(Summary(**{**vars(summary_of(STATE, trial().language)), "ask": tuple(units)}))
    assert [unit for unit in units if unit not in printed] == []
    assert "\x00" not in printed


def test_what_is_typed_is_no_markup() -> None:
    """A sign that means something in markup is printed as it is."""
    summary = summary_of(STATE, trial().language)
    odd = Summary(**{**vars(summary), "ask": ("a < b & <b>c</b>",)})
    assert "a < b & <b>c</b>" in words_of(odd)


def test_nothing_answered_is_a_summary_too() -> None:
    """Without any answer there is a summary all the same."""
    assert words_of(summary_of(State(on="2026-11-21"), trial().language))
