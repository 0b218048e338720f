"""Whole pre-screenings, as people have them, with the assistant really running.

They stand in tests/prescreenings/<language>/*.yml; a nurse can read and add to them. The day of the screening is that
of DAY.

    like      the person of usual/<like>.yml, who says and is what is not told otherwise; of several, the later counts
    says      by question: what is said when it is asked, or several things in turn. What is said in between is
              {said, kind}, with the topic of an answer, and with `asks`, the question that comes after it, where that
              is another
    answers   by question: what is to be kept of it; null: nothing
    about     questions whose answer is a day that was said roughly (“about six weeks ago”), and is shown so
    settled   what is said where the outcome is told before the end; without it the talk ends there
    outcome   the outcome that the rules find for the answers, and `recheck_on`

Of every reply, whatever it is: it has a text and one `custom` object, which holds what its kind demands. The verdict
is the engine's, and the answers that are shown at the end are those that were to be kept.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.interview.build import interview
from actions.interview.questions import questionnaire
from actions.prescreen import faults, judge
from scripts.processes import free_port
from scripts.settings import Settings
from tests.conftest import running
from tests.test_conversations import custom_of

DAY = date(2026, 11, 20)
FOLDER = Path(__file__).parent / "prescreenings"
FILES = sorted(FOLDER.glob("*/*.yml"))
BEGIN = "go through the entry rules with me"
CONTINUE = "continue"

Custom = dict[str, Any]


def load(path: Path) -> dict[str, Any]:
    """A pre-screening, with what its person usually says and is."""
    talk: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    says: dict[str, Any] = {}
    answers: dict[str, Any] = {}
    for name in talk["like"] if isinstance(talk["like"], list) else [talk["like"]]:
        usual = yaml.safe_load((path.parent / "usual" / f"{name}.yml").read_text(encoding="utf-8"))
        says |= usual["says"]
        answers |= usual["answers"]
    says |= talk.get("says", {})
    answers |= talk.get("answers", {})
    kept = {key: answer for key, answer in answers.items() if answer is not None}
    return {**talk, "language": path.parent.name, "says": says, "answers": kept}


TALKS = [load(path) for path in FILES]


class Screening:
    """A running assistant for which it is DAY; it can be stopped and started again."""

    def __init__(self, settings: Settings, **environment: str) -> None:
        self.settings = settings
        self._environment = environment
        self.start()

    def start(self) -> None:
        """Starts the servers, and waits until they answer."""
        self._running = running(self.settings, TRIAL_GUIDE_DAY=DAY.isoformat(), **self._environment)
        self.assistant = self._running.__enter__()

    def stop(self) -> None:
        """Stops the servers."""
        self._running.__exit__(None, None, None)

    def person(self) -> Person:
        """Somebody new."""
        return Person(self)


class Person:
    """Somebody who talks to the assistant.

    Attributes:
        name: whose conversation it is.
        custom, text, buttons: of the last reply.
    """

    def __init__(self, screening: Screening) -> None:
        self._screening = screening
        self.name = uuid.uuid4().hex
        self.custom: Custom = {}
        self.text = ""
        self.buttons: dict[str, str] = {}

    def say(self, text: str) -> Custom:
        """Says something; the reply must be well formed."""
        replies = self._screening.assistant.say(text, self.name)
        self.custom = custom_of(replies)
        self.text = "\n\n".join(reply["text"] for reply in replies if reply.get("text"))
        assert self.text.strip()
        assert not re.search(r"[{}]", self.text), self.text
        assert self.custom["language"] == "en"
        found = [button for reply in replies for button in reply.get("buttons", [])]
        self.buttons = {button["title"]: button["payload"] for button in found}
        question = self.custom.get("question")
        if question:
            assert {"key", "number", "of", "input"} <= set(question) <= {"key", "number", "of", "input", "choices"}
            assert 1 <= question["number"] <= question["of"]
            titles = [choice["title"] for choice in question.get("choices", [])]
            assert list(self.buttons)[: len(titles)] == titles
        assert ("verdict" in self.custom) == (self.custom["kind"] == "prescreen_result")
        return self.custom

    @property
    def key(self) -> str | None:
        """The key of the open question."""
        question = self.custom.get("question")
        return question["key"] if question else None

    def begin(self) -> None:
        """Begins a pre-screening."""
        self.say(BEGIN)
        assert (self.custom["kind"], self.key) == ("question", "age_years"), self.text

    def answer(self, *said: str) -> None:
        """Begins, and says these answers one after another."""
        self.begin()
        for text in said:
            self.say(text)
            assert self.custom["kind"] == "question", self.text


@pytest.fixture(scope="module")
def screening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screening]:
    """An assistant for which it is DAY."""
    screening = Screening(Settings(free_port(), free_port(), tmp_path_factory.mktemp("screening")))
    try:
        yield screening
    finally:
        screening.stop()


# Whole pre-screenings


def have(talk: Mapping[str, Any], person: Person) -> None:
    """Has a pre-screening, to its end or as far as the person wants."""
    person.begin()
    for _ in range(100):
        if person.custom["kind"] == "prescreen_result":
            if "go_on" not in waiting(person) or "settled" not in talk:
                return
            person.say(talk["settled"])
            assert person.key, person.text
        answer_question(talk, person)
    raise AssertionError("It does not end.")


def waiting(person: Person) -> list[str]:
    """What the buttons of a result are for."""
    return ["go_on" if payload == "/resume" else payload for payload in person.buttons.values()]


def answer_question(talk: Mapping[str, Any], person: Person) -> None:
    """Says what this person says to the open question."""
    key = person.key
    assert key in talk["says"], f"Nothing is said to {key}."
    said = talk["says"][key]
    turns = said if isinstance(said, list) else [said]
    for place, turn in enumerate(turns):
        if isinstance(turn, Mapping):
            in_between(turn, key, person)
            continue
        person.say(turn)
        shown = f"{key}: “{turn}”: {person.text}"
        assert person.custom["kind"] in ("question", "prescreen_result"), shown
        more = any(isinstance(later, str) for later in turns[place + 1 :])
        assert (person.key == key) == more, shown


def in_between(turn: Mapping[str, Any], key: str, person: Person) -> None:
    """Something that is no answer to the open question: it stays open, but for a stop or an emergency."""
    person.say(turn["said"])
    shown = f"{key}: “{turn['said']}”: {person.custom} {person.text}"
    assert person.custom["kind"] == turn["kind"], shown
    assert person.custom.get("topic") == turn.get("topic", person.custom.get("topic")), shown
    if turn["kind"] == "emergency":
        assert person.key is None, shown
    elif person.key is not None or turn["kind"] == "question":
        assert person.key == turn.get("asks", key), shown


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: str(talk["name"]))
def test_prescreening(talk: dict[str, Any], screening: Screening) -> None:
    """A pre-screening in a person's own words ends in the verdict of the engine for the same answers."""
    person = screening.person()
    have(talk, person)
    verdict = person.custom["verdict"]
    result = person.text
    person.say("show my answers")
    shown = [line[2:] for line in person.text.split("\n") if line.startswith("• ")]
    answers = as_far_as(shown, talk)
    rough = talk.get("about", [])
    assert sorted(shown) == sorted(line(key, answer, key in rough) for key, answer in answers.items())
    assert verdict == json.loads(json.dumps(judge(answers, DAY).as_dict()))
    assert verdict["outcome"] == talk["outcome"], result
    assert verdict.get("recheck_on") == (str(talk["recheck_on"]) if "recheck_on" in talk else None)


def as_far_as(shown: list[str], talk: Mapping[str, Any]) -> dict[str, Any]:
    """The answers that should be there: all that were asked for, or those before the end where it ended early."""
    answers: dict[str, Any] = questionnaire().relevant(talk["answers"], DAY)
    if "settled" in talk or talk["outcome"] != "not_a_match":
        return answers
    last = next(index for index, key in enumerate(answers) if line(key, answers[key]) == shown[-1])
    return dict(list(answers.items())[: last + 1])


def line(key: str, answer: Any, rough: bool = False) -> str:
    """An answer as it is shown."""
    wording = interview("en")._wording
    said = wording.answer(key, answer)
    return f"{wording.short(key)}: {wording.text('about', answer=said) if rough else said}"


def test_prescreenings_are_well_formed() -> None:
    """Every pre-screening has a name of its own, is of DAY, and holds nothing unknown; twenty there are at least."""
    names = [talk["name"] for talk in TALKS]
    assert len(set(names)) == len(names) >= 20
    keys = {question.key for question in questionnaire().questions}
    known = {"name", "day", "like", "says", "answers", "about", "settled", "outcome", "recheck_on", "language"}
    for talk in TALKS:
        assert set(talk) <= known, talk["name"]
        assert talk["day"] == DAY, talk["name"]
        assert {*talk["says"], *talk["answers"]} <= keys, talk["name"]
        assert faults(talk["answers"], DAY) == [], talk["name"]
        for key, said in talk["says"].items():
            for turn in said if isinstance(said, list) else [said]:
                if isinstance(turn, Mapping):
                    assert {"said", "kind"} <= set(turn) <= {"said", "kind", "topic", "asks"}, talk["name"]
                else:
                    # YAML takes a bare yes or no for something else: they stand in quotes.
                    assert isinstance(turn, str), f"{talk['name']}: {key}: {turn}"


# How it begins


def test_the_first_reply(screening: Screening) -> None:
    """It says that it decides nothing, that the trial has closed, what is kept, that all can be skipped, how long."""
    person = screening.person()
    person.say("Can you check the rules with me, one by one?")
    assert (person.custom["kind"], person.key) == ("question", "age_years")
    assert person.custom["question"] == {"key": "age_years", "number": 1, "of": 40, "input": "integer"}
    for words in ("not a decision", "takes no one now", "skip any", "24 hours", "minutes", "How old are you?"):
        assert words in person.text


# What is said on the way


def test_an_emergency_in_the_middle(screening: Screening) -> None:
    """Nothing is asked after an emergency until the person goes on, and then at the same question."""
    person = screening.person()
    person.answer("64", "a man")
    person.say("my chest hurts badly and my left arm is numb")
    assert (person.custom["kind"], person.key, person.buttons) == ("emergency", None, {})
    person.say("what was the dose?")
    assert (person.custom["kind"], person.key) == ("answer", None)
    person.say("I'd like to go on with the questions")
    assert (person.custom["kind"], person.key) == ("question", "rcc_confirmed")


def test_a_question_about_the_trial_in_the_middle(screening: Screening) -> None:
    """It is answered as what it is, and the open question is repeated in the same reply."""
    person = screening.person()
    person.answer("64")
    person.say("Was there a placebo?")
    assert (person.custom["kind"], person.custom["topic"], person.key) == ("answer", "placebo", "sex")
    assert person.custom["sources"]
    assert "Are you a woman or a man?" in person.text
    person.say("/dose")
    assert (person.custom["topic"], person.key) == ("dose", "sex")
    person.say("a woman")
    assert person.key == "rcc_confirmed"


@pytest.mark.parametrize("said", ["it was removed in the morning", "in the lung", "only tablets", "it comes and goes"])
def test_a_clumsy_answer(screening: Screening, said: str) -> None:
    """What can hardly be a question is not answered with whatever is likeliest: the question is asked again."""
    person = screening.person()
    person.answer("64", "a man", said)
    assert person.key == "rcc_confirmed"


def test_buttons(screening: Screening) -> None:
    """A button does what its title says."""
    person = screening.person()
    person.answer("64")
    person.say(person.buttons["Man"])
    assert person.key == "rcc_confirmed"
    person.say(person.buttons["I don’t know"])
    assert person.key == "clear_cell"


def test_skipping_is_offered(screening: Screening) -> None:
    """After two answers that cannot be read, a button skips the question."""
    person = screening.person()
    person.answer("64", "purple elephants", "purple elephants again")
    assert person.key == "sex"
    person.say(person.buttons["Skip"])
    assert person.key == "rcc_confirmed"


def test_stop_and_what_is_said_meanwhile(screening: Screening) -> None:
    """While it rests everything else is answered, and no question of it is repeated."""
    person = screening.person()
    person.answer("64", "a man")
    person.say("please stop")
    assert (person.custom["kind"], person.key) == ("service", None)
    person.say("What came out of the trial?")
    assert (person.custom["kind"], person.key) == ("answer", None)
    person.say("my age is wrong")
    assert person.key == "age_years"
    person.say("65")
    assert person.key == "rcc_confirmed"


def test_forgetting_in_the_middle(screening: Screening) -> None:
    """What was answered is gone for good, and there is nothing to go on with."""
    person = screening.person()
    person.answer("64", "a man")
    person.say("forget my data")
    assert (person.custom["kind"], person.key) == ("service", None)
    person.say(CONTINUE)
    assert (person.custom["kind"], person.key) == ("service", None)
    person.say("show my answers")
    assert "64" not in person.text
    person.begin()


@pytest.mark.parametrize("said", ["/session_start", "/nonsense", "/prescreen", "/resume"])
def test_forged_and_old_buttons(screening: Screening, said: str) -> None:
    """Neither a forged button nor one of an earlier reply loses an answer."""
    person = screening.person()
    person.answer("64")
    person.say(said)
    assert person.key == "sex"
    person.say("show my answers")
    assert "Age: 64" in person.text


# What goes wrong easily with forms


def test_one_yes_answers_one_question(screening: Screening) -> None:
    """A yes is kept for the question that is open, and for no other."""
    person = screening.person()
    person.answer("64", "a man", "yes")
    person.say("show my answers")
    assert [line for line in person.text.split("\n") if line.endswith(": Yes")] == ["• Kidney cancer confirmed: Yes"]


@pytest.mark.parametrize("said", [CONTINUE, "go back", "stop", "show my answers", "my age is wrong", "yes", "72"])
def test_nothing_is_open(screening: Screening, said: str) -> None:
    """What belongs to an open question gets a reply where none is open, and opens none."""
    person = screening.person()
    person.say(said)
    assert person.text
    assert person.key is None


def test_an_answer_leaves_no_trace_in_the_talk(screening: Screening) -> None:
    """What was said as an answer changes nothing about what is answered later."""
    one, other = screening.person(), screening.person()
    one.answer("64", "a man", "yes, my doctor in Milan said so after the placebo trial")
    other.answer("64", "a man", "yes")
    for person in (one, other):
        person.say("and how long did it last?")
    assert one.text == other.text


# After the end


def ended(screening: Screening) -> Person:
    """Somebody whose outcome was settled by an age of 12."""
    person = screening.person()
    person.begin()
    person.say("12")
    assert (person.custom["kind"], person.key) == ("prescreen_result", None)
    assert person.custom["verdict"] == json.loads(json.dumps(judge({"age_years": 12}, DAY).as_dict()))
    return person


def test_early_end_and_going_on(screening: Screening) -> None:
    """Where the outcome is settled early, a button goes on."""
    person = ended(screening)
    person.say(person.buttons["Go on"])
    assert (person.custom["kind"], person.key) == ("question", "sex")
    person.say("a woman")
    assert (person.custom["kind"], person.key) == ("question", "rcc_confirmed")


def test_questions_about_the_result(screening: Screening) -> None:
    """Every rule, a summary, what spoke against it, what if: each is answered, and the answers stay."""
    person = ended(screening)
    person.say(person.buttons["See every rule"])
    assert "I01" in person.text
    assert "We did not go through" in person.text
    person.say("/summary")
    assert "Summary of a pre-screening" in person.text
    person.say("what spoke against it?")
    assert person.custom["kind"] == "prescreen_result"
    assert "18 years" in person.text
    person.say("What if I were 70?")
    assert person.custom["verdict"]["outcome"] == "unclear"
    assert "Age: 70" in person.text
    person.say("show my answers")
    assert "Age: 12" in person.text


def test_a_yes_to_an_offer(screening: Screening) -> None:
    """“Could I have joined?” offers the rules, and a yes begins; where the outcome is settled early, a yes goes on."""
    person = screening.person()
    person.say("could I have joined?")
    assert person.custom["kind"] == "answer"
    assert "takes no one now" in person.text
    person.say("oh yes please, that would be lovely")
    assert person.key == "age_years"
    person.say("12")
    assert person.custom["kind"] == "prescreen_result"
    person.say("ok")
    assert person.key == "sex"


def test_a_rule_of_the_result(screening: Screening) -> None:
    """“Why not?” and “what about …?” are about the result that was just given."""
    person = ended(screening)
    person.say("why not?")
    assert person.custom["kind"] == "prescreen_result"
    assert "18 years" in person.text
    person.say("what about my heart?")
    assert person.custom["kind"] == "prescreen_result"
    assert "Heart and blood pressure" in person.text


def test_a_change_after_the_end(screening: Screening) -> None:
    """An answer can be changed after the result, by name or by the button."""
    person = ended(screening)
    person.say(person.buttons["Change an answer"])
    assert (person.custom["kind"], person.key) == ("service", None)
    person.say("my age")
    assert (person.custom["kind"], person.key) == ("question", "age_years")
    person.say("72")
    assert (person.custom["kind"], person.key) == ("question", "sex")


def test_starting_again(screening: Screening) -> None:
    """A new pre-screening begins without the old answers; a stopped one is rather gone on with."""
    person = ended(screening)
    person.say(BEGIN)
    assert person.key == "sex"
    person.say("start again")
    assert (person.custom["kind"], person.key) == ("question", "age_years")
    person.say("show my answers")
    assert "12" not in person.text.split("Question")[0]


def test_forgetting_after_the_end(screening: Screening) -> None:
    """A finished pre-screening is forgotten as well."""
    person = ended(screening)
    person.say("delete everything I told you")
    assert person.custom["kind"] == "service"
    person.say("/show_answers")
    assert "12" not in person.text


def test_it_goes_on_after_a_restart(screening: Screening) -> None:
    """The servers may be restarted: the open question is still open, a stopped pre-screening still rests."""
    open_still, stopped = screening.person(), screening.person()
    open_still.answer("64", "a man")
    stopped.answer("64", "a man")
    stopped.say("stop")
    screening.stop()
    screening.start()
    open_still.say("yes")
    assert open_still.key == "clear_cell"
    stopped.say(CONTINUE)
    assert stopped.key == "rcc_confirmed"
    stopped.say("show my answers")
    assert "Age: 64" in stopped.text
