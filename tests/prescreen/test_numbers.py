"""Numbers of any length are compared exactly as they were written, and take no time to speak of."""

import json
from datetime import date

import pytest

from actions.prescreen import BadAnswers
from actions.prescreen.__main__ import verdict_on

DAY = date(2026, 11, 20)


def finding(id, text):
    verdict = verdict_on(f'{{"labs_date": "2026-11-18", "liver_involvement": false, {text}}}'.encode(), DAY)
    return verdict.finding(id).status


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("9.0", "not_satisfied"),
        ("9.00000000000000000000000000000000000000000000000000000000001", "satisfied"),
        ("8.99999999999999999999999999999999999999999999999999999999999", "not_satisfied"),
        ("9" + "0" * 10_000, "satisfied"),
        ("9." + "0" * 10_000 + "1", "satisfied"),
        ("0.0009e4", "not_satisfied"),
        ("90E-1", "not_satisfied"),
        ("1e999999999", "satisfied"),
        ("1e-999999999", "not_satisfied"),
        ("1e999999999999999999", "satisfied"),
        ("1e99999999999999999999999999999999999999", "satisfied"),
        ("1e-99999999999999999999999999999999999999", "not_satisfied"),
        ("0e99999999999999999999999999999999999999", "not_satisfied"),
        ("-0.0e99999999999999999999999999999999999999", "not_satisfied"),
        ("1e" + "9" * 10_000, "satisfied"),
        ("1e" + "0" * 10_000 + "1", "satisfied"),
    ],
    ids=lambda text: text[:40],
)
def test_against_a_number(value, status):
    """Haemoglobin of any spelling against 9.0 g/dL."""
    assert finding("I08", f'"hemoglobin": {{"value": {value}, "unit": "g/dL"}}') == status


@pytest.mark.parametrize(
    ("value", "unit", "status"),
    [
        ("90." + "0" * 5000, "g/L", "not_satisfied"),
        ("90." + "0" * 5000 + "1", "g/L", "satisfied"),
        ("5.58555203872649413517035933718115807112269", "mmol/L", "not_satisfied"),
        ("5.58555203872649413517035933718115807112270", "mmol/L", "satisfied"),
        ("1e999999999999999999", "mmol/L", "satisfied"),
        ("1e-1999999999999999997", "g/L", "not_satisfied"),
        ("1e-1999999999999999997", "mmol/L", "not_satisfied"),
        ("1e99999999999999999999999", "g/L", "satisfied"),
    ],
    ids=lambda text: text[:30],
)
def test_converted(value, unit, status):
    """The same after a conversion, which rounds nothing."""
    assert finding("I08", f'"hemoglobin": {{"value": {value}, "unit": "{unit}"}}') == status


@pytest.mark.parametrize(
    ("value", "upper_limit", "status"),
    [
        ("1.5", "1", "not_satisfied"),
        ("1.4" + "9" * 5000, "1", "satisfied"),
        ("1.5" + "0" * 5000, "1." + "0" * 5000, "not_satisfied"),
        ("15" + "0" * 5000, "10" + "0" * 5000, "not_satisfied"),
        ("14" + "9" * 5000, "10" + "0" * 5000, "satisfied"),
        ("0.3", "0.2", "not_satisfied"),
        ("1.5e999999999999999999", "1e999999999999999999", "not_satisfied"),
        ("9e999999999999999999", "9e999999999999999999", "satisfied"),
        ("1.5e99999999999999999999", "1e99999999999999999999", "not_satisfied"),
        ("1.49e99999999999999999999", "1e99999999999999999999", "satisfied"),
        ("1e99999999999999999999", "1e99999999999999999998", "not_satisfied"),
        ("15e-99999999999999999999", "1e-99999999999999999998", "not_satisfied"),
        ("14e-99999999999999999999", "1e-99999999999999999998", "satisfied"),
        ("0", "1e-99999999999999999998", "satisfied"),
        ("1", "1e-99999999999999999998", "not_satisfied"),
    ],
    ids=lambda text: text[:30],
)
def test_against_the_upper_limit(value, upper_limit, status):
    """Creatinine against one and a half times a limit, however long either is."""
    result = f'"creatinine": {{"value": {value}, "unit": "mg/dL", "upper_limit": {upper_limit}}}'
    assert finding("I15", result) == status


@pytest.mark.parametrize(
    "number", ["-1e-99999999999999999999", "-1e99999999999999999999", "-0.00001", "-" + "1" * 9000]
)
def test_below_zero(number):
    """A number below zero is refused, however small or large."""
    with pytest.raises(BadAnswers) as bad:
        finding("I08", f'"hemoglobin": {{"value": {number}, "unit": "g/dL"}}')
    assert list(bad.value.messages()) == ["hemoglobin.value"]


@pytest.mark.parametrize(
    "number", ["1" * 5000, "-" + "1" * 5000, "1" * 1_000_000, "1e99999999999999999999", "72.0", "7e1"]
)
def test_a_long_number_where_a_whole_one_is_wanted(number):
    """It is out of range, and named so."""
    with pytest.raises(BadAnswers) as bad:
        finding("I01", f'"age_years": {number}, "blood_pressure": {{"systolic": {number}, "diastolic": 80}}')
    assert list(bad.value.messages()) == ["age_years", "blood_pressure.systolic"]


def test_answers_are_written_as_json():
    """A verdict's own JSON is the same as its dictionary."""
    verdict = verdict_on(b'{"radiotherapy_last_date": "2026-11-19", "uncontrolled_hypertension": true}', DAY)
    assert json.loads(verdict.as_json()) == verdict.as_dict()
