"""Whether a message wants something deleted by its reference, and how often a wrong one may be tried."""

from __future__ import annotations

import pytest

from actions.interview.build import deleting
from actions.interview.deleting import HOUR, MOST_AN_HOUR, MOST_IN_ONE, WrongReferences

READER = deleting("en").reader


@pytest.mark.parametrize(
    "said", ["delete my data RS-7KQ4-M2", "please delete RS7KQ4M2", "Erase RS-7KQ4-M2!", "can you remove rs 7kq4 m2"]
)
def test_a_wish(said: str) -> None:
    """A reference beside a word for deleting is a wish."""
    assert READER.wishes(said)


@pytest.mark.parametrize(
    "said",
    [
        "RS-7KQ4-M2",
        "my reference is RS-7KQ4-M2",
        "don't delete RS-7KQ4-M2",
        "what happens if I delete RS-7KQ4-M2",
        "was RS-7KQ4-M2 deleted?",
        "how do I delete RS-7KQ4-M2?",
    ],
)
def test_no_plain_wish(said: str) -> None:
    """What cannot be undone is done only where the wish is plain."""
    assert not READER.wishes(said)


@pytest.mark.parametrize(("said", "meant"), [("delete RS-12", True), ("RS 7KQ4M", True), ("delete my data", False)])
def test_meant_as_a_reference(said: str, meant: bool) -> None:
    """What was meant as a reference is told from a message without one."""
    assert READER.looks_like_one(said) == meant


def test_wrong_references_of_one() -> None:
    """Five wrong ones may be tried in a conversation; another one is not held up by that."""
    wrong = WrongReferences(lambda: 0.0)
    for _ in range(MOST_IN_ONE):
        assert not wrong.too_many("one")
        wrong.add("one")
    assert wrong.too_many("one")
    assert not wrong.too_many("other")
    assert MOST_IN_ONE == 5


def test_wrong_references_of_all() -> None:
    """Fifty may be tried within an hour in all; then it is over for everybody until the hour is."""
    now = [0.0]
    wrong = WrongReferences(lambda: now[0])
    for number in range(MOST_AN_HOUR):
        assert not wrong.too_many("somebody else")
        wrong.add(str(number))
    assert wrong.too_many("somebody else")
    now[0] = HOUR + 1
    assert not wrong.too_many("somebody else")
    assert MOST_AN_HOUR == 50
