"""Who answers, and for whom: two answers in one breath, carers, and what is told of somebody else."""

from __future__ import annotations

import pytest

from tests.interview.talking import Talking, at, text


@pytest.mark.parametrize(
    ("said", "age", "sex"),
    [
        ("I'm a woman of 58", 58, "female"),
        ("72, male", 72, "male"),
        ("an old lady of 80", 80, "female"),
        ("58", 58, None),
        ("58, but not a woman", None, None),
    ],
)
def test_age_and_sex_in_one_breath(said: str, age: int | None, sex: str | None) -> None:
    """What is said of the sex beside the age is kept too, said back, and not asked again."""
    talking = Talking()
    talking.say(said)
    assert (talking.state.answers.get("age_years"), talking.state.answers.get("sex")) == (age, sex)
    if sex:
        assert talking.key == "rcc_confirmed"
        assert talking.reply.text.startswith(f"Age: {age}. Sex: {'Woman' if sex == 'female' else 'Man'}.")


def test_a_carer_is_told_who_is_meant() -> None:
    """Whoever answers for another is told once that “you” means the patient."""
    talking = Talking()
    talking.say("my mother is 71")
    assert talking.state.answers == {"age_years": 71}
    assert talking.reply.text.startswith(text("for_another"))
    talking.say("she is a woman")
    assert text("for_another") not in talking.reply.text
    talking.say("she had a biopsy, yes")
    assert text("for_another") not in talking.reply.text


def test_a_carer_is_known_by_she_or_he() -> None:
    """“She had the right one out” is an answer, of somebody who answers for her."""
    talking = at("nephrectomy")
    talking.say("she had the right one out in 2021")
    assert talking.state.answers["nephrectomy"] is True
    assert talking.reply.text.startswith(text("for_another"))


def test_what_is_told_of_a_relative_is_no_answer() -> None:
    """A cancer of one's mother is not one's own: it is asked whom it is about; a carer says it once more."""
    talking = at("other_cancer")
    talking.say("my mother had breast cancer")
    assert "other_cancer" not in talking.state.answers
    assert talking.reply.text.startswith(text("of_another"))
    talking.say("my mother had breast cancer")
    assert talking.state.answers["other_cancer"] == "other"


def test_a_story_beside_a_plain_yes() -> None:
    """Of “yes, they took it out, my husband was still alive then” the yes counts."""
    talking = at("nephrectomy")
    talking.say("yes they took the whole left kidney out, my husband was still alive then")
    assert talking.state.answers["nephrectomy"] is True


def test_back_after_an_answer_was_put_right() -> None:
    """“Back” leads to the question before the open one, not to the one that was put right."""
    talking = Talking()
    for said in ("58", "a woman", "yes", "change my age to 63"):
        talking.say(said)
    assert talking.key == "clear_cell"
    talking.say("back")
    assert talking.key == "rcc_confirmed"


def test_a_yes_that_looks_like_a_question() -> None:
    """“Yes, had it out two years ago” is an answer, though it has the form of a question; with a mark it is none."""
    talking = at("nephrectomy")
    talking.say("yes had it out 2 years ago", "dates", asks=True)
    assert talking.state.answers["nephrectomy"] is True
    talking = at("nephrectomy")
    talking.say("yes, what was the dose?", "dose", asks=True)
    assert (talking.reply.kind, talking.key) == ("answer", "nephrectomy")
