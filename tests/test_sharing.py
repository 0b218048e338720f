"""Sharing a pre-screening, with the assistant really running and a look at what it stores.

No record before a yes, none after a no; after a yes one, with exactly the answers, the verdict and the transcript from
the beginning. Then a contact, if somebody wants. What goes wrong loses nothing, and no log has anything of a person.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from actions.prescreen import judge
from records.reference import reference_in
from scripts.processes import free_port
from scripts.settings import Settings
from tests.test_prescreening import DAY, TALKS, Person, Screening, have

#: Somebody whom everything fits.
FITS = TALKS[0]
YES, NO = "Yes, share it", "No, keep it here"


@pytest.fixture(scope="module")
def screening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screening]:
    """An assistant for which it is DAY."""
    screening = Screening(Settings(free_port(), free_port(), tmp_path_factory.mktemp("sharing")))
    try:
        yield screening
    finally:
        screening.stop()


class Stored:
    """What is stored in the records' database."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "records.db"

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """What a query finds; nothing, if there is no database yet."""
        if not self.file.exists():
            return []
        with closing(sqlite3.connect(self.file, timeout=20)) as connection:
            connection.row_factory = sqlite3.Row
            try:
                return connection.execute(query, values).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise

    @property
    def number(self) -> int:
        """How many records there are."""
        found = self.rows("SELECT count(*) FROM records_record")
        return int(found[0][0]) if found else 0

    def record(self, reference: str) -> sqlite3.Row:
        """A record by its reference."""
        (found,) = self.rows("SELECT * FROM records_record WHERE reference = ?", reference)
        return found

    def lines(self, reference: str) -> list[sqlite3.Row]:
        """The transcript of a record."""
        chosen = "SELECT line.* FROM records_line AS line JOIN records_record AS record ON record.id = line.record_id"
        return self.rows(f"{chosen} WHERE record.reference = ? ORDER BY place", reference)

    def counts(self, what: str) -> dict[str, int]:
        """What was counted."""
        found = self.rows("SELECT key, sum(number) FROM records_count WHERE what = ? GROUP BY key", what)
        return {row[0]: row[1] for row in found}

    def counted(self, what: str, key: str, least: int) -> bool:
        """Whether so many are counted, a moment later at the most."""
        until = time.monotonic() + 10
        while self.counts(what).get(key, 0) < least:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True


@pytest.fixture
def stored(screening: Screening) -> Stored:
    """What is stored."""
    return Stored(Path(screening.settings.folder))


@pytest.fixture
def person(screening: Screening) -> Person:
    """Somebody with a short pre-screening: an age of 12 settles it."""
    found = screening.person()
    found.begin()
    found.say("12")
    found.say(found.buttons["End here"])
    assert "Shall I share it" in found.text
    return found


def reference_of(person: Person) -> str:
    """The reference that was just given."""
    reference = person.custom["verdict"]["reference"]
    assert reference_in(reference) == reference
    assert reference in person.text.split("\n")
    return str(reference)


def shares_an_age(person: Person) -> str:
    """Answers the first question so that it settles the result, ends there, and says yes; the reference."""
    person.say("12")
    person.say(person.buttons["End here"])
    person.say("yes")
    return reference_of(person)


# The record


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: str(talk["name"]))
def test_a_record_is_what_was_agreed(talk: dict[str, Any], screening: Screening, stored: Stored) -> None:
    """Every pre-screening, once agreed to: none before, then one with its answers, its verdict and its transcript."""
    before, person = stored.number, screening.person()
    have(talk, person)
    if YES not in person.buttons:
        person.say("no, we can end here")
    result = dict(person.custom["verdict"])
    assert "reference" not in result
    assert stored.number == before
    person.say("yes please, send it")
    reference = reference_of(person)
    assert stored.number == before + 1
    record = stored.record(reference)
    state = json.loads(record["state"])
    assert {**json.loads(record["verdict"]), "reference": reference} == person.custom["verdict"]
    assert json.loads(record["verdict"]) == result
    assert (record["outcome"], record["language"]) == (result["outcome"], "en")
    assert (record["name"], record["phone"], record["email"]) == ("", "", "")
    lines = stored.lines(reference)
    assert (lines[0]["speaker"], lines[-1]["text"]) == ("person", "yes please, send it")
    assert "How old are you?" in lines[1]["text"]
    settled = {key for line in lines for key in json.loads(line["answers"])}
    assert settled >= {*state["answers"], *state["skipped"]}
    assert all(line["speaker"] == "person" for line in lines if json.loads(line["answers"]))


def test_the_answers_are_those_that_were_said(screening: Screening, stored: Stored) -> None:
    """The answers of a record give the engine's verdict, and what was said first is not in the transcript."""
    person = screening.person()
    person.say("what was the dose?")
    have(FITS, person)
    person.say(person.buttons[YES])
    record = stored.record(reference_of(person))
    assert json.loads(record["verdict"])["outcome"] == judge(FITS["answers"], DAY).outcome == FITS["outcome"]
    assert {key: json.loads(record["state"])["answers"][key] for key in ("age_years", "sex")} == {
        key: FITS["answers"][key] for key in ("age_years", "sex")
    }
    said = [line["text"] for line in stored.lines(record["reference"])]
    assert "what was the dose?" not in said
    assert said[-1] == YES


# Yes, no, and neither


@pytest.mark.parametrize("said", ["no", "No thanks", "I'd rather not", "keep it private", "/keep_private"])
def test_a_no(person: Person, stored: Stored, said: str) -> None:
    """After a no nothing is stored, and everything goes on as before; a yes is still possible."""
    before = stored.number
    person.say(said)
    assert person.custom["kind"] == "service"
    assert "Nothing was passed on" in person.text
    person.say("what was the dose?")
    assert person.custom["topic"] == "dose"
    person.say("yes")
    assert stored.number == before
    person.say("/see_rules")
    assert "reference" not in person.custom["verdict"]
    assert stored.number == before
    person.say("share it")
    assert stored.number == before + 1


@pytest.mark.parametrize(
    "said",
    [
        "maybe",
        "I think so",
        "yes but not my name",
        "why not?",
        "share it with my daughter",
        "what was the dose?",
        "hmm ok?",
    ],
)
def test_neither(person: Person, stored: Stored, said: str) -> None:
    """What is not plain stores nothing, and the button stays good."""
    before = stored.number
    person.say(said)
    assert stored.number == before
    person.say("/share_prescreening")
    assert reference_of(person)
    assert stored.number == before + 1


def test_questions_in_between(person: Person, stored: Stored) -> None:
    """Questions on sharing are answered, and then a plain yes is good; after another answer it is asked again."""
    before = stored.number
    for said, words in (("who sees it?", "log in"), ("how long do you keep it?", "180 days"), ("why?", "talk it over")):
        person.say(said)
        assert words in person.text
        assert list(person.buttons) == [YES, NO]
    person.say("was there a placebo?")
    assert person.custom["topic"] == "placebo"
    assert {YES, NO} <= set(person.buttons)
    person.say("yes")
    assert stored.number == before
    person.say("yes")
    assert reference_of(person)


def test_yes_twice(person: Person, stored: Stored) -> None:
    """A second yes gives the same reference, and no second record."""
    before = stored.number
    person.say("yes")
    reference = reference_of(person)
    for said in ("/share_prescreening", "share it"):
        person.say(said)
        assert reference_of(person) == reference
    person.say("/see_rules")
    assert person.custom["verdict"]["reference"] == reference
    person.say("what if I were 70?")
    assert "reference" not in person.custom["verdict"]
    assert stored.number == before + 1


def test_a_changed_answer_is_another_record(person: Person, stored: Stored) -> None:
    """A new result is asked about anew; the first record stays as it was, and the second is another."""
    person.say("yes")
    first = reference_of(person)
    person.say("my age is wrong")
    person.say("11")
    person.say("no, let's end here")
    assert "reference" not in person.custom["verdict"]
    assert first in person.text
    person.say("yes")
    second = reference_of(person)
    assert first != second
    ages = [json.loads(stored.record(reference)["state"])["answers"]["age_years"] for reference in (first, second)]
    assert ages == [12, 11]


def test_nothing_to_share(screening: Screening, stored: Stored) -> None:
    """Without a result, and while a question is open, nothing can be shared; the question stays open."""
    before, person = stored.number, screening.person()
    person.say("/share_prescreening")
    assert person.custom["kind"] == "service"
    person.answer("64")
    person.say("/share_prescreening")
    assert (person.custom["kind"], person.key) == ("service", "sex")
    person.say("share it with the team")
    assert person.key == "sex"
    assert stored.number == before


def test_it_is_shared_after_a_restart(screening: Screening, stored: Stored) -> None:
    """The servers may be restarted between the question and the yes: nothing is lost of the transcript."""
    person = screening.person()
    person.begin()
    person.say("12")
    person.say("/deny")
    screening.stop()
    screening.start()
    person.say("yes")
    said = [line["text"] for line in stored.lines(reference_of(person))]
    assert "12" in said
    assert said[-1] == "yes"


def test_a_shared_conversation_is_kept(screening: Screening, person: Person) -> None:
    """The store is told that the conversation was shared, so that it keeps it for as long."""
    folder = Path(screening.settings.folder)
    chosen = "SELECT sender_id FROM shared_conversations"

    def kept() -> set[str]:
        with closing(sqlite3.connect(folder / "conversations.db", timeout=20)) as connection:
            return {row[0] for row in connection.execute(chosen)}

    before = kept()
    person.say("yes")
    assert len(kept() - before) == 1


# A contact


def test_a_contact(person: Person, stored: Stored) -> None:
    """A name and a number are asked for only then, stored with the record, said back, and not in the transcript."""
    person.say("yes")
    reference = reference_of(person)
    person.say(person.buttons["Leave my contact"])
    person.say("my name is Anna Rossi")
    person.say("was there a placebo?")
    assert (person.custom["kind"], "telephone" in person.text) == ("answer", True)
    person.say("12")
    assert "+39" in person.text
    person.say("333 123 4567")
    assert "+39 333 123 4567" in person.text
    record = stored.record(reference)
    assert (record["name"], record["phone"], record["email"]) == ("Anna Rossi", "+39 333 123 4567", "")
    person.say("my age is wrong")
    person.say("11")
    person.say("no")
    person.say("yes")
    said = " ".join(line["text"] for line in stored.lines(reference_of(person)))
    assert "Rossi" not in said
    assert "333" not in said


def test_a_contact_in_one_message(person: Person, stored: Stored) -> None:
    """A number told at once is taken, and nothing more is asked."""
    person.say("yes")
    reference = reference_of(person)
    person.say("you can reach me at anna.rossi@example.org")
    assert "anna.rossi@example.org" in person.text
    assert stored.record(reference)["email"] == "anna.rossi@example.org"
    person.say("what was the dose?")
    assert person.custom["topic"] == "dose"


@pytest.mark.parametrize("said", ["no", "No, thanks", "/no_contact", "I don't want to be called"])
def test_no_contact(person: Person, stored: Stored, said: str) -> None:
    """A no leaves it at that."""
    person.say("yes")
    reference = reference_of(person)
    person.say(said)
    assert "The team has your result without it" in person.text
    assert stored.record(reference)["phone"] == ""


def test_an_emergency_while_a_contact_is_asked_for(person: Person, stored: Stored) -> None:
    """It comes first, nothing is stored of it, and nothing is asked any more."""
    person.say("yes")
    reference = reference_of(person)
    person.say("yes")
    person.say("my chest hurts badly and my left arm is numb")
    assert (person.custom["kind"], person.buttons) == ("emergency", {})
    person.say("what was the dose?")
    assert person.custom["topic"] == "dose"
    assert "name" not in person.text
    assert stored.record(reference)["name"] == ""


def test_a_contact_without_a_record(screening: Screening, person: Person) -> None:
    """Where nothing was shared there is nothing to add it to, and no form stays open."""
    person.say("/leave_contact")
    assert "nothing shared" in person.text
    person.say("what was the dose?")
    assert person.custom["topic"] == "dose"
    other = screening.person()
    other.say("/leave_contact")
    assert other.custom["kind"] == "service"


# Trouble


@contextmanager
def without(file: Path, table: str) -> Iterator[None]:
    """A database in which nothing can be written into a table for a while."""
    with closing(sqlite3.connect(file, timeout=20)) as connection:
        connection.execute(f"ALTER TABLE {table} RENAME TO {table}_away")
        connection.commit()
    try:
        yield
    finally:
        with closing(sqlite3.connect(file, timeout=20)) as connection:
            connection.execute(f"ALTER TABLE {table}_away RENAME TO {table}")
            connection.commit()


def test_it_cannot_be_stored(person: Person, screening: Screening, stored: Stored) -> None:
    """Then it is said that nothing was passed on; nothing is half stored, nothing lost, and a button tries again."""
    screening.person().say("hello")
    other = screening.person()
    other.begin()
    other.say("12")
    other.say("no")
    other.say("yes")
    before = stored.number
    with without(stored.file, "records_line"):
        person.say("yes")
        assert person.custom["kind"] == "service"
        assert "Nothing was passed on" in person.text
        assert list(person.buttons) == ["Try again", NO]
    assert stored.number == before
    person.say(person.buttons["Try again"])
    assert reference_of(person)
    assert stored.number == before + 1


def test_a_contact_cannot_be_stored(person: Person, stored: Stored) -> None:
    """Then it is asked again, and can be given again."""
    person.say("yes")
    reference = reference_of(person)
    person.say("yes")
    person.say("skip")
    with without(stored.file, "records_auditentry"):
        person.say("333 1234567")
        assert "could not store" in person.text
    assert stored.record(reference)["phone"] == ""
    person.say("333 1234567")
    assert stored.record(reference)["phone"] == "+39 333 123 4567"


def test_the_logs_say_nothing_of_anybody(screening: Screening, person: Person, stored: Stored) -> None:
    """Neither what was said nor a contact, a reference or a traceback stands in a log, in good times and in bad."""
    person.say("yes")
    reference = reference_of(person)
    person.say("yes")
    person.say("Zebedee Quux")
    with without(stored.file, "records_auditentry"):
        person.say("zebedee@example.org")
    logs = [path.read_text(encoding="utf-8") for path in (Path(screening.settings.folder) / "logs").glob("*.log")]
    assert logs
    for secret in ("Zebedee", "zebedee@", reference, "age_years", "Traceback"):
        assert not any(secret in log for log in logs), secret


# Numbers


def test_what_is_counted(screening: Screening, stored: Stored) -> None:
    """Begun, finished, by outcome, declined, where somebody stopped and what was left out: numbers only."""
    begun, finished = stored.counts("begun").get("", 0), stored.counts("finished").get("", 0)
    person = screening.person()
    person.begin()
    person.say("I'd rather not say")
    person.say("stop")
    other = screening.person()
    other.begin()
    other.say("12")
    other.say("no")
    other.say("no")
    assert stored.counted("begun", "", begun + 2)
    assert stored.counted("finished", "", finished + 1)
    assert stored.counted("declined", "", 1)
    assert stored.counted("outcome", "not_a_match", 1)
    assert stored.counted("skipped", "age_years", 1)
    assert stored.counted("stopped_at", "sex", 1)
    # A second result of the same pre-screening is no second end.
    other.say("my age is wrong")
    other.say("11")
    other.say("no")
    screening.person().begin()
    assert stored.counted("begun", "", begun + 3)
    assert stored.counts("finished").get("", 0) == finished + 1
