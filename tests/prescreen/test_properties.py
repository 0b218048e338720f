"""What must hold for every person, whoever it is."""

import json
import random
from datetime import date, timedelta
from decimal import Context, Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from actions.prescreen import BadAnswers, trial
from actions.prescreen.__main__ import verdict_on
from tests.prescreen import oracle
from tests.prescreen.people import good_answers

DECIDED = ("satisfied", "not_satisfied")
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
UNROUNDED = Context(prec=100)
NUMBERS = st.decimals(min_value=0, max_value=10**6, allow_nan=False, allow_infinity=False, places=30)


@st.composite
def people(draw):
    """A day and answers that can be right."""
    on = draw(DAYS)
    answers = good_answers(random.Random(draw(st.integers())), on)
    for key in oracle.faulty_keys(answers, on):
        answers.pop(key.split(".")[0], None)
    return on, answers


def statuses(answers, on):
    return {found.id: found.status for found in trial().judge(answers, on).criteria}


@given(people(), st.sampled_from(oracle.KEYS))
@settings(max_examples=400, deadline=None)
def test_knowing_less_decides_nothing(person, key):
    """An answer taken away never turns a rule that was unknown into a decided one."""
    on, answers = person
    before = statuses(answers, on)
    after = statuses({of: value for of, value in answers.items() if of != key}, on)
    for id, status in before.items():
        assert status != "unknown" or after[id] not in DECIDED, id


UNITS = [
    ("I08", "hemoglobin", "g/dL", {"g/L": Decimal(10)}),
    (
        "I09",
        "neutrophils",
        "/mm3",
        {"/uL": Decimal(1), "10*3/uL": Decimal("0.001"), "10*9/L": Decimal("0.001")},
    ),
    (
        "I10",
        "platelets",
        "/mm3",
        {"/uL": Decimal(1), "10*3/uL": Decimal("0.001"), "10*9/L": Decimal("0.001")},
    ),
]


@given(st.sampled_from(UNITS), st.one_of(NUMBERS, st.sampled_from([Decimal(9), Decimal(1500), Decimal(100_000)])))
@settings(max_examples=400, deadline=None)
def test_a_quantity_is_the_same_in_any_unit(of, value):
    """The same quantity gives the same finding in every unit it can be told in."""
    id, key, unit, others = of
    on = date(2026, 11, 20)

    def found(value, unit):
        answers = {"labs_date": "2026-11-18", key: {"value": value, "unit": unit}}
        return trial().judge_criterion(id, answers, on)

    for other, factor in others.items():
        assert found(UNROUNDED.multiply(value, factor), other) == found(value, unit)


@given(NUMBERS)
@settings(max_examples=400, deadline=None)
def test_millimoles_of_haemoglobin(value):
    """A millimole a litre is 1.6113 grams a decilitre, to the last digit."""
    answers = {"labs_date": "2026-11-18", "hemoglobin": {"value": value, "unit": "mmol/L"}}
    expected = "satisfied" if Fraction(value) * Fraction("1.6113") > 9 else "not_satisfied"
    assert trial().judge_criterion("I08", answers, date(2026, 11, 20)).status == expected


WAITING = {
    "E11": "other_cancer_cured_date",
    "E12": "chemo_or_immunotherapy_last_date",
    "E13": "radiotherapy_last_date",
    "E15": "stem_cell_transplant_date",
    "E17": "investigational_drug_last_date",
}


@given(
    st.sampled_from(sorted(WAITING)),
    DAYS,
    st.integers(0, 1500),
    st.integers(0, 1500),
    st.sampled_from([4, 7, 10]),
)
@settings(max_examples=600, deadline=None)
def test_a_waiting_period_that_is_over_stays_over(id, event, first, more, precision):
    """A later day never un-clears a waiting period, and clears it on the day that was told."""
    answers = {WAITING[id]: event.isoformat()[:precision], "other_cancer": "other"}
    on = event + timedelta(days=first)
    later = on + timedelta(days=more)
    found = trial().judge_criterion(id, answers, on)
    if found.status == "satisfied":
        assert trial().judge_criterion(id, answers, later).status == "satisfied"
    if found.clears_on and precision == 10:
        assert trial().judge_criterion(id, answers, found.clears_on).status == "satisfied"
        assert trial().judge_criterion(id, answers, found.clears_on - timedelta(days=1)).status == "not_satisfied"


WORDS = st.one_of(
    st.sampled_from([*oracle.KEYS, "value", "unit", "upper_limit", "systolic", "diastolic", ""]),
    st.text(max_size=5),
    st.sampled_from(["never", "none", "male", "2026", "2026-11", "2026-11-20", "g/dL", "U/L"]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=12,
)


@given(st.one_of(VALUES, st.dictionaries(st.sampled_from(oracle.KEYS), VALUES, max_size=5)), DAYS)
@settings(max_examples=600, deadline=None)
def test_any_json_gets_a_verdict_or_its_faults(value, on):
    """Whatever is sent gets a verdict, or at least one fault with its key and a reason."""
    _verdict_or_faults(json.dumps(value).encode(), on)


@given(st.one_of(st.binary(max_size=40), st.text('{}[]":,01eE.-+ \\untfalsr', max_size=30).map(str.encode)), DAYS)
@settings(max_examples=600, deadline=None)
def test_any_bytes_get_a_verdict_or_their_faults(data, on):
    """So does whatever is no JSON."""
    _verdict_or_faults(data, on)


def _verdict_or_faults(data, on):
    try:
        found = json.loads(verdict_on(data, on).as_json())["criteria"]
    except BadAnswers as bad:
        found = json.loads(json.dumps(bad.messages()))
        complete = len(found) >= 1 and all(found.values())
    else:
        complete = len(found) == 43
    assert complete
