"""Chat and console together, as `make run` brings them up: from the first question to the list, and out again."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Response, expect

from records.models import Outcome
from records.reference import reference_in
from scripts.console_pictures import COOKIE
from scripts.processes import free_port
from scripts.settings import HOME, Settings
from tests.conftest import Assistant, running
from tests.console.browser.seeding import seeded
from tests.console.browser.working import Colleague
from tests.django_setup import PASSWORD
from tests.web.browser.browsing import ANSWERED, Console, Person
from tests.web.browser.usual_answers import answer

START = "Check the rules with me"
YES, NO = "Yes, share it", "No, keep it here"
#: There are fewer questions than this.
TURNS = 60
#: Said before the pre-screening, which is nobody's business at the clinic.
BEFORE = "did it work?"
#: Seconds after the consent's reply within which the clinic sees the record.
AT_ONCE = 1.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of everything that is stored."""
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def sessions(folder: Path) -> Any:
    """The cookies of the clinic's people."""
    return seeded(folder, PASSWORD).sessions


@pytest.fixture(scope="module")
def whole(folder: Path, sessions: Any) -> Iterator[Assistant]:
    """All of it, as `make run` starts it."""
    with running(Settings(free_port(), free_port(), folder, free_port())) as assistant:
        yield assistant


@pytest.fixture
def person(new_context: Callable[..., BrowserContext], whole: Assistant) -> Person:
    """Somebody who has just opened the patient's page."""
    page = new_context(reduced_motion="reduce").new_page()
    page.goto(whole.settings.page)
    return Person(page)


@pytest.fixture
def clinic_page(
    new_context: Callable[..., BrowserContext], whole: Assistant, sessions: Any
) -> Callable[..., Colleague]:
    """Opens the console as somebody of the clinic."""

    def open_it(name: str) -> Colleague:
        context = new_context()
        context.add_cookies([{"name": COOKIE, "value": sessions[name], "url": whole.settings.console}])
        colleague = Colleague(context.new_page(), whole.settings.console)
        colleague.open()
        return colleague

    return open_it


def screened(person: Person) -> str:
    """Holds a whole pre-screening; the result."""
    person.say(START)
    for _ in range(TURNS):
        if person.asked is None:
            return person.last
        said = answer(person.asked, person.titles)
        person.press(said) if said in person.titles else person.say(said)
    pytest.fail("The questions do not end.")


def settled_early(person: Person) -> None:
    """A pre-screening that is over at once."""
    for said in (START, "12"):
        person.say(said)
    person.press("End here")


def shared(person: Person) -> str:
    """Says yes; the reference."""
    reference = reference_in(person.press(YES))
    assert reference
    return reference


def deleted(person: Person, text: str) -> None:
    """Asks for something to be deleted, and waits until it is."""
    person.field.fill(text)
    person.page.keyboard.press("Enter")
    expect(person.guide.last).to_contain_text("I have erased", timeout=ANSWERED)


def letters(texts: list[str]) -> list[str]:
    """Texts by their letters and digits alone: what is a list or bold on one page is plain on another."""
    return [re.sub(r"\W+", "", text) for text in texts]


def stored(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the records' database."""
    with closing(sqlite3.connect(folder / "records.db", timeout=20)) as database:
        return database.execute(sql).fetchall()


def test_from_the_first_question_to_the_list(
    person: Person, clinic_page: Callable[..., Colleague], folder: Path
) -> None:
    """Within a second of the consent's reply the record is in the list: the same verdict, words and reference."""
    carla = clinic_page("carla")
    person.say(BEFORE)
    result = screened(person)
    assert {YES, NO} <= set(person.titles)
    carla.page.reload()
    assert carla.references == []
    assert stored(folder, "SELECT count(*) FROM records_record") == [(0,)]

    verdicts: list[dict[str, Any]] = []
    person.page.on("response", lambda response: verdicts.extend(verdicts_in(response)))
    told = person.press(YES)
    answered = time.monotonic()
    carla.page.reload()
    listed, took = carla.references, time.monotonic() - answered
    reference = reference_in(told)
    assert listed == [reference]
    assert took < AT_ONCE, f"{took:.2f} s"
    expect(person.page.locator("[data-part=code]")).to_have_text(str(reference))

    # The same verdict: as it is stored, as the person's page was given it, and as both read.
    [(verdict, outcome)] = stored(folder, "SELECT verdict, outcome FROM records_record")
    assert verdicts == [{**json.loads(verdict), "reference": reference}]
    carla.follow(str(reference))
    expect(carla.page.locator(".verdict h2")).to_have_text(str(Outcome(outcome).label))
    short = carla.page.locator(".verdict > p").first.inner_text()
    assert letters([short])[0] in letters([result])[0]

    # From the pre-screening's start to the yes, word for word.
    seen = letters(person.page.locator(".message .words").all_inner_texts())
    read = letters(carla.page.locator(".transcript .words").all_inner_texts())
    start, end = seen.index(letters([START])[0]), len(seen) - 1
    assert read == seen[start:end]
    assert letters([BEFORE])[0] not in read
    assert read[-1] == letters([YES])[0]


def verdicts_in(response: Response) -> list[dict[str, Any]]:
    """The verdicts that the page is given with an answer."""
    if not response.url.endswith("/messages") or response.request.method != "POST":
        return []
    return verdicts_of(response.json())


def verdicts_of(value: Any) -> list[dict[str, Any]]:
    """The verdicts anywhere in it that have a reference."""
    if isinstance(value, list):
        return [found for part in value for found in verdicts_of(part)]
    if not isinstance(value, dict):
        return []
    verdict = value.get("verdict")
    if isinstance(verdict, dict) and "reference" in verdict:
        return [verdict]
    return [found for part in value.values() for found in verdicts_of(part)]


def test_a_no_is_a_no(person: Person, clinic_page: Callable[..., Colleague]) -> None:
    """After a no, the clinic sees nothing that was not there before."""
    luca = clinic_page("luca")
    before = luca.references
    settled_early(person)
    person.press(NO)
    luca.page.reload()
    assert luca.references == before


def test_contact(person: Person, clinic_page: Callable[..., Colleague]) -> None:
    """A name and a number, left after the yes, stand on the record's page and in no list."""
    luca = clinic_page("luca")
    settled_early(person)
    reference = shared(person)
    person.press("Leave my contact")
    person.say("Anna Rossi")
    person.say("333 123 4567")
    luca.page.reload()
    expect(luca.rows.filter(has_text=reference)).to_contain_text("telephone left")
    assert "Rossi" not in luca.text
    luca.follow(reference)
    expect(luca.page.locator(".contact")).to_contain_text("Anna Rossi")
    expect(luca.link("+39 333 123 4567")).to_have_attribute("href", "tel:+393331234567")


def test_deleted_in_the_chat(person: Person, console: Console, clinic_page: Callable[..., Colleague]) -> None:
    """After “delete my data” in the chat the record is gone from the console, with the page that was open."""
    luca = clinic_page("luca")
    settled_early(person)
    reference = shared(person)
    luca.page.reload()
    luca.follow(reference)
    deleted(person, "delete my data")
    console.expect("404")
    response = luca.page.reload()
    assert response
    assert response.status == 404
    luca.open()
    assert reference not in luca.references
    luca.page.get_by_label("Find by reference").fill(reference)
    luca.press("Find")
    expect(luca.wrong).to_contain_text(f"There is no record {reference}")


def test_deleted_by_reference_later(
    new_context: Callable[..., BrowserContext], whole: Assistant, person: Person, clinic_page: Callable[..., Colleague]
) -> None:
    """Days later, from another device, “delete my data” with the reference takes the record out of the console."""
    luca = clinic_page("luca")
    settled_early(person)
    reference = shared(person)
    luca.page.reload()
    assert reference in luca.references
    page = new_context().new_page()
    page.goto(whole.settings.page)
    deleted(Person(page), f"delete my data {reference.lower()}")
    luca.page.reload()
    assert reference not in luca.references


def test_deleted_at_the_clinic(person: Person, clinic_page: Callable[..., Colleague], folder: Path) -> None:
    """What a lead deletes is gone with its conversation: the person's page begins anew."""
    luca = clinic_page("luca")
    settled_early(person)
    reference = shared(person)
    luca.page.reload()
    luca.follow(reference)
    luca.follow("Delete")
    luca.page.get_by_label("To be sure").fill(reference)
    luca.press("Delete for good")
    assert reference not in luca.references
    person.page.reload()
    expect(person.own).to_have_count(0)
    person.say("did it work?")


def test_audit_is_intact(clinic_page: Callable[..., Colleague], folder: Path) -> None:
    """Written by two processes at once, the audit trail is unbroken, and tells of the person's own deeds."""
    luca = clinic_page("luca")
    luca.open("audit/?actor=person")
    done = {row.locator("td").nth(2).inner_text() for row in luca.rows.all()}
    assert {"Shared", "Left a contact", "Deleted"} <= done
    told = subprocess.run(
        [sys.executable, "-m", "django", "verify_audit"],
        cwd=HOME,
        env={**os.environ, "TRIAL_GUIDE_FOLDER": str(folder), "DJANGO_SETTINGS_MODULE": "review.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_no_log_quotes_anybody(folder: Path) -> None:
    """Of all that was said and done, no log of any process has a word, a name or a reference."""
    references = [row[0] for row in stored(folder, "SELECT subject FROM records_auditentry WHERE action = 'share'")]
    assert references
    for log in (folder / "logs").iterdir():
        text = log.read_text()
        for part in ("Rossi", "333", "carla", "luca", "did it work", *references):
            assert part not in text, log.name
