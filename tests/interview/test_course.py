"""The course of a pre-screening: which questions are asked, what a result says, and what can be done with it."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.interview.questions import questionnaire
from actions.interview.state import FINISHED, OPEN, STOPPED, State
from actions.prescreen import Verdict, faults, judge
from actions.replies import Reply
from actions.wording import Wording
from tests.interview.talking import ON, Talking, at, text, text_of
from tests.prescreen.people import people

SITUATIONS = Path(__file__).parents[1] / "prescreen" / "situations"
#: A person for whom every rule holds.
WELL: dict[str, Any] = json.loads(
    json.dumps(yaml.safe_load((SITUATIONS / "well.yml").read_text(encoding="utf-8")), default=str)
)
WELL |= {"liver_involvement": False, "anticoagulant": False}
LABS = [question.key for question in questionnaire().questions if question.needs_recent]
#: One of each outcome: what is different from a person for whom every rule holds.
OUTCOMES: dict[str, dict[str, Any]] = {
    "possible_match": {},
    "not_yet": {"radiotherapy_last_date": "2026-11-10", "major_surgery_last_date": "2026-11-01"},
    "not_a_match": {"prior_sorafenib": True, "brain_metastases": True, "brain_symptoms": True},
    "unclear": {"ecog": 1, "hemoglobin": {"value": 8, "unit": "g/dL"}},
}
#: What no text may say: nothing here decides.
PROMISES = re.compile(
    r"you (are|were|would be|would have been|will be) (not )?(eligible|accepted|suitable|qualified|in\b)|"
    r"you (can|could|may) (join|take part)|you (do not |don't )?qualify|congratulations",
    re.IGNORECASE,
)


def sayable(key: str, value: Any) -> str:
    """An answer as a person may write it."""
    question = questionnaire()[key]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if question.input == "date" and value != "never":
        return Wording.day(at(key).interview._wording._wording, value)
    if question.input == "blood_pressure":
        return f"{value['systolic']} over {value['diastolic']}"
    if question.input == "lab":
        limit = f", upper limit {value['upper_limit']}" if value.get("upper_limit") else ""
        return f"{value['value']} {value['unit'] if value['unit'] != '1' else ''}{limit}"
    return str(value)


def whole(facts: dict[str, Any]) -> Talking:
    """A whole pre-screening of a person with these facts, gone on with to the end."""
    talking = Talking()
    for _ in range(100):
        if talking.state.status == FINISHED:
            return talking
        if talking.state.status == STOPPED:
            assert talking.reply.kind == "prescreen_result"
            talking.resume()
            continue
        key = talking.key
        assert key
        talking.say(sayable(key, facts[key]) if facts.get(key) is not None else "I don't know")
        if key in facts and talking.key == key:
            assert talking.state.half, f"{key} {facts[key]}: {talking.reply.text}"
    raise AssertionError("It does not end.")


def finished(**answers: Any) -> Talking:
    """A finished pre-screening with these answers."""
    talking = Talking(State(ON.isoformat(), status=FINISHED, answers=answers, trail=list(answers)))
    talking.reply = talking.interview.result(talking.interview.verdict(talking.state))
    return talking


# How it begins


def test_it_begins_with_what_must_be_known() -> None:
    """It says that it decides nothing, that the trial has closed, what is kept, that all can be skipped, how long."""
    reply = Talking().reply
    assert (reply.kind, reply.custom()["question"]["key"]) == ("question", "age_years")
    for words in (
        "not a decision",
        "takes no one now",
        "skip any",
        "24 hours",
        "delete my data",
        "only if you agree",
        "minutes",
    ):
        assert words in reply.text
    assert re.search(r"There are about \d\d,", reply.text)
    assert reply.text.endswith(text_of("age_years", "text"))


def test_all_the_facts_are_asked_for() -> None:
    """A person who answers everything is judged by the same facts as on the command line."""
    talking = whole(WELL)
    assert set(talking.state.answers) == set(WELL)
    assert same(talking.reply, judge(WELL, ON))
    assert talking.reply.verdict
    assert talking.reply.verdict["outcome"] == "possible_match"


def same(reply: Reply, verdict: Verdict) -> bool:
    """Whether a reply carries this verdict."""
    assert reply.kind == "prescreen_result"
    assert reply.question is None
    return bool(reply.custom()["verdict"] == verdict.as_dict() == json.loads(json.dumps(reply.verdict)))


def strangers() -> list[tuple[date, dict[str, Any]]]:
    """Made-up people without laboratory values, whose answers can stand beside one another."""
    found = []
    for on, answers in people(400):
        facts = {key: value for key, value in answers.items() if key not in (*LABS, "labs_date")}
        if not faults(facts, on) and facts.get("age_years") is not None:
            found.append((on, facts))
    return found[:60]


@pytest.mark.parametrize(("on", "facts"), strangers())
def test_what_is_not_asked_does_not_matter(on: date, facts: dict[str, Any], monkeypatch: Any) -> None:
    """Leaving out the questions that earlier answers settle never changes the outcome."""
    monkeypatch.setattr("tests.interview.talking.ON", on)
    talking = whole(facts)
    answers = talking.state.answers
    assert answers == {key: facts[key] for key in answers}
    assert same(talking.reply, judge(answers, on))
    # Where it is not known whether a question matters, it is not asked.
    known = {
        key: value
        for key, value in facts.items()
        if key in answers or all(facts.get(other) is not None for other in questionnaire()[key].only_if)
    }
    assert talking.reply.verdict
    assert talking.reply.verdict["outcome"] == judge(known, on).outcome


# Which questions are asked


def asked(**answers: Any) -> list[str]:
    return [question.key for question in questionnaire().asked(answers, ON)]


def test_brain_questions_only_with_brain_metastases() -> None:
    """Without cancer in the brain, or without symptoms of it, its questions are left out."""
    questions = ["brain_symptoms", "brain_treatment_end_date", "brain_scan_clear_date", "brain_stable", "steroids"]
    assert not set(questions) & set(asked())
    assert not set(questions) & set(asked(brain_metastases=False))
    assert set(questions) <= set(asked(brain_metastases=True))
    assert set(questions) & set(asked(brain_metastases=True, brain_symptoms=False)) == {"brain_symptoms"}


def test_pregnancy_is_not_asked_of_a_man() -> None:
    """A man is asked nothing about pregnancy; a woman who cannot become pregnant, not whether she is."""
    questions = {"could_become_pregnant", "pregnant", "breastfeeding"}
    assert not questions & set(asked(sex="male"))
    assert questions <= set(asked(sex="female"))
    assert "pregnant" not in asked(sex="female", could_become_pregnant=False)


@pytest.mark.parametrize(
    ("said", "rest"),
    [("13 November", True), ("12 November", False), ("in November", True), ("October", False), ("no results", False)],
)
def test_laboratory_values_only_from_the_last_days(said: str, rest: bool) -> None:
    """A blood test of more than seven days ago counts no more, so its values are not asked for."""
    answers = {key: value for key, value in WELL.items() if key not in (*LABS, "labs_date")}
    talking = Talking(State(ON.isoformat(), answers=answers, trail=list(answers), key="labs_date"))
    talking.say(said)
    assert (talking.key == "liver_involvement") is rest
    assert (talking.reply.kind == "prescreen_result") is not rest


def test_a_limit_is_asked_only_where_the_rule_needs_it() -> None:
    """The rule on haemoglobin names its own limit, that on creatinine the laboratory's."""
    assert at("hemoglobin").say("13.5 g/dL").question != at("hemoglobin").reply.question
    talking = at("creatinine")
    talking.say("1.1 mg/dL")
    assert talking.key == "creatinine"
    assert talking.reply.question
    assert "choices" not in talking.reply.question


# When the outcome is settled before the end


def test_the_outcome_is_told_as_soon_as_it_is_settled() -> None:
    """Who is no match for good is told at once, and may end there or go on."""
    talking = at("prior_sorafenib")
    talking.say("yes")
    assert (talking.reply.kind, talking.key, talking.state.status) == ("prescreen_result", None, STOPPED)
    assert same(talking.reply, judge({"age_years": 70, "prior_sorafenib": True}, ON))
    assert text("already_out") in talking.reply.text
    assert {button.title: button.payload for button in talking.reply.buttons}[text("buttons", "go_on")] == "/resume"
    talking.resume()
    assert (talking.reply.kind, talking.key, talking.state.status) == ("question", "sex", OPEN)
    # It is not told again and again.
    talking.say("man")
    assert talking.key == "rcc_confirmed"
    talking.say("no")
    assert talking.reply.kind == "question"


def test_it_is_told_again_after_it_was_otherwise() -> None:
    """Who takes the answer back, and then gives another that settles it, is told anew."""
    talking = at("prior_sorafenib")
    talking.say("yes")
    talking.resume()
    talking.say("change my sorafenib")
    talking.say("no")
    assert talking.key == "sex"
    talking.say("change my age")
    talking.say("12")
    assert talking.reply.kind == "prescreen_result"
    assert text("already_out") in talking.reply.text


def test_what_waiting_or_treatment_can_change_is_not_settled() -> None:
    """An infection, a high blood pressure or a waiting time do not end the questions."""
    for key, said in (
        ("serious_infection", "yes"),
        ("blood_pressure", "170/100"),
        ("radiotherapy_last_date", "yesterday"),
    ):
        talking = at(key)
        talking.say(said)
        assert talking.reply.kind == "question"


# What a result says


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_result(outcome: str) -> None:
    """It says what was found, what fits, what does not and why, what waiting changes, what the team looks at."""
    talking = finished(**{**WELL, **OUTCOMES[outcome]})
    reply = talking.reply
    verdict = judge(talking.state.judged(), ON)
    assert verdict.outcome == outcome
    assert same(reply, verdict)
    assert reply.text.startswith(text("outcomes", outcome, day="1 December 2026"))
    assert text("headings", "fits") in reply.text
    assert text("headings", "team") in reply.text
    assert (text("headings", "does_not") in reply.text) == (outcome == "not_a_match")
    assert text("next_steps") in reply.text
    assert text("only_team_decides") in reply.text
    assert not PROMISES.search(reply.text)
    assert [button.payload for button in reply.buttons] == ["/see_rules", "/change_answer", "/summary", "/prescreen"]


def test_a_result_says_from_which_day_on() -> None:
    """A waiting time is told with its own day, and the last of them with the outcome."""
    talking = finished(**{**WELL, **OUTCOMES["not_yet"]})
    titles = talking.interview._wording.title
    assert f"{titles('E13')}: from 1 December 2026 on" in talking.reply.text
    assert f"{titles('E14')}: from 29 November 2026 on" in talking.reply.text
    assert "from 1 December 2026 on" in talking.reply.text.split("\n")[0]


def test_a_result_says_why_not() -> None:
    """What does not fit is told with its rule in plain words."""
    talking = finished(**{**WELL, **OUTCOMES["not_a_match"]})
    wording = talking.interview._wording
    assert f"{wording.title('E18')}: {wording.reason('E18')}" in talking.reply.text


#: A transplant whose waiting time ends after the last day on which the operation is not too long ago.
TOO_LATE = {"metastasectomy_date": "2026-09-20", "stem_cell_transplant_date": "2026-10-01"}


@pytest.mark.parametrize("at_once", [True, False])
def test_a_result_says_that_waiting_would_take_too_long(at_once: bool) -> None:
    """Where each rule that is not met would be met later, it says why it is no match all the same, also on the way;
    nothing stands under an empty heading, and where waiting helps or another rule is not met it is not said.
    """
    if at_once:
        earlier = {"metastasectomy_date": "2026-11-10", "coronary_disease_active": False}
        talking = at("heart_attack_date", **earlier)
        talking.say("two weeks ago")
        assert text("already_out") in talking.reply.text
        rule, day = "E02", re.search(r"by (.+?) another rule", talking.reply.text)
        assert day
        assert f"from {day[1]} on" in talking.reply.text
    else:
        talking = finished(**{**WELL, **TOO_LATE})
        rule = "E15"
    assert talking.reply.verdict
    assert talking.reply.verdict["outcome"] == "not_a_match"
    title = talking.interview._wording.title
    assert f"• {title(rule)}: from" in talking.reply.text
    assert re.search(rf"Waiting does not help: by .+ any more \({re.escape(title('I05'))}\)\.", talking.reply.text)
    assert text("headings", "does_not") not in talking.reply.text


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_waiting_too_long_is_not_said_of_others(outcome: str) -> None:
    """Where waiting helps, or something else stands in the way, it is not said."""
    assert "Waiting does not help" not in finished(**{**WELL, **OUTCOMES[outcome]}).reply.text
    both = {**WELL, **TOO_LATE, "prior_sorafenib": True}
    assert "Waiting does not help" not in finished(**both).reply.text


def test_a_result_says_what_can_be_done_again() -> None:
    """A blood value or a blood pressure can be measured again, an infection treated."""
    talking = finished(**{**WELL, **OUTCOMES["unclear"]})
    title = talking.interview._wording.title("I08")
    assert text("reversible_line", title=title) in talking.reply.text


def test_a_result_says_what_a_newer_scan_would_change() -> None:
    """Where a scan is too old, it says so, and no more."""
    brain = {
        "brain_metastases": True,
        "brain_symptoms": True,
        "brain_treatment_end_date": "2026-01-10",
        "brain_scan_clear_date": "2026-09-01",
        "brain_stable": True,
        "steroids": "none",
    }
    talking = finished(**{**WELL, **brain})
    wording = talking.interview._wording
    line = text("renew_line", title=wording.title("E05"), answer=wording.short("brain_scan_clear_date"))
    assert line in talking.reply.text


def test_no_text_promises_anything() -> None:
    """No text of a pre-screening says that a person is eligible, or would have been."""
    folder = Path(__file__).parents[2] / "trial" / "en"
    for name in ("prescreen", "questions"):
        assert not PROMISES.search((folder / f"{name}.yml").read_text(encoding="utf-8"))


# What can be done with a result


def test_every_rule() -> None:
    """Every rule is told, by its status and in the order of the rules."""
    talking = finished(**WELL)
    reply = talking.interview.of_result("see_rules", "", talking.state)
    assert reply
    told = reply.text.split("\n\n")[:-1]
    by_status = {part.split(" (")[0]: re.findall(r"\(([A-Z]\d\d)\)", part) for part in told}
    assert by_status == {
        text("statuses", status): [found.id for found in judge(WELL, ON).criteria if found.status == status]
        for status in ("satisfied", "for_team")
    }
    assert same(reply, judge(talking.state.judged(), ON))


def test_rules_that_were_not_gone_through_are_only_counted() -> None:
    """Who ends early reads no list of thirty rules that nobody asked about."""
    talking = at("prior_sorafenib")
    talking.say("yes")
    assert talking.reply.kind == "prescreen_result"
    untouched = talking.interview._untouched(talking.state)
    for topic in ("see_rules", "summary"):
        reply = talking.interview.of_result(topic, "", talking.state)
        assert reply
        assert text("every_rule_untouched", count=str(len(untouched))) in reply.text
        wording = talking.interview._wording
        for found in talking.interview.verdict(talking.state).criteria:
            assert (wording.rule_line(found) in reply.text) == (found.id not in untouched)
    assert len(untouched) > 30


def test_blood_values_nobody_has_are_one_line() -> None:
    """Without results at hand the nine blood values are told in one line."""
    facts = {key: value for key, value in WELL.items() if key not in (*LABS, "labs_date")}
    talking = whole(facts)
    assert text("team_line_labs") in talking.reply.text
    assert "Haemoglobin" not in talking.reply.text


def test_a_summary() -> None:
    """A summary holds the day, the answers, every rule and the result."""
    talking = finished(**WELL)
    reply = talking.interview.of_result("summary", "", talking.state)
    assert reply
    wording = talking.interview._wording
    for part in ("20 November 2026", wording.answers(talking.state), text("only_team_decides")):
        assert part in reply.text
    assert "Blood pressure: 130/80 mmHg" in reply.text
    assert "Bilirubin: 0.7 mg/dL (upper limit 1.2 mg/dL)" in reply.text
    assert all(wording.rule_line(finding) in reply.text for finding in judge(talking.state.judged(), ON).criteria)


def test_why_not() -> None:
    """What spoke against it is told with its rule, or that nothing did."""
    talking = finished(**{**WELL, **OUTCOMES["not_a_match"]})
    reply = talking.interview.of_result("why_not", "", talking.state)
    assert reply
    assert talking.interview._wording.title("E18") in reply.text
    assert talking.interview._wording.title("I01") not in reply.text
    well = finished(**WELL)
    reply = well.interview.of_result("why_not", "", well.state)
    assert reply
    assert text("why_not_all_fits") in reply.text


@pytest.mark.parametrize(
    ("said", "key", "value"),
    [
        ("What if I were 17?", "age_years", 17),
        ("suppose I was 70", "age_years", 70),
        ("what if my operation had been in May 2026?", "metastasectomy_date", "2026-05"),
        ("What if I were a woman?", "sex", "female"),
        ("and if I had hepatitis", "hiv_or_hepatitis", True),
        ("what if my blood pressure was 170 over 90?", "blood_pressure", {"systolic": 170, "diastolic": 90}),
        ("what if my haemoglobin was 8 g/dL", "hemoglobin", {"value": 8, "unit": "g/dL"}),
        ("What would happen if I had taken sorafenib?", "prior_sorafenib", True),
    ],
)
def test_what_if(said: str, key: str, value: Any) -> None:
    """A “what if” is judged as if that answer were another; the answers stay as they are."""
    talking = finished(**WELL)
    before = talking.state.as_dict()
    reply = talking.interview.of_result("what_if", said, talking.state)
    assert reply
    assert talking.state.as_dict() == before
    assert same(reply, judge({**WELL, key: value}, ON))
    wording = talking.interview._wording
    assert f"{wording.short(key)}: {wording.answer(key, value)}." in reply.text
    assert not PROMISES.search(reply.text)


@pytest.mark.parametrize("said", ["what if", "what if it rained?", "what if I were 460?", "what if my dog were ill"])
def test_a_what_if_that_is_not_understood(said: str) -> None:
    """Nothing is supposed that was not said, and what is proposed instead works."""
    talking = finished(**WELL)
    reply = talking.interview.of_result("what_if", said, talking.state)
    assert reply
    assert reply.text == text("what_if_which")
    proposed = reply.text.split("“")[1].split("”")[0]
    other = talking.interview.of_result("what_if", proposed, talking.state)
    assert other
    assert other.text != reply.text


def test_the_answers_after_the_end() -> None:
    """All the answers are shown after the end as well."""
    talking = finished(**WELL)
    reply = talking.interview.of_result("show_answers", "", talking.state)
    assert reply
    assert (reply.kind, reply.question) == ("service", None)
    assert reply.text.count("•") == len(WELL)


def test_an_answer_is_changed_after_the_end() -> None:
    """An answer changed after the end leads to the result anew."""
    talking = finished(**{**WELL, "prior_sorafenib": True})
    talking.reply, talking.state = talking.interview.reopen(talking.state, "my answer about sorafenib is wrong")
    assert (talking.reply.kind, talking.key, talking.state.status) == ("question", "prior_sorafenib", OPEN)
    assert talking.state.key == "prior_sorafenib"
    talking.say("no")
    assert talking.state.status == FINISHED
    assert same(talking.reply, judge(WELL, ON))


def test_changing_an_answer_may_bring_new_questions() -> None:
    """What was left out and now matters is asked."""
    talking = finished(**WELL)
    talking.reply, talking.state = talking.interview.reopen(talking.state, "change brain metastases")
    talking.say("yes")
    assert talking.key == "brain_symptoms"
    talking.say("no")
    assert talking.state.status == FINISHED


def which(**answers: Any) -> Talking:
    """Somebody who was asked which answer to change."""
    talking = finished(**(answers or WELL))
    talking.reply, talking.state = talking.interview.reopen(talking.state, "/change_answer")
    return talking


def test_which_answer_is_changed() -> None:
    """Without a name it is asked which; an example that is proposed works."""
    talking = which()
    assert (talking.reply.kind, talking.key, talking.state.status) == ("service", None, OPEN)
    assert text("change_which") in talking.reply.text
    for said in (text("change_which").split("“")[1].split("”")[0], "my age", "the age"):
        talking = which()
        talking.say(said)
        assert talking.key == "age_years"


def test_while_it_is_asked_which() -> None:
    """Questions are answered, an emergency is one, the result comes back, all can be forgotten or begun again."""
    talking = which()
    assert talking.say("What was the dose?", "dose", asks=True).kind == "answer"
    assert talking.say("my cat").kind == "service"
    assert talking.press(text("buttons", "go_on")).kind == "prescreen_result"
    assert talking.state.status == FINISHED
    assert which().say("chest pain", "emergency").kind == "emergency"
    assert which().say("stop").kind == "service"
    talking = which()
    talking.say("delete my answers", "delete_data")
    assert talking.state.answers == {}
    assert which().say("start again", "start_again").custom()["question"]["key"] == "age_years"


def test_after_it_was_asked_which_the_questions_go_on() -> None:
    """Who had not come to the end goes on with the questions."""
    talking = which(age_years=70)
    talking.say("continue", "resume")
    assert (talking.reply.kind, talking.key) == ("question", "sex")


def test_a_waiting_time_may_be_over_when_it_goes_on() -> None:
    """A pre-screening that is taken up later is judged by that day."""
    answers = {**WELL, "radiotherapy_last_date": "2026-11-10"}
    del answers["can_swallow_tablets"]
    state = State(ON.isoformat(), status=STOPPED, answers=answers, trail=list(answers), key="can_swallow_tablets")
    talking = Talking(state)
    later = ON + timedelta(days=14)
    talking.state.on = later.isoformat()
    talking.resume()
    talking.say("yes")
    assert same(talking.reply, judge(talking.state.judged(), later))
