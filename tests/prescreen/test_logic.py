"""Kleene's logic, part by part, and the one table of operators."""

import itertools

import pytest

from actions.prescreen.logic import (
    OPERATORS,
    AllOf,
    AnyOf,
    Known,
    Needs,
    Renewable,
    Reversible,
    UnknownIf,
    Yes,
)

TRUTHS = [True, False, None]


def judged(join, *truths):
    answers = {f"part{n}": truth for n, truth in enumerate(truths) if truth is not None}
    return join(*(Yes("", f"part{n}") for n in range(len(truths)))).judge(answers, 1)


@pytest.mark.parametrize("truths", itertools.product(TRUTHS, repeat=3))
def test_all(truths):
    """One part that fails is enough to fail; then one that is not known is enough to be so."""
    assert judged(AllOf, *truths) is (False if False in truths else None if None in truths else True)


@pytest.mark.parametrize("truths", itertools.product(TRUTHS, repeat=3))
def test_any(truths):
    """One part that holds is enough to hold; then one that is not known is enough to be so."""
    assert judged(AnyOf, *truths) is (True if True in truths else None if None in truths else False)


@pytest.mark.parametrize("truths", itertools.product(TRUTHS, repeat=3))
def test_known(truths):
    """What is not known is left aside, unless nothing is known."""
    assert judged(Known, *truths) is (False if False in truths else True if True in truths else None)


def test_the_joins_of_one_part():
    """Only the team can say where `unknown_if` holds; the notes hold as their part does."""
    assert [judged(UnknownIf, truth) for truth in TRUTHS] == [None, False, None]
    assert [judged(Reversible, truth) for truth in TRUTHS] == TRUTHS
    assert [judged(Renewable, truth) for truth in TRUTHS] == TRUTHS


@pytest.mark.parametrize(("first", "second"), itertools.product(TRUTHS, repeat=2))
def test_needs(first, second):
    """A part that needs another says nothing unless the other surely holds."""
    assert judged(Needs, first, second) is (second if first is True else None)


def test_operators():
    """Each operator does what its sign says, and there are no more."""
    numbers = [(1, 2), (2, 2), (3, 2)]
    expected = {
        "<": [True, False, False],
        "<=": [True, True, False],
        ">": [False, False, True],
        ">=": [False, True, True],
    }
    for sign, truths in expected.items():
        assert [OPERATORS[sign](one, other) for one, other in numbers] == truths
    assert [OPERATORS["is"](word, {"a", "b"}) for word in "abc"] == [True, True, False]
    assert [OPERATORS["is not"](word, {"a", "b"}) for word in "abc"] == [False, False, True]
    assert set(OPERATORS) == {*expected, "is", "is not"}


def test_what_is_not_known_can_be_left_aside():
    """A rule less what is not known is made of the other parts; of nothing, if there are none."""
    rule = AllOf(Yes("", "a"), AnyOf(Yes("", "b"), Yes("", "c")), Known(Yes("", "d")))
    assert rule.known({}) is None
    assert rule.known({"b": True}).judge({"b": True}, 1) is True
    assert rule.known({"b": True, "a": False}).judge({"b": True, "a": False}, 1) is False
    assert Needs(Yes("", "a"), Yes("", "b")).known({"b": True}) is None
    assert rule.looks_at() == ["a", "b", "c", "d"]
