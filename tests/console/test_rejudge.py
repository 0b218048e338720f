"""Judging a stored pre-screening again: what would change, and nothing that is stored does."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone

from records.models import AuditEntry, Record
from review.rejudging import judged_anew
from tests.console.samples import ON, a_record, a_state
from tests.django_setup import ClientOf


def rows(page: str) -> dict[str, list[str]]:
    """The rules that would change, each with what is stored, on the same day, and today."""
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    found = {}
    for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL):
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        texts = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
        found[texts[0].split()[-1]] = texts[1:]
    return found


def test_a_waiting_time_that_is_over_by_now_is_seen(client_of: ClientOf) -> None:
    """For the same day nothing changes; for today a rule fits that had to wait then."""
    record = a_record("not_yet", on=timezone.localdate() - timedelta(days=20))
    found = rows(client_of("coordinator").get(f"/records/{record.pk}/judge-again/").content.decode())
    stored, same_day, today = found["E14"]
    assert stored == same_day
    assert stored.startswith("Does not fit; from ")
    assert today == "Fits (changed)"
    assert found["Outcome"][0].startswith("Not yet recheck from")
    assert found["Outcome"][2] == "Possible match (changed)"


def test_a_rule_that_has_changed_is_seen_beside_what_is_stored(client_of: ClientOf) -> None:
    """What an older version of the rules found stands beside what the rules of today find for the same day."""
    verdict = a_record().verdict
    verdict["criteria"][0]["status"] = "not_satisfied"
    verdict["criteria"].append({"id": "E99", "status": "satisfied"})
    verdict["outcome"] = "not_a_match"
    record = a_record(verdict=verdict, rules_version="0123abcd")
    page = client_of("coordinator").get(f"/records/{record.pk}/judge-again/").content.decode()
    found = rows(page)
    assert found["I01"][:2] == ["Does not fit", "Fits (changed)"]
    assert found["E99"][:2] == ["Fits", "no such rule (changed)"]
    assert found["Outcome"][:2] == ["Not a match", "Possible match (changed)"]
    assert "version 0123abcd" in page


def test_an_answer_that_is_no_longer_valid_is_named_and_left_aside(client_of: ClientOf) -> None:
    """Answers that the rules of today refuse do not keep the others from being judged."""
    state = a_state().as_dict()
    state["answers"].update(ecog=7, gone=3, hemoglobin={"value": "many", "unit": "g/dL"}, platelets={"unit": "g/dL"})
    record = a_record(state=state)
    page = client_of("coordinator").get(f"/records/{record.pk}/judge-again/").content.decode()
    aside = page[page.index("do not take</h2>") : page.index("<table")]
    for name in ("Daily activity (ECOG)", "gone", "Haemoglobin", "Platelets"):
        assert f"<b>{name}:</b>" in aside
    assert rows(page)["I06"][1] == "Not known (changed)"


def test_answers_that_contradict_each_other_are_left_aside_together() -> None:
    """Where two answers cannot both be right, neither counts; the rest does."""
    judged = judged_anew({"sex": "male", "pregnant": True, "age_years": 64}, ON, "en")
    assert {left.name for left in judged.aside} == {"Sex", "Pregnant"}
    assert judged.verdict["criteria"][0] == {"id": "I01", "status": "satisfied"}


def test_judging_again_changes_nothing_that_is_stored(client_of: ClientOf) -> None:
    """Verdict, answers and version stay as they were; that somebody looked is in the trail."""
    record, client = a_record("not_yet", rules_version="0123abcd"), client_of("coordinator")
    before = Record.objects.filter(pk=record.pk).values().get()
    client.get(f"/records/{record.pk}/judge-again/")
    assert Record.objects.filter(pk=record.pk).values().get() == before
    entry = AuditEntry.objects.get(action="rejudge")
    assert (entry.actor, entry.subject) == (client.user.username, record.reference)


def test_rules_that_have_not_changed_say_so(client_of: ClientOf) -> None:
    """Where the version is the same, the page says that the rules have not changed."""
    record = a_record()
    page = client_of("coordinator").get(f"/records/{record.pk}/judge-again/").content.decode()
    assert f"The rules have not changed since: version {record.rules_version}." in page
