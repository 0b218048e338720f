"""A record as PDF."""

from __future__ import annotations

import re
import uuid
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

# Before anything else of Django.
from tests.django_setup import ClientOf

from django.urls import reverse  # isort: skip

from accounts.models import Role
from actions.trial import trial
from records.audit import Action
from records.models import AuditEntry, Line, Outcome, Record, Status
from review.handover.paper import pdf
from review.reading import read_record, title_of, wording
from tests.console.samples import a_record
from web.letters import printed

pytestmark = pytest.mark.usefixtures("database")


def read(record: Record) -> PdfReader:
    """The PDF of a record, as a reader's program has it."""
    return PdfReader(BytesIO(pdf(record, "en")))


def words(record: Record) -> str:
    """The text of the PDF, with lines joined and without what stands at the foot of each page."""
    text = " ".join(" ".join(page.extract_text() for page in read(record).pages).split())
    return re.sub(r" ?RS-\w{4}-\w\w · [^·]*? Page \d+ of \d+", "", text)


def get(client_of: ClientOf, record: Record | uuid.UUID, role: str = Role.LEAD) -> Any:
    """The PDF, as a user of this role gets it."""
    return client_of(role).get(reverse("handover:pdf", args=[getattr(record, "pk", record)]))


def test_a_lead_gets_a_pdf(client_of: ClientOf) -> None:
    """The file is a PDF, to be saved under the reference."""
    record = a_record()
    response = get(client_of, record)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{record.reference}.pdf"'
    assert response.content.startswith(b"%PDF-")


@pytest.mark.parametrize("outcome", Outcome.values)
def test_every_rule_is_told_with_all_that_belongs_to_it(outcome: str) -> None:
    """Each rule has its title, plain text, status and source, and every answer behind it."""
    record = a_record(outcome)
    text = words(record)
    said = wording("en")
    for finding in record.verdict["criteria"]:
        id = finding["id"]
        source = trial().criteria[id]["source"]["entry"]
        status = said.text("statuses", finding["status"])
        beginning = f"{title_of(id, 'en')} ({id}) {status}"
        assert beginning in text
        of_rule = text[text.index(beginning) :]
        assert " ".join(said.reason(id).split()) in of_rule
        assert f", {source}" in of_rule
    for rule in read_record(record, record.lines.all(), "en").rules:  # type: ignore[attr-defined]
        for answer in rule.answers:
            assert f"{answer.name}: {answer.said or 'not asked'}" in text


def test_the_verdict_is_the_stored_one() -> None:
    """What the rules found when the person shared stands there, whatever today's rules would find."""
    record = a_record(Outcome.NOT_A_MATCH)
    record.verdict["criteria"][0]["status"] = "not_satisfied"  # I01
    assert f"{title_of('I01', 'en')} (I01) {wording('en').text('statuses', 'not_satisfied')}" in words(record)


def test_outcome_and_recheck_day_are_told() -> None:
    """The outcome, its sentence and the day to look again stand on the first page, and that it is no decision."""
    record = a_record(Outcome.NOT_YET)
    first = " ".join(read(record).pages[0].extract_text().split())
    assert "Not yet" in first
    assert "Day to look again: 4 December 2026" in first
    assert "This is not a decision" in first
    assert "would fit from 4 December 2026 on" in words(record)


def test_what_is_to_check_is_told() -> None:
    """Every rule that the team has to look at is named at the beginning."""
    record = a_record(Outcome.UNCLEAR)
    first = " ".join(read(record).pages[0].extract_text().split())
    listed = first[first.index("For the study team to check") : first.index("How to reach the person")]
    assert record.verdict["to_check"]
    for id in record.verdict["to_check"]:
        assert f"{title_of(id, 'en')} ({id})" in listed
    assert "can be treated or measured again" in listed


def test_a_contact_is_told_if_it_was_left() -> None:
    """Name, telephone and e-mail stand there, or that none was left."""
    left = words(a_record(name="Anna Šimić", phone="+39 06 1234567", email="anna@example.com"))
    for part in ("Anna Šimić", "+39 06 1234567", "anna@example.com"):
        assert part in left
    assert "No name, telephone or e-mail was left." in words(a_record())


def test_the_whole_conversation_is_told() -> None:
    """Each line stands there, in order, with what it settled."""
    record = a_record(said={"age_years": "I turned 64 in May"}, skipped={"margins_clear": "dont_know"})
    text = words(record)
    place = text.index("The conversation")
    for line in record.lines.all():  # type: ignore[attr-defined]
        place = text.index(" ".join(line.text.split()), place)
    assert "I turned 64 in May Settled: Age (I01)" in text
    assert "Left out: Clear edges" in text
    assert "left out: “I don’t know”" in text


def test_what_was_said_is_no_markup() -> None:
    """Script and markup in a message are printed as they were typed, and change nothing else."""
    typed = 'a < b & <b>c</b> <script>alert(1)</script> <img src="http://x/"/> <font size="99">'
    record = a_record(said={"age_years": typed}, name="<i>Anna</i>")
    text = words(record)
    assert typed in text
    assert "<i>Anna</i>" in text


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("10⁹/L", "10⁹/L"),
        ("Żółć, Ąę, Здравствуйте, αβγ → ✓", "Żółć, Ąę, Здравствуйте, αβγ → ✓"),
        ("日本", "[U+65E5][U+672C]"),
        ("🙂", "[U+1F642]"),
        ("x\u202eabc", "x[U+202E]abc"),
        ("x\x00\x07y", "x[U+0000][U+0007]y"),
    ],
)
def test_every_sign_is_seen(typed: str, seen: str) -> None:
    """Letters of many languages are printed; what no font has, and what cannot be seen, is told by its number."""
    record = a_record()
    Line.objects.filter(record=record, place=0).delete()
    Line.objects.create(record=record, place=0, speaker="person", text=typed, said_at=record.begun_at)
    assert seen in words(record)


def test_a_message_may_be_very_long() -> None:
    """Messages longer than a page, and words longer than a line, run on; none is cut."""
    long = "word " * 3000 + "x" * 2000 + " END"
    text = words(a_record(said={"age_years": long})).replace(" ", "")
    assert text.count("word") >= 3000
    assert "xEND" in text


def test_lines_of_a_message_are_kept() -> None:
    """A new line is a new line."""
    assert printed("one\ntwo") == "one<br/>two"


def test_a_screen_reader_finds_title_language_and_headings() -> None:
    """The PDF has a title that is shown, a language, and its headings as an outline, and names nobody there."""
    record = a_record(name="Canary Smith")
    found = read(record)
    assert found.metadata
    assert found.metadata.title == f"Pre-screening {record.reference}"
    assert found.trailer["/Root"]["/Lang"] == "en"
    assert found.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]
    headings = [str(entry.title) for entry in found.outline]  # type: ignore[union-attr]
    assert {"The answers", "Rules that fit", "The conversation"} <= set(headings)
    assert "Canary" not in "".join(map(str, found.metadata.values()))


def test_pages_are_numbered() -> None:
    """Each page says which it is, of how many, and of which record."""
    record = a_record()
    pages = read(record).pages
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        text = page.extract_text()
        assert f"Page {number} of {len(pages)}" in text
        assert record.reference in text


def test_a_date_that_was_said_roughly_is_told_so() -> None:
    """“About” stands before it."""
    record = a_record(but={"metastasectomy_date": "2026-10-09"})
    record.state["rough"] = {"metastasectomy_date": {"said": "2026-10", "day": "2026-10-09", "by": 7}}
    assert "Operation on the metastases: about 9 October 2026" in words(record)


def test_a_record_of_older_rules_is_told_as_far_as_it_goes() -> None:
    """A rule and an answer that there are no more are named by their id, and nothing fails."""
    record = a_record()
    record.verdict["criteria"].append({"id": "X99", "status": "satisfied"})
    record.state["answers"]["old_answer"] = "yes"
    record.state["trail"].append("old_answer")
    text = words(record)
    assert "X99 (X99)" in text
    assert "old answer" in text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR, ""])
def test_only_leads_may_take_it(client_of: ClientOf, role: str) -> None:
    """A coordinator, an administrator and somebody without a role are denied, and nothing is noted as taken."""
    assert get(client_of, a_record(), role).status_code == 403
    assert not AuditEntry.objects.filter(action=Action.EXPORT).exists()


def test_a_wrong_id_is_refused(client_of: ClientOf) -> None:
    """An id that nobody has, and one that is none, are not found; to somebody who may not, both look the same."""
    assert get(client_of, uuid.uuid4()).status_code == 404
    assert client_of(Role.LEAD).get("/hand-over/prescreenings/RS-7KQ4-M2.pdf").status_code == 404
    assert get(client_of, uuid.uuid4(), Role.COORDINATOR).status_code == 403


def test_taking_it_is_noted(client_of: ClientOf) -> None:
    """The trail says who took which record out, and as what."""
    record = a_record(status=Status.CLOSED, on=date(2026, 11, 19))
    client = client_of(Role.LEAD)
    client.get(reverse("handover:pdf", args=[record.pk]))
    [entry] = AuditEntry.objects.filter(action=Action.EXPORT)
    assert (entry.actor, entry.subject, entry.detail) == (client.user.username, record.reference, "pdf")  # type: ignore[attr-defined]
