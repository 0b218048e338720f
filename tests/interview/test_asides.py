"""What is said outside the questions: a yes to an offer, a question about the result, “could I join?”."""

from __future__ import annotations

from typing import Any

import pytest

from actions.answering import Asked, Talk, Turn
from actions.interview.asides import NOTICE, OFFER, RESULT, last_of
from actions.interview.build import asides, interview
from actions.interview.state import FINISHED, State
from tests.interview.talking import ON, at, text

ASIDES = asides("en")


def finished(**answers: Any) -> State:
    """A pre-screening that has ended."""
    return State(ON.isoformat(), FINISHED, answers=answers, trail=list(answers))


@pytest.mark.parametrize("said", ["yes", "ok", "oh yes please, that would be lovely", "yes, I am asking for her"])
def test_a_yes_takes_up_an_offer(said: str) -> None:
    """After an offer a yes begins, in whatever words; after anything else it does not."""
    turn = Turn((Asked("affirm" if said in ("yes", "ok") else "out_of_scope"),))
    assert ASIDES.hear(turn, said, None, OFFER).begins
    assert not ASIDES.hear(turn, said, None, None).begins
    assert not ASIDES.hear(turn, said, finished(age_years=70), RESULT).begins


def test_how_long_it_would_take() -> None:
    """Asked how long it takes, an offer says how many questions there are, and is made again."""
    turn = Turn((Asked("duration"),))
    for said in ("how long does it take?", "how many questions are there"):
        reply = ASIDES.hear(turn, said, None, OFFER).reply
        assert reply is not None
        assert reply.kind == "service"
        assert "questions" in reply.text
        assert last_of(reply) == OFFER
        assert ASIDES.hear(turn, said, None, None).reply is None
    assert ASIDES.hear(Turn((Asked("dose"),)), "what was the dose?", None, OFFER).reply is None


def test_a_no_to_an_offer() -> None:
    """A no begins nothing."""
    assert not ASIDES.hear(Turn((Asked("deny"),)), "no thanks", None, OFFER).begins


@pytest.mark.parametrize(
    ("said", "asked_of_somebody"),
    [("who could join?", False), ("could I have joined?", True), ("would my father have qualified?", True)],
)
def test_who_could_join_offers_the_rules(said: str, asked_of_somebody: bool) -> None:
    """The answer ends with the offer; asked of somebody, it opens with it, and says that no one can join now."""
    turn = Turn((Asked("eligibility"),))
    answer, _ = interview("en")._answerer.reply(turn, Talk())
    offered = ASIDES.offered(answer, turn, said)
    assert offered.text.endswith(text("offer"))
    assert offered.text.startswith(text("offer_first")) == asked_of_somebody
    assert offered.buttons[0].payload == "/prescreen"
    assert last_of(offered) == OFFER
    other = Turn((Asked("dose"),))
    dose, _ = interview("en")._answerer.reply(other, Talk())
    assert ASIDES.offered(dose, other, said) == dose


def test_a_notice_offers_to_go_on() -> None:
    """Where an answer settles the outcome, the reply ends with the question whether to go on."""
    talking = at("organ_transplant")
    talking.say("yes")
    assert talking.reply.kind == "prescreen_result"
    assert last_of(talking.reply) == NOTICE
    assert ASIDES.hear(Turn((Asked("affirm"),)), "ok", talking.state, NOTICE).begins


@pytest.mark.parametrize("topic", ["why", "why_not"])
def test_why_not_after_a_result(topic: str) -> None:
    """“Why not?” after a result is answered with what spoke against it; after anything else it is not."""
    turn = Turn((Asked(topic),))
    aside = ASIDES.hear(turn, "why not?", finished(age_years=12), RESULT)
    assert aside.reply
    assert "18 years" in aside.reply.text
    assert ASIDES.hear(turn, "why not?", finished(age_years=12), None).reply is None


def test_one_rule_of_the_result() -> None:
    """“What about my heart?” gives what was found for that rule, and the answers on which it rests."""
    state = finished(age_years=70, heart_failure_nyha=3)
    reply = ASIDES.hear(Turn((Asked("criterion", "E02"),)), "what about my heart?", state, RESULT).reply
    assert reply
    assert (reply.kind, text("found", "not_satisfied") in reply.text) == ("prescreen_result", True)
    assert "Heart failure: 3: clear trouble" in reply.text
    pressure = ASIDES.hear(Turn((Asked("medical_advice"),)), "what about my blood pressure?", state, RESULT).reply
    assert pressure
    assert pressure.verdict == reply.verdict


@pytest.mark.parametrize("said", ["I had hepatitis C", "who could not join because of the heart?"])
def test_a_rule_of_the_trial_is_not_the_result(said: str) -> None:
    """What tells something, or asks about the trial's rule, is answered as ever."""
    turn = Turn((Asked("criterion", "E03"),))
    assert ASIDES.hear(turn, said, finished(age_years=70), RESULT).reply is None


def test_what_if_a_result_were_another() -> None:
    """A laboratory value is supposed in the unit, and with the limit, of the one that was given."""
    state = finished(labs_date="2026-11-18", creatinine={"value": "90", "unit": "umol/L", "upper_limit": "110"})
    reply = interview("en").what_if(state, "what if my creatinine were 200?")
    assert "200 µmol/L (upper limit 110 µmol/L)" in reply.text
    assert interview("en").verdict(state).finding("I15").status == "satisfied"
    assert reply.verdict
    assert next(found for found in reply.verdict["criteria"] if found["id"] == "I15")["status"] == "not_satisfied"
