"""A contact: two short steps, checked, said back, and ended whenever somebody wants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from actions.answering import Asked, Talk, Turn
from actions.interview.build import contacts
from actions.interview.contact import NAME, REACH, Checks, Given, Taken
from actions.interview.interview import Heard
from actions.interview.sharing import SHARED, Sharing
from actions.trial import trial

CONTACTS = contacts("en")
TEXTS: dict[str, Any] = trial().texts["en"].sharing["contact"]
REFERENCE = "RS-7KQ4-M2"
DONE = Sharing(SHARED, (REFERENCE,))
NUMBER, ADDRESS = "+39 333 123 4567", "anna.rossi@example.org"


def name_of(text: str) -> str | None:
    return text if 0 < len(text) <= 100 and any(sign.isalpha() for sign in text) else None


def phone_of(text: str) -> str | None:
    return NUMBER if "1234567" in text.replace(" ", "") else None


def email_of(text: str) -> str | None:
    return ADDRESS if ADDRESS in text else None


CHECKS = Checks(name_of, phone_of, email_of)


def say(text: str, topic: str = "out_of_scope", *, step: str = NAME, asks: bool = False, tries: int = 0) -> Taken:
    """What came of a message at a step."""
    heard = Heard(text, Turn((Asked(topic),)), asks or text.startswith("/"))
    return CONTACTS.hear(heard, replace(DONE, step=step, tries=tries), Talk(), CHECKS)[0]


def test_it_begins_with_the_name() -> None:
    """The name is asked for first, and can be skipped."""
    taken = CONTACTS.opened("/leave_contact", DONE, CHECKS)
    assert (taken.reply.text, taken.sharing.step) == (TEXTS["name"], NAME)
    assert [button.title for button in taken.reply.buttons] == ["Skip", "Stop"]
    assert not taken.given


def test_nothing_was_shared() -> None:
    """Without a record there is nothing to add a contact to."""
    taken = CONTACTS.opened("/leave_contact", Sharing(), CHECKS)
    assert (taken.reply.text, taken.sharing.step) == (TEXTS["none_to_add_to"], "")


@pytest.mark.parametrize("said", ["yes", "ok", "yes please"])
def test_a_yes_is_no_name(said: str) -> None:
    """Somebody who says once more that they want to is asked for the name again."""
    taken = say(said, "affirm")
    assert (taken.reply.text, taken.sharing.step, taken.given) == (TEXTS["name"], NAME, Given())


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Anna Rossi", "Anna Rossi"),
        ("my name is Anna Rossi", "Anna Rossi"),
        ("I'm Anna", "Anna"),
        ("it's Anna Rossi, thanks", "Anna Rossi"),
        ("Name: De Luca", "De Luca"),
        ("Imma Noè", "Imma Noè"),
    ],
)
def test_a_name(said: str, name: str) -> None:
    """A name is taken without the words around it, said back, and the number is asked for."""
    taken = say(said)
    assert taken.given == Given(name=name)
    assert taken.sharing.step == REACH
    assert name in taken.reply.text
    assert taken.reply.text.endswith(TEXTS["reach"])


@pytest.mark.parametrize("said", ["12", "a very long story about who I am and where from", "R2D2", "…"])
def test_no_name(said: str) -> None:
    """What can hardly be a name is asked again, with an example."""
    taken = say(said)
    assert not taken.given
    assert taken.sharing.step == NAME
    assert TEXTS["name_again"] in taken.reply.text


@pytest.mark.parametrize(
    ("said", "given", "told"),
    [
        ("333 1234567", Given(phone=NUMBER), NUMBER),
        (ADDRESS, Given(email=ADDRESS), ADDRESS),
        (f"333 1234567 or {ADDRESS}", Given(phone=NUMBER, email=ADDRESS), ADDRESS),
    ],
)
def test_a_number_or_an_address(said: str, given: Given, told: str) -> None:
    """It is taken, said back as it was understood, and nothing more is asked."""
    taken = say(said, step=REACH)
    assert taken.given == given
    assert taken.sharing.step == ""
    assert told in taken.reply.text
    assert REFERENCE in taken.reply.text


@pytest.mark.parametrize(
    ("said", "name"), [("Anna Rossi, 333 1234567", "Anna Rossi"), ("333 1234567", ""), ("call me on 333 1234567", "")]
)
def test_both_at_once(said: str, name: str) -> None:
    """A number said at the first step is taken at once, with a name that stands beside it."""
    assert say(said).given == Given(name=name, phone=NUMBER)
    assert CONTACTS.opened("my number is 333 1234567", DONE, CHECKS).given == Given(phone=NUMBER)


@pytest.mark.parametrize(
    ("said", "reason"), [("xx", "reach_again"), ("12 34", "phone_again"), ("anna@", "email_again")]
)
def test_neither(said: str, reason: str) -> None:
    """What is wrong is asked again with the reason and an example; after the second time skipping is offered."""
    taken = say(said, step=REACH)
    assert (taken.sharing.step, taken.sharing.tries) == (REACH, 1)
    assert TEXTS[reason] in taken.reply.text
    assert TEXTS["skip_offered"] not in taken.reply.text
    again = say(said, step=REACH, tries=1)
    assert TEXTS["skip_offered"] in again.reply.text
    assert [button.title for button in again.reply.buttons] == ["Skip"]


@pytest.mark.parametrize("said", ["skip", "I'd rather not say", "no name", "/dont_know", "I don't know"])
def test_skipping(said: str) -> None:
    """The name can be left out; the number too, and then it ends."""
    assert say(said).sharing.step == REACH
    ended = say(said, step=REACH)
    assert (ended.sharing.step, ended.reply.text) == ("", TEXTS["stopped"])


@pytest.mark.parametrize("said", ["no", "stop", "no thanks", "never mind", "/no_contact", "/stop", "not now"])
@pytest.mark.parametrize("step", [NAME, REACH])
def test_stopping(said: str, step: str) -> None:
    """A no or a stop ends it kindly at either step, and nothing is kept."""
    taken = say(said, "deny" if said == "no" else "out_of_scope", step=step)
    assert (taken.sharing.step, taken.reply.text, taken.given) == ("", TEXTS["stopped"], Given())


@pytest.mark.parametrize("said", ["back", "go back", "the name is wrong", "/go_back"])
def test_back(said: str) -> None:
    """From the number back to the name."""
    taken = say(said, "go_back" if "back" in said else "out_of_scope", step=REACH)
    assert (taken.sharing.step, taken.reply.text) == (NAME, TEXTS["name"])


def test_a_question_in_between() -> None:
    """It is answered as what it is, and the step is asked again."""
    taken = say("what was the dose?", "dose", step=REACH, asks=True)
    assert (taken.reply.kind, taken.reply.topic, taken.sharing.step) == ("answer", "dose", REACH)
    assert taken.reply.text.endswith(TEXTS["reach"])
    assert [button.title for button in taken.reply.buttons] == ["Skip"]


def test_an_emergency_comes_first() -> None:
    """Nothing is asked and nothing taken, even where a number stands beside it."""
    taken = say("I can't breathe, 333 1234567", "emergency", step=REACH)
    assert (taken.reply.kind, taken.sharing.step, taken.reply.buttons) == ("emergency", "", ())
    assert not taken.given


def test_it_could_not_be_stored() -> None:
    """Then it is said, and asked again."""
    reply = CONTACTS.failed(replace(DONE, step=REACH))
    assert reply.text == f"{TEXTS['failed']}\n\n{TEXTS['reach']}"
