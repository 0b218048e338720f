"""Words are read as people type them, and put right where a letter is wrong."""

from __future__ import annotations

import pytest

from understanding.words import Speller, straighten, typing_errors_allowed


@pytest.mark.parametrize(
    ("typed", "straight"),
    [
        ("what’s  the\n‘dose’", "what's the 'dose'"),
        ("“RESORT” – a trial", '"RESORT" - a trial'),
        ("  Milan \t", "Milan"),
        ("It's plain", "It's plain"),
        ("", ""),
    ],
)
def test_straightened(typed: str, straight: str) -> None:
    """Quotes and hyphens are made plain and spaces single; words and their case are kept."""
    assert straighten(typed) == straight


@pytest.mark.parametrize(
    ("word", "errors"), [("dose", 0), ("doses", 1), ("placebo", 1), ("warfarin", 2), ("randomisation", 2)]
)
def test_errors_allowed(word: str, errors: int) -> None:
    """The longer a word, the more of its letters may be wrong; short words must be right."""
    assert typing_errors_allowed(word) == errors


@pytest.fixture
def speller() -> Speller:
    """A speller that was taught a few words."""
    return Speller(["sorafenib", "warfarin", "placebo", "Dose", "trial", "tall"], ["trail", "farming"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sorafinib", "sorafenib"),
        ("srafenib", "sorafenib"),
        ("soarfenib", "sorafenib"),
        ("WARFRIN", "warfarin"),
        ("Was there a placbo?", "was there a placebo?"),
        ("wafarin, please", "warfarin, please"),
    ],
)
def test_corrected(speller: Speller, typed: str, meant: str) -> None:
    """A letter that is wrong, missing or swapped is mended; marks are kept."""
    assert speller.correct(typed) == meant


@pytest.mark.parametrize("typed", ["trail", "farming", "dose", "tell", "400 mg", "xyzzy plugh", ""])
def test_left_alone(speller: Speller, typed: str) -> None:
    """Words of the language, short words, numbers and words like none that was taught are left alone."""
    assert speller.correct(typed) == typed


def test_the_first_letter_counts() -> None:
    """Of two words equally near, the one that begins as typed is meant."""
    assert Speller(["bowels", "towels"]).correct("towfls") == "towels"


def test_what_is_taught_is_known() -> None:
    """A taught word is never changed into another."""
    speller = Speller(["warfarin", "warfarine"])
    assert speller.correct("warfarin warfarine") == "warfarin warfarine"
