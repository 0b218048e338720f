"""Whatever is said while a question is open, at any question: the reply is of the right kind, nothing wrong is kept."""

from __future__ import annotations

import pytest

from actions.interview.questions import questionnaire
from actions.interview.state import OPEN, STOPPED
from actions.replies import Reply
from tests.interview.talking import TURNS, Talking, at, text, text_of

EVERY = pytest.mark.parametrize(("key", "half"), TURNS, ids=lambda value: str(value))


def still_asks(talking: Talking, key: str, kind: str = "question") -> None:
    """The same question is asked again, in full."""
    reply = talking.reply
    assert (reply.kind, talking.key, talking.state.status) == (kind, key, OPEN)
    asked = text_of(key, "limit" if talking.state.half else "text")
    assert reply.text.endswith(asked)
    assert ("choices" in (reply.question or {})) == bool(choices(reply, key))
    assert reply.buttons


def choices(reply: Reply, key: str) -> list[str]:
    """The titles of a question's own buttons."""
    assert reply.question
    assert reply.question["number"] <= reply.question["of"]
    own = [choice["title"] for choice in reply.question.get("choices", [])]
    assert [button.title for button in reply.buttons][: len(own)] == own
    return own


@EVERY
@pytest.mark.parametrize("said", ["I don't know", "I don’t know", "not sure"])
def test_not_known(key: str, half: bool, said: str) -> None:
    """What is not known is left out, and the next question asked; a result without its limit is kept."""
    talking = at(key, half)
    before, result = talking.state.answers, talking.state.half
    talking.say(said, "dont_know")
    assert talking.key not in (None, key)
    assert talking.reply.kind == "question"
    if half:
        assert talking.state.answers == {**before, key: result}
        assert talking.state.half is None
    else:
        assert talking.state.answers == before
        assert talking.state.skipped == {key: "dont_know"}
    assert talking.state.trail[-1] == key


@EVERY
def test_rather_not(key: str, half: bool) -> None:
    """Nobody has to say."""
    talking = at(key, half)
    before = talking.state.answers
    talking.say("I'd rather not say")
    assert talking.key not in (None, key)
    assert {**talking.state.answers, key: None} == {**before, key: None}
    assert half or talking.state.skipped == {key: "rather_not"}


@EVERY
@pytest.mark.parametrize(("said", "part"), [("Why do you ask?", "why"), ("What does that mean?", "help")])
def test_why_and_what(key: str, half: bool, said: str, part: str) -> None:
    """Why it is asked, and what it means, is said, and the question repeated."""
    talking = at(key, half)
    before = talking.state
    talking.say(said, "unclear", asks=True)
    still_asks(talking, key)
    assert text_of(key, part) in talking.reply.text
    assert talking.state == before


@EVERY
def test_back(key: str, half: bool) -> None:
    """“Back” leads to the question before, and its answer is given anew; from a limit, to the result."""
    talking = at(key, half)
    last = talking.state.trail[-1]
    talking.say("back", "go_back")
    assert talking.reply.kind == "question"
    assert talking.state.half is None
    assert talking.key == talking.state.key == (key if half else last)
    if not half:
        assert last not in talking.state.answers


@EVERY
def test_another_answer_is_changed(key: str, half: bool) -> None:
    """An earlier answer is changed by its name; then the open question comes again."""
    talking = at(key, half)
    name, answer = ("dialysis", "no") if key == "age_years" else ("age", "81")
    talking.say(f"I'd like to change my {name}")
    changed = "dialysis" if key == "age_years" else "age_years"
    assert (talking.reply.kind, talking.key) == ("question", changed)
    assert changed not in talking.state.answers
    talking.say(answer)
    assert talking.state.answers[changed] == (False if key == "age_years" else 81)


@EVERY
@pytest.mark.parametrize("said", ["change my {name} to {answer}", "my {name} should be {answer}"])
def test_another_answer_is_changed_in_one_message(key: str, half: bool, said: str) -> None:
    """“Change the age to 63” needs no second message; then the open question comes again."""
    talking = at(key, half)
    name, answer, changed, value = (
        ("dialysis", "yes", "dialysis", True) if key == "age_years" else ("age", "63", "age_years", 63)
    )
    talking.say(said.format(name=name, answer=answer), "change_answer")
    assert talking.state.answers[changed] == value
    assert talking.reply.kind in ("question", "prescreen_result")


@EVERY
@pytest.mark.parametrize("said", ["How many more?", "how long does this take?", "are we nearly done?"])
def test_how_far_it_is(key: str, half: bool, said: str) -> None:
    """How many questions are left is told, and the question repeated."""
    talking = at(key, half)
    before = talking.state
    talking.say(said, "enrolment", asks=True)
    still_asks(talking, key)
    assert " more, some " in talking.reply.text or text("last_to_ask") in talking.reply.text
    assert talking.state == before


def test_nothing_is_left_out() -> None:
    """Every question of the questionnaire is a row of this matrix, and every limit another."""
    asked = [question.key for question in questionnaire().questions]
    assert [key for key, half in TURNS if not half] == asked
    assert [key for key, half in TURNS if half] == [q.key for q in questionnaire().questions if q.limit]
    columns = [name for name, test in globals().items() if name.startswith("test_") and hasattr(test, "pytestmark")]
    assert len(columns) >= 16


@EVERY
def test_answers_are_shown(key: str, half: bool) -> None:
    """The answers so far are shown, and the question repeated."""
    talking = at(key, half)
    before = talking.state
    talking.say("show my answers", "show_answers")
    still_asks(talking, key)
    assert text("answers_so_far") in talking.reply.text
    assert ("Dialysis: No" if key == "age_years" else "Age: 70") in talking.reply.text
    assert talking.state == before


@EVERY
@pytest.mark.parametrize(
    ("said", "topic", "kind", "asks"),
    [
        ("What was the dose of the drug?", "dose", "answer", True),
        ("tell me about the side effects of it all", "side_effects", "answer", False),
        ("What did taking part cost people?", "cost", "not_in_sources", True),
        ("Should I take this drug?", "medical_advice", "medical_advice", True),
        ("I want to talk to a nurse", "human", "service", False),
        ("Who reads what I write here?", "privacy", "service", True),
        ("Are you a robot?", "are_you_robot", "smalltalk", True),
        ("I am so scared of all this", "distress", "smalltalk", False),
        ("Will it rain in Paris?", "out_of_scope", "out_of_scope", True),
        ("/dose", "dose", "answer", False),
    ],
)
def test_question_in_between(key: str, half: bool, said: str, topic: str, kind: str, asks: bool) -> None:
    """A question asked in between is answered, as its own kind, and the open one is repeated."""
    talking = at(key, half)
    before = talking.state
    talking.say(said, topic, asks=asks)
    still_asks(talking, key, kind)
    assert talking.reply.custom().get("topic") == (topic if kind in ("answer", "not_in_sources") else None)
    assert talking.state == before


@EVERY
@pytest.mark.parametrize("said", ["stop", "later, please", "/stop"])
def test_stop_and_go_on(key: str, half: bool, said: str) -> None:
    """It can be stopped at any question, and taken up again at the same one."""
    talking = at(key, half)
    before = talking.state
    talking.say(said, "stop")
    assert (talking.reply.kind, talking.key, talking.state.status) == ("service", None, STOPPED)
    talking.resume()
    assert text("resumed") in talking.reply.text
    assert (talking.state.answers, talking.state.half) == (before.answers, before.half)
    assert talking.state.status == OPEN
    # The questions of these tests are out of their order: what comes is the first that is not answered.
    assert talking.key == (key if half else first_open(talking))


def first_open(talking: Talking) -> str:
    state = talking.state
    following = talking.interview._questionnaire.next(state.answers, state.skipped, state.day)
    assert following
    return following.key


@EVERY
def test_emergency(key: str, half: bool) -> None:
    """In an emergency help comes first: nothing is asked until the person goes on, and then nothing alarms any more."""
    talking = at(key, half)
    before = talking.state
    talking.say("I have chest pain and can't breathe", "emergency")
    assert (talking.reply.kind, talking.key, talking.reply.buttons) == ("emergency", None, ())
    assert talking.state.status == STOPPED
    assert talking.state.answers == before.answers
    talking.resume()
    assert talking.reply.kind == "question"
    assert talking.say("Can you help me with this?", "help", asks=True).kind == "service"
    assert talking.key


@EVERY
def test_emergency_beside_something_else(key: str, half: bool) -> None:
    """An emergency is one, whatever else the message asks."""
    talking = at(key, half)
    talking.say("What was the dose? I cannot breathe", "dose", "emergency", asks=True)
    assert (talking.reply.kind, talking.key, talking.state.status) == ("emergency", None, STOPPED)


@EVERY
def test_unreadable(key: str, half: bool) -> None:
    """What cannot be read is asked again; at the second time skipping is offered, also as a button."""
    talking = at(key, half)
    before = talking.state
    talking.say("purple elephants sing")
    still_asks(talking, key)
    skip = text("buttons", "skip")
    assert text("offer_skip") not in talking.reply.text
    assert skip not in {button.title for button in talking.reply.buttons}
    talking.say("purple elephants dance")
    still_asks(talking, key)
    assert text("offer_skip") in talking.reply.text
    assert (talking.state.answers, talking.state.skipped) == (before.answers, {})
    talking.press(skip)
    assert talking.reply.kind == "question"
    assert talking.key != key


@EVERY
def test_a_clumsy_answer_is_no_question(key: str, half: bool) -> None:
    """What cannot be read, and may be about this or that, is not answered with whatever is likeliest."""
    talking = at(key, half)
    talking.say("purple elephants sing", "results", sure=False)
    still_asks(talking, key)


@EVERY
def test_too_long(key: str, half: bool) -> None:
    """A message that is too long is not read, not even for an answer."""
    talking = at(key, half)
    before = talking.state
    talking.say("yes 72 g/dL " * 100, "too_long")
    still_asks(talking, key)
    assert talking.state == before


@EVERY
@pytest.mark.parametrize("said", ["/resume", "/prescreen", "continue", "repeat the question"])
def test_continue_while_it_is_open(key: str, half: bool, said: str) -> None:
    """“Continue” replies with the open question, and so does a button of an earlier reply."""
    talking = at(key, half)
    before = talking.state
    talking.say(said, "resume" if said == "continue" else said.lstrip("/"))
    still_asks(talking, key)
    assert talking.state == before


@EVERY
@pytest.mark.parametrize(
    ("said", "topic", "asks"),
    [
        ("forget my answers", "delete_data", False),
        ("could you please see to it that nothing of this remains", "delete_data", True),
        ("/delete_data", "delete_data", False),
    ],
)
def test_forget(key: str, half: bool, said: str, topic: str, asks: bool) -> None:
    """A wish to be forgotten ends it for good, and nothing is kept."""
    talking = at(key, half)
    talking.say(said, topic, asks=asks)
    assert (talking.reply.kind, talking.key) == ("service", None)
    assert (talking.state.answers, talking.state.trail, talking.state.half) == ({}, [], None)
    assert talking.state.status not in (OPEN, STOPPED)


@EVERY
def test_start_again(key: str, half: bool) -> None:
    """“Start again” begins with the first question, and nothing is kept."""
    talking = at(key, half)
    talking.say("start again", "start_again")
    assert (talking.reply.kind, talking.key, talking.state.answers) == ("question", "age_years", {})
    assert talking.state.half is None


@EVERY
@pytest.mark.parametrize("said", ["/see_rules", "/summary", "/why_not"])
def test_buttons_of_a_result(key: str, half: bool, said: str) -> None:
    """A button of an earlier result, pressed while a question is open, is answered, and the question repeated."""
    talking = at(key, half)
    before = talking.state
    talking.say(said, said[1:])
    still_asks(talking, key)
    assert talking.reply.verdict is None
    assert text("only_team_decides") in talking.reply.text
    assert talking.state == before
