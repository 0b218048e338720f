"""Deleting what was said and shared, with the assistant really running: afterwards it is nowhere."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase

import pytest
import requests

from scripts.processes import free_port
from scripts.settings import Settings
from tests.test_prescreening import Person, Screening
from tests.test_sharing import Stored, reference_of


@pytest.fixture(scope="module")
def screening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screening]:
    """A running assistant."""
    screening = Screening(Settings(free_port(), free_port(), tmp_path_factory.mktemp("deletion")))
    try:
        yield screening
    finally:
        screening.stop()


@pytest.fixture
def stored(screening: Screening) -> Stored:
    """What is stored."""
    return Stored(Path(screening.settings.folder))


@pytest.fixture
def canary() -> str:
    """What nobody else says."""
    return "".join(random.choices(ascii_lowercase, k=16))


def shares(screening: Screening, canary: str) -> tuple[Person, str]:
    """Somebody who has shared a pre-screening in which they said something of their own, and left a contact."""
    person = screening.person()
    person.begin()
    person.say(canary)
    person.say("12")
    person.say("no")
    person.say("yes")
    reference = reference_of(person)
    person.say("yes")
    person.say(f"Anna {canary.title()}")
    person.say(f"{canary}@example.org")
    return person, reference


def found(screening: Screening, text: str) -> list[str]:
    """The files of the data folder in which something stands, whatever they are."""
    files = [path for path in Path(screening.settings.folder).rglob("*") if path.is_file()]
    return [path.name for path in files if text.lower().encode() in path.read_bytes().lower()]


def test_delete_my_data(screening: Screening, stored: Stored, canary: str) -> None:
    """It erases the chat and every record shared from it, says so, and nothing of it is left in any file."""
    person, _ = shares(screening, canary)
    person.say("my age is wrong")
    person.say("11")
    person.say("no")
    person.say("yes")
    second = reference_of(person)
    before = stored.number
    assert {name.partition(".")[0] for name in found(screening, canary)} == {"records", "conversations"}
    person.say("delete my data")
    assert person.custom["kind"] == "service"
    assert "what you shared from it" in person.text
    assert stored.number == before - 2
    assert found(screening, canary) == []
    person.say("/show_answers")
    assert "12" not in person.text
    person.say(f"delete my data {second}")
    assert "nothing under that reference" in person.text


def test_what_was_not_shared(screening: Screening, canary: str) -> None:
    """Where nothing was shared the reply says only that the chat was erased."""
    person = screening.person()
    person.say(f"what does {canary} mean?")
    person.say("delete my data")
    assert "I have erased what you wrote in this chat" in person.text
    assert "shared" not in person.text
    assert found(screening, canary) == []


def test_while_a_question_is_open(screening: Screening, stored: Stored, canary: str) -> None:
    """In the middle of a new pre-screening it erases what was shared before, too."""
    person, _ = shares(screening, canary)
    before = stored.number
    person.say("/prescreen")
    assert person.key == "sex"
    person.say("forget my data")
    assert (person.key, "what you shared from it" in person.text) == (None, True)
    assert stored.number == before - 1
    assert found(screening, canary) == []


def test_while_a_contact_is_asked_for(screening: Screening, stored: Stored, canary: str) -> None:
    """It is no name: all is erased, and no form stays open."""
    person = screening.person()
    person.begin()
    person.say("12")
    person.say("no")
    person.say("yes")
    before = stored.number
    person.say("yes")
    person.say("delete my data")
    assert "what you shared from it" in person.text
    assert stored.number == before - 1
    person.say("what was the dose?")
    assert person.custom["topic"] == "dose"


@pytest.mark.parametrize("how", ["delete my data {}", "please delete {}", "erase {} please"])
@pytest.mark.parametrize("bare", [False, True])
def test_by_reference(screening: Screening, stored: Stored, canary: str, how: str, bare: bool) -> None:
    """From any conversation, by a reference however it is written: record, conversation and this chat are erased."""
    _, reference = shares(screening, canary)
    other = screening.person()
    other.say("what is xylophone therapy?")
    written = reference.replace("-", "").lower() if bare else reference
    other.say(how.format(written))
    assert f"I have erased {reference}" in other.text
    assert stored.rows("SELECT 1 FROM records_record WHERE reference = ?", reference) == []
    assert found(screening, canary) == []
    assert found(screening, "xylophone") == []
    other.say(f"delete {reference}")
    assert "nothing under that reference" in other.text


def test_by_reference_while_a_question_is_open(screening: Screening, stored: Stored, canary: str) -> None:
    """A wrong one is told, and the question asked again; the right one erases all, and ends the questions."""
    _, reference = shares(screening, canary)
    person = screening.person()
    person.answer("64")
    person.say("delete my data RS-222222")
    assert ("nothing under that reference" in person.text, person.key) == (True, "sex")
    person.say(reference)
    assert ("Shall I delete" in person.text, person.key) == (True, "sex")
    person.say(f"delete {reference}")
    assert (f"erased {reference}" in person.text, person.key) == (True, None)
    assert stored.rows("SELECT 1 FROM records_record WHERE reference = ?", reference) == []
    person.say("/show_answers")
    assert "64" not in person.text


def test_a_bare_reference(screening: Screening, stored: Stored, canary: str) -> None:
    """It is asked whether to delete it; a no leaves it, a yes deletes it, and anything else leaves it too."""
    _, reference = shares(screening, canary)
    person = screening.person()
    for said in ("no", "what was the dose?"):
        person.say(f"my reference is {reference}")
        assert "Shall I delete" in person.text
        person.say(said)
        assert stored.record(reference)
    person.say("yes")
    assert stored.record(reference)
    person.say(reference)
    person.say("yes")
    assert f"erased {reference}" in person.text
    assert stored.rows("SELECT 1 FROM records_record WHERE reference = ?", reference) == []
    _, reference = shares(screening, canary)
    person.say(reference)
    person.say(person.buttons["Yes, delete it"])
    assert f"erased {reference}" in person.text


def test_a_wrong_reference(screening: Screening, stored: Stored, canary: str) -> None:
    """It is told kindly, with what one looks like and whom to ask; after five of them no more are looked up."""
    _, reference = shares(screening, canary)
    person = screening.person()
    for sign in "23467":
        person.say(f"delete my data RS-2222-2{sign}")
        assert "nothing under that reference" in person.text
        assert "RS-7KQ4-M2" in person.text
        assert "+39" in person.text
    person.say(f"delete my data {reference}")
    assert "cannot look up more references" in person.text
    assert stored.record(reference)
    screening.person().say(f"delete {reference}")
    assert found(screening, canary) == []


def test_starting_again(screening: Screening, stored: Stored, canary: str) -> None:
    """It erases the chat, not what was shared, and says so, with the reference; that can still be deleted."""
    person, reference = shares(screening, canary)
    person.say("start again")
    assert f"What you shared ({reference}) stays" in person.text
    assert stored.record(reference)
    person.say("delete my data")
    assert "what you shared from it" in person.text
    assert found(screening, canary) == []


@pytest.mark.parametrize(("act", "left"), [("start-over", 1), ("delete", 0)])
def test_the_buttons_of_the_page(screening: Screening, stored: Stored, canary: str, act: str, left: int) -> None:
    """“Start over” erases the chat and leaves what was shared; “Stop and delete” erases both."""
    base = f"http://127.0.0.1:{screening.settings.port}/webhooks/page"
    with requests.Session() as visitor:

        def say(text: str, number: int) -> dict[str, object]:
            body = {"id": f"00000000-0000-4000-8000-00000000000{number}", "text": text}
            response = visitor.post(f"{base}/messages", json=body, timeout=30)
            assert response.ok, response.text
            state: dict[str, object] = response.json()["state"]
            return state

        visitor.get(f"{base}/", timeout=30)
        say("go through the entry rules with me", 1)
        say(canary, 2)
        say("12", 3)
        say("no", 4)
        before = stored.number
        state = say("yes", 5)
        assert state["reference"]
        assert state["has_result"]
        assert str(state["reference"]) in visitor.get(f"{base}/", timeout=30).text
        form = {"Origin": base.split("/webhooks")[0], "Content-Type": "application/x-www-form-urlencoded"}
        summary = visitor.post(f"{base}/summary", data="", timeout=30, headers=form)
        assert str(state["reference"]) in summary.text
        response = visitor.post(f"{base}/{act}", json={}, timeout=30)
        assert response.ok, response.text
    assert stored.number == before + left
    if left:
        screening.person().say(f"delete {state['reference']}")
    assert found(screening, canary) == []


def test_a_deletion_that_fails(screening: Screening, stored: Stored, canary: str) -> None:
    """Where the records cannot be reached it is said, and can be tried again."""
    from tests.test_sharing import without

    person, reference = shares(screening, canary)
    with without(stored.file, "records_record"):
        person.say("delete my data")
        assert "could not delete" in person.text
    assert stored.record(reference)
    person.say("delete my data")
    assert "what you shared from it" in person.text
    assert found(screening, canary) == []
