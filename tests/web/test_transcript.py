"""The conversation that the page shows is the one that Rasa keeps, a message for each turn."""

from __future__ import annotations

from typing import Any

from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered

from actions.interview.build import LEXICON
from actions.interview.questions import questionnaire
from actions.interview.state import State
from actions.reading import CommandReader
from actions.trial import trial
from web.conversation import Conversation
from web.pages import texts
from web.state import state_of, wording
from web.transcript import links, replies, transcript

OFFERED = {"title": "What was the dose?", "payload": "/dose"}


def said(text: str, id: str) -> UserUttered:
    """A turn of the person."""
    return UserUttered(text, message_id=id, timestamp=1_700_000_000.4)


def replied(text: str | None = None, **data: Any) -> BotUttered:
    """A part of a turn of the guide."""
    return BotUttered(text, data=data, timestamp=1_700_000_001.0)


def shown(*events: Event) -> list[dict[str, Any]]:
    """The messages of some events."""
    return transcript(events, lambda payload: f"title of {payload}")


def test_one_message_for_each_turn() -> None:
    """Text and `custom`, which Rasa may say in two, are one message, with the person's id in its own."""
    first, second = shown(
        said("hello", "a"), replied("Hello.", buttons=[OFFERED]), replied(custom={"kind": "smalltalk"})
    )
    assert first == {"id": "a", "from": "person", "text": "hello", "buttons": [], "time": "2023-11-14T22:13:20Z"}
    assert second == {
        "id": "a-reply",
        "from": "guide",
        "text": "Hello.",
        "buttons": [OFFERED],
        "custom": {"kind": "smalltalk"},
        "time": "2023-11-14T22:13:21Z",
    }


def test_what_rasa_does_for_itself_is_not_shown() -> None:
    """Sessions, slots and actions are no messages, nor what Rasa says in a person's name."""
    events: list[Event] = [ActionExecuted("action_session_start"), SessionStarted(), SlotSet("talk", {"topic": "dose"})]
    assert shown(*events, said("/session_start", "x"), *events) == []


def test_a_button_reads_as_it_was_offered() -> None:
    """A button that was pressed stands there with the words it had; one that was not offered has its topic's."""
    messages = shown(said("hello", "a"), replied("Hello.", buttons=[OFFERED]), said("/dose", "b"), said("/arms", "c"))
    assert [message["text"] for message in messages] == ["hello", "Hello.", "What was the dose?", "title of /arms"]
    assert Conversation(None)._title("/dose") == trial().texts["en"].answers["dose"]["title"]


def test_the_reply_to_a_message_is_found_again() -> None:
    """The reply is found by the message's id; a message without a reply counts as not said."""
    messages = shown(said("hello", "a"), replied("Hello."), said("and?", "b"))
    assert [reply["text"] for reply in replies(messages, "a") or []] == ["Hello."]
    assert replies(messages, "b") is None
    assert replies(messages, "c") is None
    assert replies(messages, "a-reply") is None


def test_numbers_of_registries_become_links() -> None:
    """A DOI, a registry number and an address in a text are links; the full stop behind them is not part of them."""
    found = links("Its DOI is 10.1000/xyz.2020.08.011. See NCT00000000, and https://www.example.org/a (or not).")
    assert [link["address"] for link in found] == [
        "https://www.example.org/a",
        "https://doi.org/10.1000/xyz.2020.08.011",
        "https://clinicaltrials.gov/study/NCT00000000",
    ]
    assert links("It was 10.5 times 400 mg.") == []


def test_a_picture_has_relative_addresses() -> None:
    """A picture comes with its alternative and the page of its numbers, under the page's own address."""
    figure = {"address": "/webhooks/page/pictures/results.svg", "alternative": "Bars."}
    message = shown(said("did it work?", "a"), replied("No.", custom={"kind": "answer", "figure": figure}))[1]
    assert message["picture"] == {
        "address": "pictures/results.svg",
        "alternative": "Bars.",
        "page": "pictures/results",
    }


# Where a pre-screening stands


def standing(state: State, **question: Any) -> dict[str, Any]:
    """Where a conversation stands whose last reply carried a question."""
    place = {"key": state.key, "number": 3, "of": 40, "input": "lab", **question}
    events = [said("x", "a"), replied("Question.", custom={"kind": "question", "question": place})]
    return state_of({"prescreening": {"state": state.as_dict()}}, shown(*events))


def test_without_a_prescreening_nothing_is_open() -> None:
    """Before any pre-screening there is no question, no answer and no result."""
    nothing: dict[str, Any] = {
        "question": None,
        "answers": [],
        "can_go_on": False,
        "has_result": False,
        "reference": None,
        "language": "en",
    }
    assert state_of({}, []) == nothing
    assert state_of({"prescreening": None, "language": "xx"}, []) == nothing


def test_an_open_question_says_how_it_is_typed() -> None:
    """A question for a laboratory value brings its usual unit, the others, and a keyboard with a decimal point."""
    with_units = next(question for question in questionnaire().questions if question.usual and question.input == "lab")
    question = standing(State("2026-11-20", key=with_units.key))["question"]
    assert question["inputmode"] == "decimal"
    assert question["unit"] == wording("en").units([with_units.usual or ""])
    assert len(question["units"]) == len(with_units.units)
    assert (question["number"], question["of"]) == (3, 40)


def test_under_an_upper_limit_the_unit_is_that_of_the_result() -> None:
    """The laboratory's limit is written in the unit of the result, and no other is offered."""
    limited = next(question for question in questionnaire().questions if question.limit and len(question.units) > 1)
    half = {"value": "12", "unit": limited.units[-1]}
    question = standing(State("2026-11-20", key=limited.key, half=half))["question"]
    assert question["unit"] == wording("en").units([limited.units[-1]])
    assert "units" not in question


def test_every_kind_of_question_has_a_keyboard() -> None:
    """Numbers get a number keyboard; whatever may be words gets letters, so that “I don't know” can be typed."""
    for question in questionnaire().questions:
        told = standing(State("2026-11-20", key=question.key), input=question.input)["question"]
        assert told["inputmode"] == {"integer": "numeric", "lab": "decimal"}.get(question.input, "text")
        assert isinstance(told["hint"], str)


def test_the_answers_so_far_stand_in_order() -> None:
    """Answers stand in the order in which they were given, in words; what was passed over stands there too."""
    state = State(
        "2026-11-20",
        key="rcc_confirmed",
        answers={"age_years": 72},
        skipped={"sex": "rather_not"},
        trail=["sex", "age_years"],
    )
    assert [(answer["key"], answer["said"]) for answer in standing(state)["answers"]] == [
        ("sex", wording("en").text("rather_not")),
        ("age_years", "72"),
    ]


def test_a_stopped_one_can_go_on_and_a_finished_one_has_a_result() -> None:
    """One that was stopped can go on; one that is finished, or whose outcome was told, has a result."""
    trail: dict[str, Any] = {"answers": {"age_years": 72}, "trail": ["age_years"]}
    stopped = standing(State("2026-11-20", status="stopped", key="sex", **trail))
    assert (stopped["question"], stopped["can_go_on"], stopped["has_result"]) == (None, True, False)
    out = standing(State("2026-11-20", status="stopped", key="sex", told_out=True, **trail))
    assert (out["can_go_on"], out["has_result"]) == (True, True)
    finished = standing(State("2026-11-20", status="finished", **trail))
    assert (finished["can_go_on"], finished["has_result"]) == (False, True)


def test_the_words_to_change_an_answer_are_understood() -> None:
    """What the page sends to change an answer is read as that wish, about that answer, for every question."""
    for language in trial().languages:
        words = wording(language)
        reader = CommandReader.load(LEXICON, language)
        for question in questionnaire().questions:
            sent = texts(language)["prescreen"]["say_change"].replace("[title]", words.short(question.key))
            command = reader.read(sent, words.names())
            assert command is not None, sent
            assert (command.kind, command.key) == ("change", question.key), sent
