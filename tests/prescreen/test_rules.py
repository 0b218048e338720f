"""Rules are data: another trial brings its own, and what is written wrongly is told when it is read."""

import copy
import sys
from datetime import date
from subprocess import run

import pytest

from actions.prescreen import Prescreen
from actions.prescreen.rules import RuleError

DAY = date(2026, 11, 20)

CRITERIA = {
    "labs": {"group": "blood", "within": {"number": 2, "unit": "weeks"}, "needs": "on <= taken + within"},
    "criteria": [
        {
            "id": "A1",
            "name": "knee",
            "group": "entry",
            "source": {"document": "protocol", "entry": "3.1"},
            "values": {"at_least": {"number": 2, "unit": "knees"}},
            "rule": "knees >= at_least",
        },
        {
            "id": "A2",
            "name": "sugar",
            "group": "blood",
            "source": {"document": "protocol", "entry": "3.2"},
            "values": {"below": {"number": "7.5", "unit": "mmol/L"}},
            "rule": "sugar < below",
        },
        {
            "id": "A3",
            "name": "fall",
            "group": "entry",
            "source": {"document": "protocol", "entry": "3.3"},
            "values": {"ago": {"number": 1, "unit": "years"}},
            "rule": {"any": ["last_fall is never", "on >= last_fall + ago"]},
        },
    ],
}
PRESCREEN = {
    "answers": {
        "knees": {"integer": [0, 2]},
        "taken": "date",
        "last_fall": "event_date",
        "sugar": {"laboratory": "sugar"},
        "side": {"choice": ["left", "right"]},
    },
    "units": {"sugar": {"mmol/L": 1, "mg/dL": "0.0555"}},
    "implied": [],
    "contradictions": [],
    "outcomes": [
        {"name": "no", "when": [{"groups": ["entry", "blood"], "are": ["fails"]}]},
        {"name": "later", "when": [{"groups": ["entry"], "are": ["waits"]}], "recheck": ["entry"]},
        {"name": "yes"},
    ],
    "to_check": [{"groups": ["entry", "blood"], "are": ["unknown"]}],
    "study_dates": {},
}


def test_another_trial_needs_data_only():
    """The rules of another trial, with its own keys, units and outcomes, are judged by the same engine."""
    trial = Prescreen(CRITERIA, PRESCREEN)
    answers = {
        "knees": 2,
        "taken": "2026-11-06",
        "last_fall": "never",
        "sugar": {"value": 135, "unit": "mg/dL"},
    }
    verdict = trial.judge(answers, DAY)
    assert verdict.outcome == "yes"
    assert verdict.to_check == ()
    assert trial.judge(answers | {"taken": "2026-11-05"}, DAY).to_check == ("A2",)
    assert trial.judge(
        answers | {"sugar": {"value": "x", "unit": "mg/dL"}, "knees": None} | {"sugar": None}, DAY
    ).to_check == (
        "A1",
        "A2",
    )
    assert trial.judge(answers | {"sugar": {"value": 136, "unit": "mg/dL"}}, DAY).outcome == "no"
    late = trial.judge(answers | {"last_fall": "2026-02"}, DAY)
    assert (late.outcome, late.recheck_on) == ("later", date(2027, 2, 28))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("elbows >= at_least", "elbows is no key of the answers"),
        ("knees >= at_most", "at_most is none of the rule's values"),
        ("knees", "knees is not answered with yes or no"),
        ("not knees", "knees is not answered with yes or no"),
        ("on >= knees + at_least", "knees is not answered with a date"),
        ("on >= last_fall - at_least", "only a later day can be told"),
        ("on >= last_fall + at_least", "knees is no unit of time"),
        ("side is middle", "middle is none of the rule's values"),
        ("sugar < at_least", "a bound must be in the first unit of sugar"),
        ({"some": ["knees >= at_least"]}, "some is none of all, any"),
        ({"all": [], "any": []}, "is neither a condition nor one of"),
        (7, "is neither a condition nor one of"),
    ],
    ids=str,
)
def test_a_rule_that_is_written_wrongly(rule, message):
    """The error names the criterion and what is wrong with it."""
    criteria = copy.deepcopy(CRITERIA)
    criteria["criteria"][0]["rule"] = rule
    with pytest.raises(RuleError, match=message) as error:
        Prescreen(criteria, PRESCREEN)
    assert str(error.value).startswith("A1: ")


def test_numbers_with_decimals_are_quoted():
    """YAML would round a number with decimals, so it must be written in quotes."""
    criteria = copy.deepcopy(CRITERIA)
    criteria["criteria"][1]["values"]["below"]["number"] = 7.5
    with pytest.raises(RuleError, match="write a number with decimals in quotes"):
        Prescreen(criteria, PRESCREEN)
    prescreen = copy.deepcopy(PRESCREEN)
    prescreen["answers"]["knees"] = "number"
    with pytest.raises(RuleError, match="knees: number is no kind of answer"):
        Prescreen(CRITERIA, prescreen)


def test_a_unit_that_cannot_be_converted():
    """A result that is compared with a number must be told in units that can be converted."""
    prescreen = copy.deepcopy(PRESCREEN)
    prescreen["units"]["sugar"]["mg/dL"] = None
    with pytest.raises(RuleError, match="not every unit of sugar can be converted"):
        Prescreen(CRITERIA, prescreen)


def test_the_engine_is_plain_python():
    """Neither Rasa nor spaCy is imported by it, nor anything else that takes long to load."""
    loaded = "import sys, actions.prescreen; print(*sorted(name.split('.')[0] for name in sys.modules))"
    names = set(run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split())
    assert not names & {"rasa", "rasa_sdk", "spacy", "numpy", "tensorflow", "pint", "babel", "dateparser"}
