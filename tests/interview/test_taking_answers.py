"""Every question takes its answers, in words and by buttons, and refuses with a reason what cannot be right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.interview.questions import questionnaire
from actions.interview.state import State
from actions.prescreen import faults
from tests.interview.talking import KEYS, ON, Talking, at, text, text_of

CASES: dict[str, Any] = yaml.load(
    (Path(__file__).parent / "en" / "answers.yml").read_text(encoding="utf-8"), Loader=yaml.SafeLoader
)


def each(part: str) -> Iterator[Any]:
    for key, cases in CASES.items():
        for said, expected in cases[part].items():
            yield pytest.param(key, str(said), expected, id=f"{key}-{said}")


def kept(key: str, talking: Talking) -> Any:
    """The answer that is kept, in the form of the command line; a laboratory value as text, to be compared."""
    value = talking.state.answers.get(key)
    if isinstance(value, dict) and "unit" in value:
        return " ".join(str(value[part]) for part in ("value", "unit", "upper_limit") if part in value)
    return value


def test_every_question_has_cases() -> None:
    """No question is forgotten here."""
    assert list(CASES) == KEYS


@pytest.mark.parametrize(("key", "said", "expected"), each("takes"))
def test_an_answer_is_taken(key: str, said: str, expected: Any) -> None:
    """An answer in a person's own words is kept in the form in which the rules take it, and said back."""
    talking = at(key)
    turns = said.split(" | ")
    for turn in turns[:-1]:
        talking.say(turn)
        assert (talking.reply.kind, talking.key) == ("question", key)
        assert talking.reply.text.endswith(text_of(key, "limit"))
        assert key not in talking.state.answers
    talking.say(turns[-1])
    if expected is None:
        expected = "none"
    assert kept(key, talking) == expected
    assert type(kept(key, talking)) is type(expected)
    assert faults(talking.state.judged(), ON) == []
    assert talking.key != key
    if "know" not in turns[-1]:
        short = talking.interview._wording.short(key)
        assert talking.reply.text.startswith(text("said_back", short=short, answer="")[:-2])


@pytest.mark.parametrize(("key", "said", "reason"), each("refuses"))
def test_what_cannot_be_right_is_refused(key: str, said: str, reason: str) -> None:
    """What cannot be right is asked again, with the reason, and not kept."""
    talking = at(key)
    before = talking.state.answers
    for turn in said.split(" | "):
        # Of a message such as “I am 460” it may be thought that it asks about the age.
        talking.say(turn, "criterion" if reason == "unreadable" else "age")
    assert (talking.reply.kind, talking.key) == ("question", key)
    assert (talking.state.answers, talking.state.skipped) == (before, {})
    question = questionnaire()[key]
    units = [talking.state.half["unit"]] if talking.state.half else list(question.units)
    again = talking.interview._wording.of(key, "again") if reason == "unreadable" else None
    expected = again or text("reasons", reason, units=talking.interview._wording.units(units))
    assert talking.reply.text.startswith(expected)


def buttons() -> Iterator[Any]:
    for key in KEYS:
        talking = at(key)
        assert talking.reply.question
        for choice in talking.reply.question.get("choices", []):
            for said in dict.fromkeys((choice["title"], json.dumps(choice["value"]).strip('"'))):
                yield pytest.param(key, said, choice["value"], id=f"{key}-{said}")


@pytest.mark.parametrize(("key", "said", "value"), buttons())
def test_a_button_is_pressed(key: str, said: str, value: Any) -> None:
    """What is pressed is kept, whether its title is sent or its value."""
    talking = at(key)
    talking.say(said, "affirm" if value is True else "deny")
    assert talking.state.answers[key] == value
    assert type(talking.state.answers[key]) is type(value)


@pytest.mark.parametrize("key", KEYS)
def test_a_question_as_it_is_carried(key: str) -> None:
    """`custom.question` has the key, the place and the input, and choices where there are any to press."""
    talking = at(key)
    question = talking.reply.custom()["question"]
    kind = questionnaire()[key].input
    assert set(question) - {"choices"} == {"key", "number", "of", "input"}
    assert (question["key"], question["input"]) == (key, kind)
    assert 1 <= question["number"] <= question["of"]
    assert ("choices" in question) >= (kind in ("boolean", "choice"))
    json.dumps(question)


def test_numbers_are_kept_as_they_are_written() -> None:
    """Decimals are neither rounded nor made longer."""
    talking = at("hemoglobin")
    talking.say("9.00 g/dL")
    assert talking.state.judged()["hemoglobin"]["value"] == Decimal("9")
    talking = at("creatinine")
    talking.say("1.449999999999999999 mg/dL")
    talking.say("1.3")
    assert talking.state.judged()["creatinine"]["value"] == Decimal("1.449999999999999999")


def test_no_operation_has_no_day() -> None:
    """“I had no such operation” leaves the day out, as not known."""
    talking = at("metastasectomy_date")
    talking.say("I had no such operation")
    assert talking.state.skipped == {"metastasectomy_date": "dont_know"}


# Corrections of what was said just before


def test_a_correction_changes_the_answer_before() -> None:
    """“Sorry, I meant 73” changes the answer before, and the open question comes again."""
    talking = Talking()
    talking.say("72")
    assert talking.key == "sex"
    talking.say("sorry, I meant 73")
    assert (talking.state.answers, talking.key) == ({"age_years": 73}, "sex")


def test_a_correction_of_a_result_before_its_limit() -> None:
    """“Sorry, I meant 0.9” before the limit changes this result, and no other answer."""
    talking = at("ast", alt={"value": "30", "unit": "U/L", "upper_limit": "40"})
    talking.say("35 U/L")
    talking.say("sorry, I meant 45 U/L")
    assert talking.key == "ast"
    assert talking.state.answers["alt"]["value"] == "30"
    talking.say("40")
    assert kept("ast", talking) == "45 U/L 40"


def test_a_correction_is_refused_like_any_answer() -> None:
    """A correction that cannot be right changes nothing."""
    talking = Talking()
    talking.say("72")
    talking.say("sorry, I meant 460")
    assert talking.state.answers == {"age_years": 72}


def test_back_and_forth_keeps_no_answer_twice() -> None:
    """However often one goes back, every question is answered once, and counted once."""
    talking = Talking()
    talking.say("72")
    talking.say("Woman")
    talking.say("back")
    talking.say("back")
    assert talking.key == "age_years"
    talking.say("back")
    assert talking.key == "age_years"
    assert text("nothing_before") in talking.reply.text
    for said in ("73", "Woman", "yes"):
        talking.say(said)
    assert talking.state.trail == ["age_years", "sex", "rcc_confirmed"]
    assert talking.reply.question
    assert talking.reply.question["number"] == 4


# What goes together, and what does not


def pregnant(**answers: Any) -> Talking:
    """A woman who said that she is pregnant."""
    given = {"sex": "female", "could_become_pregnant": True, "pregnant": True, **answers}
    return Talking(State(ON.isoformat(), answers=given, trail=list(given), key="breastfeeding"))


@pytest.mark.parametrize(
    ("name", "answer", "contradiction", "left"),
    [
        ("sex", "Man", "contradiction_male", {"sex": "male"}),
        (
            "could become pregnant",
            "no",
            "contradiction_pregnant",
            {"sex": "female", "could_become_pregnant": False},
        ),
    ],
)
def test_a_contradiction_is_sorted_out(name: str, answer: str, contradiction: str, left: dict[str, Any]) -> None:
    """Answers that cannot both be right are not kept: both are named; who says it again means it."""
    talking = pregnant()
    talking.say(f"change {name}")
    key = talking.key
    talking.say(answer)
    assert text(contradiction) in talking.reply.text
    assert (talking.reply.kind, talking.key) == ("question", key)
    assert key not in talking.state.answers
    talking.say(answer)
    assert talking.state.answers == left
    assert set(talking.state.trail) == set(left)


def test_a_contradiction_is_taken_back() -> None:
    """Who corrects the new answer keeps the old one."""
    talking = pregnant()
    talking.say("change my sex")
    talking.say("Man")
    talking.say("Woman")
    assert talking.state.answers == {"sex": "female", "could_become_pregnant": True, "pregnant": True}
    assert text("contradiction_male") not in talking.reply.text


def test_another_sex_drops_what_no_longer_matters() -> None:
    """Of a man nothing is kept about pregnancy, and nothing asked."""
    given = {"sex": "female", "could_become_pregnant": False, "breastfeeding": False}
    talking = Talking(State(ON.isoformat(), answers=given, trail=list(given), key="age_years"))
    talking.say("my sex is wrong")
    talking.say("Man")
    assert talking.state.answers == {"sex": "male"}
    assert talking.state.trail == ["sex"]


def test_skipping_drops_what_no_longer_matters() -> None:
    """An answer that is taken back takes with it those that were asked because of it."""
    given = {"brain_metastases": True, "brain_symptoms": True, "brain_stable": True}
    talking = Talking(State(ON.isoformat(), answers=given, trail=list(given), key="steroids"))
    talking.say("change my brain metastases")
    assert talking.key == "brain_metastases"
    talking.say("I don't know")
    assert talking.state.answers == {}
    assert talking.state.trail == ["brain_metastases"]


def test_what_was_skipped_and_no_longer_matters_is_not_gone_back_to() -> None:
    """“Back” never leads to a question that is not asked any more."""
    talking = Talking(
        State(
            ON.isoformat(),
            answers={"brain_metastases": True},
            skipped={"brain_symptoms": "dont_know"},
            trail=["brain_metastases", "brain_symptoms"],
            key="brain_stable",
        )
    )
    talking.say("change my brain metastases")
    talking.say("no")
    assert (talking.state.skipped, talking.state.trail) == ({}, ["brain_metastases"])


# Words and reasons of another question


def test_a_word_of_another_question_is_explained() -> None:
    """“What is dialysis?” is answered with that word, not with the help of the open question."""
    talking = at("sex")
    talking.say("what is dialysis?", "unclear", asks=True)
    assert text_of("dialysis", "help") in talking.reply.text
    assert (talking.reply.kind, talking.key) == ("question", "sex")
    talking.say("What is sorafenib?", "drug", asks=True)
    assert (talking.reply.kind, talking.key) == ("answer", "sex")


def test_the_reason_of_another_question_is_given() -> None:
    """“Why do you want to know my age?” is answered for the age, wherever it is asked."""
    talking = at("sex")
    talking.say("why do you want to know my age?", "unclear", asks=True)
    assert text_of("age_years", "why") in talking.reply.text
    assert (talking.reply.kind, talking.key) == ("question", "sex")


# Changing without a name


def test_which_answer_is_to_be_changed() -> None:
    """Without a name it is asked which; what is proposed there works."""
    talking = at("sex")
    talking.say("I want to change an answer", "change_answer")
    assert text("change_which") in talking.reply.text
    assert "Age: 70" in talking.reply.text
    assert (talking.reply.kind, talking.key) == ("question", "sex")
    proposed = text("change_which").split("“")[1].split("”")[0]
    talking.say(proposed)
    assert talking.key == "age_years"


def test_an_answer_not_given_yet_is_not_changed() -> None:
    """Who wants to change what was not asked yet is shown the answers so far."""
    talking = at("sex")
    talking.say("change my creatinine", "change_answer")
    assert "Age: 70" in talking.reply.text
    assert talking.key == "sex"


def test_a_yes_with_contrary_words_is_asked_again() -> None:
    """“Yes, it's all gone” is no answer: both readings are there to press, and either of them is taken."""
    talking = at("residual_disease")
    reply = talking.say("yes it's all gone")
    assert talking.key == "residual_disease"
    assert "residual_disease" not in talking.state.answers
    titles = [choice["title"] for choice in (reply.question or {})["choices"]]
    assert titles == ["Some cancer was left", "Nothing was left"]
    assert [button.title for button in reply.buttons][:2] == titles
    talking.press("Nothing was left")
    assert talking.state.answers["residual_disease"] is False
    assert talking.key != "residual_disease"


@pytest.mark.parametrize(
    ("said", "kept"), [("about six weeks ago", "2026-10-09"), ("four weeks ago", "2026-10"), ("in October", "2026-10")]
)
def test_a_rough_date_is_as_exact_as_it_may_be(said: str, kept: str) -> None:
    """A day is taken only where every day that may be meant comes to the same; else the month stands."""
    talking = at("metastasectomy_date")
    talking.say(said)
    assert talking.state.answers["metastasectomy_date"] == kept
    assert ("about 9 October 2026" in talking.reply.text) == (kept == "2026-10-09")


def test_the_day_of_a_month_can_be_told_at_once() -> None:
    """Where the day would decide a rule the reply says so, and “it was the 9th” gives it."""
    talking = at("metastasectomy_date")
    talking.say("in October")
    assert text("day_helps") in talking.reply.text
    talking.say("it was the 9th")
    assert talking.state.answers["metastasectomy_date"] == "2026-10-09"
    assert talking.key != "metastasectomy_date"


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (("age_years", "71"), "not 71 but 72", 72),
        (("age_years", "86"), "sorry, 68", 68),
        (("metastasectomy_date", "3 October"), "no, the 4th", "2026-10-04"),
        (("systemic_therapy_end_date", "5 May 2024"), "I meant 2025", "2025-05-05"),
    ],
)
def test_a_part_is_put_right(before: tuple[str, str], said: str, after: Any) -> None:
    """A correction changes what it names of the answer before, and leaves the rest."""
    key, first = before
    talking = at(key)
    talking.say(first)
    talking.say(said)
    assert talking.state.answers[key] == after


@pytest.mark.parametrize("said", ["no, both still there", "not that one", "no one told me"])
def test_a_no_is_no_correction(said: str) -> None:
    """A no that goes on with a word that may be a number changes no earlier answer."""
    talking = at("sex")
    talking.say("woman")
    before = dict(talking.state.answers)
    talking.say(said)
    assert {key: talking.state.answers.get(key) for key in before} == before


def test_a_date_of_something_else_is_no_answer() -> None:
    """“I had breast cancer in 2008” does not say when the metastases were taken out."""
    talking = at("metastasectomy_date")
    talking.say("I had breast cancer in 2008")
    assert (talking.key, "metastasectomy_date" in talking.state.answers) == ("metastasectomy_date", False)
