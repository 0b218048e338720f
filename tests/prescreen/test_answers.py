"""Every answer is taken in its own sense and range, and refused outside of it."""

import json
from datetime import date

import pytest

from actions.prescreen import BadAnswers, trial
from tests.prescreen import oracle

DAY = date(2026, 11, 20)


def refused(**answers):
    return [fault.key for fault in trial().faults(answers, DAY)]


def test_the_keys_are_those_of_the_questions():
    """There are these keys and no others."""
    assert sorted(key for key in trial().keys.kinds if "." not in key) == sorted(oracle.KEYS)


@pytest.mark.parametrize("key", oracle.BOOLEANS)
def test_yes_or_no(key):
    """A yes-or-no answer is true or false and nothing else."""
    assert not refused(**{key: True})
    assert not refused(**{key: False})
    for wrong in (0, 1, "yes", "true", [], {}, "2026-11-01"):
        assert refused(**{key: wrong}) == [key]


@pytest.mark.parametrize("key", oracle.INTEGERS)
def test_whole_numbers(key):
    """A whole number is taken from the lowest to the highest."""
    low, high = oracle.INTEGERS[key]
    assert not refused(**{key: low})
    assert not refused(**{key: high})
    for wrong in (low - 1, high + 1, float(high), str(low), True):
        assert refused(**{key: wrong}) == [key]


@pytest.mark.parametrize(
    ("part", "low", "high"), [("systolic", 50, 300), ("diastolic", 20, 200)], ids=["systolic", "diastolic"]
)
def test_blood_pressure(part, low, high):
    """Each number of a blood pressure has its own range."""

    def faults(number):
        fitting = {"systolic": 300, "diastolic": 20}
        return refused(blood_pressure=fitting | {part: number})

    assert not faults(low)
    assert not faults(high)
    assert faults(low - 1) == faults(high + 1) == [f"blood_pressure.{part}"]


@pytest.mark.parametrize("key", oracle.CHOICES)
def test_choices(key):
    """One of the listed words is taken, and no other."""
    for word in oracle.CHOICES[key]:
        assert not refused(**{key: word})
    for wrong in ("", "never", "None", "unknown", 0, True, [oracle.CHOICES[key][0]]):
        assert refused(**{key: wrong}) == [key]


@pytest.mark.parametrize("key", oracle.DATES + oracle.EVENTS)
def test_dates(key):
    """A date may be a day, a month or a year that has begun; only an event may never have been."""
    for good in ("2026-11-20", "2026-11", "2026", "1950", "0001-01-01"):
        assert not refused(**{key: good})
    assert refused(**{key: "never"}) == ([] if key in oracle.EVENTS else [key])
    for wrong in (
        "2026-11-21",
        "2026-12",
        "2027",
        "2026-11-31",
        "26-11-20",
        "2026/11/20",
        "today",
        2026,
        True,
        "",
    ):
        assert refused(**{key: wrong}) == [key]


@pytest.mark.parametrize("key", oracle.LABS)
def test_laboratory_results(key):
    """A result is taken in its own units only, from 0 on; a limit is above 0."""
    units = {unit for of in oracle.LABS.values() for unit in of}
    for unit in units | {"", "mg", "G/L"}:
        wanted = [] if unit in oracle.LABS[key] else [f"{key}.unit"]
        assert refused(**{key: {"value": 0, "unit": unit, "upper_limit": 1}}) == wanted
    good = {"value": 1, "unit": next(iter(oracle.LABS[key]))}
    assert refused(**{key: good | {"value": -1}}) == [f"{key}.value"]
    assert refused(**{key: good | {"upper_limit": 0}}) == [f"{key}.upper_limit"]
    assert refused(**{key: good | {"upper_limit": True}}) == [f"{key}.upper_limit"]
    assert refused(**{key: {}}) == [f"{key}.value", f"{key}.unit"]


def test_a_fault_says_what_would_be_right():
    """A message names what is allowed, in words for people."""
    with pytest.raises(BadAnswers) as bad:
        trial().judge({"age_years": 121, "steroids": "some", "labs_date": "2026-12-01", "ecog": True}, DAY)
    assert bad.value.messages() == {
        "age_years": "must be a whole number from 0 to 120, written without a decimal point",
        "steroids": "must be one of: none, short_course_or_taper, stable_dose",
        "labs_date": "must not lie after the day of the screening, 2026-11-20",
        "ecog": "must be a whole number from 0 to 4, written without a decimal point",
    }


def test_a_contradiction_names_both():
    """Each key of a contradiction says which answers do not go together."""
    with pytest.raises(BadAnswers) as bad:
        trial().judge({"sex": "male", "pregnant": True}, DAY)
    message = "these answers cannot all be right: sex, pregnant"
    assert bad.value.messages() == {"sex": message, "pregnant": message}


def test_numbers_from_a_store_count_as_they_are_written():
    """A chat that keeps its answers as JSON numbers gets the verdict for the shortest way to write them."""
    fresh = {"labs_date": "2026-11-18"}
    stored = json.loads('{"hemoglobin": {"value": 9.1, "unit": "g/dL"}}')
    assert trial().judge_criterion("I08", fresh | stored, DAY).status == "satisfied"
    stored = json.loads('{"alt": {"value": 1.75, "unit": "ukat/L", "upper_limit": 0.7}, "liver_involvement": false}')
    assert trial().judge_criterion("I12", fresh | stored, DAY).status == "not_satisfied"
    assert refused(hemoglobin={"value": float("nan"), "unit": "g/dL"}) == ["hemoglobin.value"]
    assert refused(hemoglobin={"value": float("inf"), "unit": "g/dL"}) == ["hemoglobin.value"]
