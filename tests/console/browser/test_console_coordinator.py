"""A coordinator's morning: find a record, read it, note what was done; and what is not theirs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from records.models import LONGEST_NOTE
from tests.console.browser.working import Colleague, Served
from tests.web.browser.browsing import Console

RECORDS = (
    {"outcome": "possible_match", "days_ago": 3, "phone": "+39 059 422 2640", "name": "Maria Verdi"},
    {"outcome": "not_yet", "days_ago": 40, "status": "in_review", "assigned_to": "carla"},
    {"outcome": "not_yet", "days_ago": 1},
    {"outcome": "unclear", "days_ago": 2, "said": {"ecog": "I rest a little after lunch"}},
    {"outcome": "not_a_match", "days_ago": 5, "status": "closed"},
    {"outcome": "possible_match", "days_ago": 6, "rules_version": "0badc0ffee12"},
)
POSSIBLE, DUE, WAITING, UNCLEAR, CLOSED, OLD_RULES = range(6)


@pytest.fixture
def carla(opens: Callable[..., Colleague]) -> Colleague:
    """A coordinator who has just logged in."""
    return opens("carla")


def references(clinic: Served, *numbers: int) -> list[str]:
    """The references of some records."""
    return [clinic.seed.reference(number) for number in numbers]


def test_list(clinic: Served, carla: Colleague) -> None:
    """All records, the newest first, with outcome, what waits, state, day and language; no name, no telephone."""
    assert carla.references == references(clinic, WAITING, UNCLEAR, POSSIBLE, CLOSED, OLD_RULES, DUE)
    row = carla.rows.filter(has_text=clinic.seed.reference(DUE))
    for said in ("Not yet", "recheck due since", "In review", "carla", "English"):
        expect(row).to_contain_text(said)
    expect(carla.rows.filter(has_text=clinic.seed.reference(POSSIBLE))).to_contain_text("telephone left")
    assert "Verdi" not in carla.text
    assert "059" not in carla.text


def test_filter(clinic: Served, carla: Colleague) -> None:
    """Filters work together, say how many they leave, and are taken off again."""
    carla.page.locator(".filters summary").click()
    carla.page.get_by_label("Outcome").select_option("not_yet")
    carla.press("Show")
    assert carla.references == references(clinic, WAITING, DUE)
    expect(carla.page.locator("caption")).to_have_text(re.compile("2 records of 6"))
    carla.page.get_by_label("Recheck day has come").check()
    carla.press("Show")
    assert carla.references == references(clinic, DUE)
    carla.page.get_by_label("State").select_option("closed")
    carla.press("Show")
    assert carla.title == "Records"
    expect(carla.page.locator(".empty")).to_contain_text("No record is as you chose")
    carla.follow("Show all")
    assert len(carla.references) == 6
    carla.page.locator(".ways").get_by_role("link", name=re.compile("Mine")).click()
    assert carla.references == references(clinic, DUE)


def test_sort(clinic: Served, carla: Colleague) -> None:
    """The head of a column sorts by it, and a second time the other way round."""
    carla.follow("Reference")
    first = carla.references
    assert first == sorted(references(clinic, *range(6)))
    carla.follow("Reference")
    assert carla.references == first[::-1]
    expect(carla.page.locator("th[aria-sort]")).to_have_attribute("aria-sort", "descending")
    carla.follow("Outcome")
    marks = carla.page.locator("td .mark-of").all_inner_texts()
    assert marks == sorted(marks, key=["Possible match", "Not yet", "Unclear", "Not a match"].index)


def test_search(clinic: Served, carla: Colleague) -> None:
    """A reference is found however it is typed; it never comes into an address; what is none is told."""
    field = carla.page.get_by_label("Find by reference")
    field.fill(clinic.seed.reference(UNCLEAR).lower().replace("-", " "))
    carla.press("Find")
    assert carla.title == clinic.seed.reference(UNCLEAR)
    assert carla.path == clinic.seed.path(UNCLEAR)
    carla.follow("All records")
    for typed, told in (("Verdi", "does not look like a reference"), ("RS-222-222", "There is no record RS-2222-22")):
        field.fill(typed)
        carla.press("Find")
        expect(carla.wrong).to_contain_text(told)
        expect(field).to_have_value(typed)
        assert typed not in carla.page.url
    assert len(carla.references) == 6


def test_record(clinic: Served, carla: Colleague) -> None:
    """The verdict stands rule by rule with its source, beside what was said, the contact and the recheck day."""
    carla.follow(clinic.seed.reference(POSSIBLE))
    assert carla.title == clinic.seed.reference(POSSIBLE)
    for said in ("This is no decision", "Maria Verdi", "+39 059 422 2640", "Only the team can judge"):
        expect(carla.page.locator("main")).to_contain_text(said)
    rules = carla.page.locator(".rule")
    assert rules.count() > 10
    for rule in rules.all():
        expect(rule.locator(".source")).not_to_be_empty()
    transcript = carla.page.locator(".transcript li.line")
    expect(transcript.first).to_contain_text("one question at a time")
    beside = [carla.page.locator(part).bounding_box() for part in (".rules", ".transcript")]
    assert all(beside)
    assert beside[0]["x"] + beside[0]["width"] <= beside[1]["x"]  # type: ignore[index]
    carla.open(clinic.seed.path(DUE))
    expect(carla.page.locator(".facts")).to_contain_text("(due)")


def test_from_rule_to_message_and_back(clinic: Served, carla: Colleague) -> None:
    """A rule's answer leads to the very message that settled it, and the message back to the rule."""
    carla.open(clinic.seed.path(UNCLEAR))
    rules = carla.page.locator(".rule").filter(has_text="I rest a little after lunch")
    rule = rules.first.get_attribute("id")
    assert rule
    rules.first.get_by_role("link", name="I rest a little after lunch").click()
    message = carla.page.locator(".line:target")
    expect(message.locator(".words")).to_have_text("I rest a little after lunch")
    expect(message).to_be_in_viewport(ratio=0.9)
    message.get_by_role("link", name=rule.removeprefix("rule-"), exact=True).click()
    assert carla.page.url.endswith(f"#{rule}")
    expect(carla.page.locator(".rule:target")).to_be_in_viewport(ratio=0.3)
    carla.page.go_back()
    expect(message).to_be_in_viewport(ratio=0.9)


def test_state(clinic: Served, opens: Callable[..., Colleague], carla: Colleague, console: Console) -> None:
    """A state is changed and shown in the list; whoever saw an older one is told, and changes nothing."""
    reference = clinic.seed.reference(WAITING)
    other = opens("luca", clinic.seed.path(WAITING))
    carla.follow(reference)
    carla.page.get_by_label("State", exact=True).select_option("Called")
    carla.press("Save the state")
    expect(carla.told).to_contain_text("The state is now “Called”")
    console.expect("409")
    other.page.get_by_label("State", exact=True).select_option("Closed")
    assert other.press("Save the state").status == 409
    expect(other.told).to_contain_text("Meanwhile somebody else set the state to “Called”")
    carla.follow("All records")
    expect(carla.rows.filter(has_text=reference)).to_contain_text("Called")


def test_note(clinic: Served, carla: Colleague) -> None:
    """A note is kept with its lines and its author, once, however often the page is loaded again."""
    carla.open(clinic.seed.path(UNCLEAR))
    field = carla.page.get_by_label("New note")
    field.fill("Called at nine: no answer.\nTries again on Monday. È così.")
    carla.press("Save the note")
    expect(carla.told).to_contain_text("The note is saved")
    carla.page.reload()
    notes = carla.page.locator(".notes li")
    expect(notes).to_have_count(1)
    assert "no answer.\nTries again on Monday. È così." in notes.inner_text()
    expect(notes).to_contain_text("carla")
    expect(field).to_have_value("")


def test_note_too_long(clinic: Served, carla: Colleague, console: Console) -> None:
    """A note that is too long is refused with how much too long it is, and is still in its field to be shortened."""
    carla.open(clinic.seed.path(OLD_RULES))
    field = carla.page.get_by_label("New note")
    long = "word " * (LONGEST_NOTE // 5) + "7 more."
    field.fill(long)
    console.expect("422")
    assert carla.press("Save the note").status == 422
    expect(carla.wrong).to_contain_text(f"{len(long) - LONGEST_NOTE} characters too long")
    expect(carla.wrong).to_be_in_viewport()
    expect(field).to_have_value(long)
    field.fill(long[:40])
    carla.press("Save the note")
    expect(carla.page.locator(".notes li")).to_have_count(1)


def test_judge_again(clinic: Served, carla: Colleague) -> None:
    """Judging again shows what the rules of today would change, and leaves the record as it was."""
    carla.open(clinic.seed.path(OLD_RULES))
    before = clinic.ask("SELECT verdict, rules_version FROM records_record ORDER BY reference")
    carla.page.get_by_role("link", name="See what would change").click()
    assert carla.title == f"{clinic.seed.reference(OLD_RULES)}, judged again"
    for said in ("0badc0ffee12", "What is stored stays as it is", "Stored", "The same day", "Today"):
        expect(carla.page.locator("main")).to_contain_text(said)
    assert clinic.ask("SELECT verdict, rules_version FROM records_record ORDER BY reference") == before


def test_calendar(clinic: Served, carla: Colleague) -> None:
    """Whose recheck day has come stands first; whose comes later, under its month; nobody else."""
    carla.follow("Calendar")
    assert carla.references == references(clinic, DUE, WAITING)
    expect(carla.page.locator("h2").first).to_contain_text("Due now (1)")
    carla.follow(clinic.seed.reference(DUE))
    assert carla.title == clinic.seed.reference(DUE)


def test_numbers(clinic: Served, carla: Colleague) -> None:
    """What was counted, and the same as a file."""
    carla.follow("Numbers")
    expect(carla.page.locator(".figures div").get_by_text("Shared", exact=True).locator("+ dd")).to_have_text("6")
    with carla.page.expect_download() as came:
        carla.link("These numbers as CSV").click()
    assert "shared" in came.value.path().read_text().lower()


@pytest.mark.parametrize(
    "path",
    [
        "records/{id}/delete/",
        "audit/",
        "account/users/",
        "account/users/new/",
        "account/tokens/",
        "hand-over/prescreenings.csv",
        "hand-over/prescreenings/{id}.pdf",
        "hand-over/api/prescreenings/{id}/",
    ],
)
def test_denied_by_address(clinic: Served, carla: Colleague, console: Console, path: str) -> None:
    """Exports, deletion, audit and users are not a coordinator's, even by their address; the page says so."""
    console.expect("403")
    response = carla.page.request.get(carla.address + path.format(id=clinic.seed.records[POSSIBLE]["id"]))
    assert response.status == 403
    assert "Verdi" not in response.text()
    if "/api/" not in path:
        assert carla.open(path.format(id=clinic.seed.records[POSSIBLE]["id"])) == 403
        assert carla.title == "This is not for you"
        carla.follow("To the start")
        assert carla.title == "Records"


def test_denied_is_not_offered(clinic: Served, carla: Colleague) -> None:
    """What is not a coordinator's is not on their pages either."""
    for path in ("", clinic.seed.path(POSSIBLE)):
        carla.open(path)
        carla.page.locator(".menu summary").click()
        for name in ("Audit", "Users", "Delete", "PDF", "FHIR", "This list as CSV", "Access for programs"):
            expect(carla.link(name)).to_have_count(0)
        expect(carla.button("Save the assignment")).to_have_count(0)
