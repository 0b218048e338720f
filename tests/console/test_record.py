"""The page of one record: rule by rule, beside the transcript."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db.models import F

from records.models import AuditEntry, Note
from review.reading import read_record
from tests.console.samples import a_record, a_state
from tests.django_setup import ClientOf

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def text_of(html: str) -> str:
    """What a person reads of some HTML."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def part(page: str, id: str) -> str:
    """The rule of the page with this id, or the message."""
    tag = "article" if id.startswith("rule") else "li"
    found = re.search(rf'<{tag} class="[^"]*" id="{id}".*?</{tag}>', page, re.DOTALL)
    assert found, id
    return found[0]


def test_the_verdict_is_said_first_and_is_no_decision(client_of: ClientOf) -> None:
    """The outcome stands at the top in words, with the line that it is no decision."""
    record = a_record("not_a_match")
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    assert page.index("Not a match") < page.index("at least one rule is not met") < page.index("This is no decision.")
    assert page.index("This is no decision.") < page.index("Rule by rule")


def test_why_waiting_does_not_help(client_of: ClientOf) -> None:
    """Where each rule that is not met would be met later, the page says why it is no match all the same."""
    late = {"metastasectomy_date": "2026-09-20", "stem_cell_transplant_date": "2026-10-01"}
    page = client_of("coordinator").get(f"/records/{a_record(but=late).pk}/").content.decode()
    assert "Not a match" in page
    assert "Stands in the way" not in page
    assert re.search(r"is not met\. Waiting does not help: by \d+ \w+ 2027 another rule would not be met", page)
    other = client_of("coordinator").get(f"/records/{a_record('not_a_match', but=late).pk}/").content.decode()
    assert "Waiting does not help" not in other


def test_rules_stand_under_what_was_found_for_them(client_of: ClientOf) -> None:
    """What stands in the way comes first, then what waits, what is not known, what fits, and the team's own."""
    record = a_record("not_a_match", but={"major_surgery_last_date": "2026-11-06", "dialysis": None})
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    places = [page.index(f'id="rule-{rule}"') for rule in ("E18", "E14", "E09", "I01", "I07")]
    assert places == sorted(places)
    for heading in ("Stands in the way", "Waits, or could change", "Not known", "Fits", "Only the team can judge"):
        assert heading in page
    assert page.count('class="rule"') == 43


def test_a_rule_has_its_plain_words_its_source_and_the_answer_behind_it(client_of: ClientOf) -> None:
    """A rule is told in plain words, with document and entry, and the answer as it was read and as it was said."""
    record = a_record("not_a_match", said={"prior_sorafenib": "yes, two years ago"})
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    rule = part(page, "rule-E18")
    said = text_of(rule)
    assert "Registry record, exclusion 18" in said
    assert "Does not fit" in said
    assert re.search(r"Sorafenib before: Yes yes, two years ago", said)
    line = record.lines.get(answers=["prior_sorafenib"])
    assert f'href="#line-{line.place}"' in rule


def test_a_waiting_rule_says_from_which_day_it_would_fit(client_of: ClientOf) -> None:
    """The day on which a waiting time is over is told at its rule and as the recheck day."""
    record = a_record("not_yet")
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    assert "Fits from 4 December 2026 on" in text_of(part(page, "rule-E14"))
    assert re.search(r"Recheck from\s+4 December 2026", text_of(page))


def test_a_scan_that_is_too_old_is_no_hindrance_for_good(client_of: ClientOf) -> None:
    """A rule that a newer date would change is told under what could change, with the date it needs."""
    brain = {
        "brain_metastases": True,
        "brain_symptoms": True,
        "brain_treatment_end_date": "2026-01-10",
        "brain_scan_clear_date": "2026-08-01",
        "brain_stable": True,
        "steroids": "none",
    }
    record = a_record("not_a_match", but={"prior_sorafenib": False, **brain})
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    assert page.index("Waits, or could change") < page.index('id="rule-E05"') < page.index("(37)")
    assert "Something newer would change it" in text_of(part(page, "rule-E05"))


def test_the_message_that_settled_an_answer_is_marked_with_the_answer_and_its_rules(client_of: ClientOf) -> None:
    """In the transcript stands what a message was read as, with links to every rule that looks at it."""
    record = a_record(said={"metastasectomy_date": "on the tenth of October"})
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    line = record.lines.get(answers=["metastasectomy_date"])
    message = part(page, f"line-{line.place}")
    assert "on the tenth of October" in message
    assert "10 October 2026" in message
    assert re.findall(r'href="#rule-(\w+)"', message) == ["I05", "E01", "E14", "P03"]


def test_an_answer_that_was_put_right_later_counts_no_more(client_of: ClientOf) -> None:
    """Of two messages on the same answer the later one is linked; the earlier is marked as put right."""
    record = a_record()
    first = record.lines.get(answers=["ecog"])
    last = record.lines.create(
        place=500, speaker="person", text="sorry, fully active", said_at=record.shared_at, answers=["ecog"]
    )
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    assert "put right later" in part(page, f"line-{first.place}")
    assert "put right later" not in part(page, f"line-{last.place}")
    assert "#line-500" in part(page, "rule-I06")


def test_a_blood_value_and_its_limit_are_both_behind_the_rule(client_of: ClientOf) -> None:
    """The result and the limit that was asked for next are one answer in two messages; neither was put right."""
    record = a_record(said={"bilirubin": "0.7 mg/dL"})
    first = record.lines.get(answers=["bilirubin"])
    record.lines.filter(place__gt=first.place).update(place=F("place") + 100)
    for place, speaker, text, answers in ((1, "guide", "And its limit?", []), (2, "person", "1.2", ["bilirubin"])):
        record.lines.create(
            place=first.place + place, speaker=speaker, text=text, said_at=first.said_at, answers=answers
        )
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    assert "put right later" not in page
    assert re.findall(r"<q>([^<]+)</q>", part(page, "rule-I11"))[1:] == ["0.7 mg/dL", "1.2"]


def test_a_question_that_was_passed_over_is_marked(client_of: ClientOf) -> None:
    """What a person could not or would not answer is told at its rule, in a list of its own, and in the transcript."""
    record = a_record(skipped={"dialysis": "dont_know"})
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    line = record.lines.get(answers=["dialysis"])
    assert "passed over" in part(page, f"line-{line.place}")
    assert "passed over (I don’t know)" in text_of(part(page, "rule-E09"))
    assert "Questions that were passed over" in page


def test_an_answer_that_follows_from_another_says_so(client_of: ClientOf) -> None:
    """A man's pregnancy was never asked for; that it is none follows."""
    page = client_of("coordinator").get(f"/records/{a_record().pk}/").content.decode()
    assert "Pregnant: No (follows from another answer)" in text_of(part(page, "rule-E19"))


def test_what_the_team_has_to_check_leads_to_its_rules(client_of: ClientOf) -> None:
    """The points to check stand with the verdict, each a link to its rule."""
    record = a_record("unclear")
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    check = page[page.index("For the team to check:") : page.index('class="facts"')]
    assert re.findall(r'href="#rule-(\w+)"', check) == ["I08", "I06"]


def test_a_contact_that_was_left_can_be_pressed(client_of: ClientOf) -> None:
    """A telephone number dials, an e-mail address writes."""
    record = a_record(phone="+39 059 422 2640", name="Maria Verdi", email="maria+trial@example.org")
    page = client_of("coordinator").get(f"/records/{record.pk}/").content.decode()
    assert 'href="tel:+390594222640"' in page
    assert 'href="mailto:maria%2Btrial@example.org"' in page
    assert "Maria Verdi" in page


def test_a_script_in_transcript_name_or_note_is_shown_as_text(client_of: ClientOf) -> None:
    """Whatever somebody typed, the page shows it and runs nothing."""
    record = a_record(said={"age_years": SCRIPT}, name=SCRIPT, phone="+39<script>", email="a@b.it")
    client = client_of("coordinator")
    Note.objects.create(record=record, author=client.user, text=SCRIPT)
    page = client.get(f"/records/{record.pk}/").content.decode()
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 4


def test_no_page_brings_a_script_or_a_style_of_its_own(client_of: ClientOf) -> None:
    """Nothing is inline, and the policy forbids it."""
    record = a_record()
    client = client_of("lead")
    for path in ("", "calendar/", "numbers/", "audit/", f"records/{record.pk}/", f"records/{record.pk}/judge-again/"):
        response = client.get(f"/{path}")
        assert not re.search(r"<style|\sstyle=|<script(?![^>]+src=)|\son\w+=", response.content.decode())
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "no-store" in response.headers["Cache-Control"]


def test_a_record_under_other_rules_is_still_shown(client_of: ClientOf) -> None:
    """A rule, an answer or a question that is gone does not keep anybody from reading a record."""
    state = a_state().as_dict()
    state["answers"].update(ecog=7, gone_answer=3, hemoglobin={"value": "x", "unit": "stones"})
    state["skipped"] = {"gone_question": "gone_way"}
    verdict = {
        "outcome": "unclear",
        "criteria": [{"id": "E99", "status": "not_satisfied"}, {"id": "I06", "status": "odd"}],
    }
    record = a_record(state=state, verdict=verdict, rules_version="0123")
    record.lines.create(place=900, speaker="person", text="?", said_at=record.shared_at, answers=["gone_answer"])
    response = client_of("coordinator").get(f"/records/{record.pk}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "no longer have this one" in part(page, "rule-E99")
    assert "The rules have changed since." in page
    assert "gone question" in page


def test_the_texts_are_those_of_the_readers_language(database: None) -> None:
    """Rules and answers are told in a language of the trial, whatever the record's is."""
    reading = read_record(a_record(language="xx"), [], "en")
    assert next(reading.rules).title == "Age"


def test_a_record_that_is_not_there_is_not_found(client_of: ClientOf) -> None:
    """A wrong id gives 404 for every page of a record, and so does one that is none."""
    client = client_of("lead")
    for end in ("", "judge-again/", "delete/"):
        assert client.get(f"/records/{uuid.uuid4()}/{end}").status_code == 404
    for end in ("note/", "state/", "assignment/"):
        assert client.post(f"/records/{uuid.uuid4()}/{end}").status_code == 404
    assert client.get("/records/1/").status_code == 404


def test_reading_a_record_is_audited(client_of: ClientOf) -> None:
    """Who read which record is in the trail."""
    record, client = a_record(), client_of("coordinator")
    client.get(f"/records/{record.pk}/")
    entry = AuditEntry.objects.get(actor=client.user.username, action="read")
    assert entry.subject == record.reference


@pytest.mark.parametrize(("role", "offered"), [("lead", True), ("coordinator", False)])
def test_only_what_a_role_may_do_is_offered(client_of: ClientOf, role: str, offered: bool) -> None:
    """Deleting, assigning, handing on and the trail are offered to a lead alone."""
    record = a_record()
    page = client_of(role).get(f"/records/{record.pk}/").content.decode()
    for way in ("delete/", "assignment/", f"{record.pk}.pdf", f"api/prescreenings/{record.pk}/", "Who saw it"):
        assert (way in page) is offered
    assert 'action="/records/' in page
