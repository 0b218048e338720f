"""Made-up people for the tests: answers at random, most of them close to some boundary, from a fixed seed."""

import json
import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import yaml

from tests.prescreen import oracle

WELL = (Path(__file__).parent / "situations" / "well.yml").read_text(encoding="utf-8")
ALL_WELL = json.loads(json.dumps(yaml.safe_load(WELL), default=str), parse_float=Decimal)

PERIODS = [0, 7, 21, 28, 56, 59, 61, 62, 84, 89, 90, 91, 92, 120, 122, 181, 182, 183, 184, 365, 1095, 1096]
LIMITS = {"hemoglobin": "9.0", "neutrophils": "1500", "platelets": "100000"}
MULTIPLES = ["1.5", "2.5", "4", "5"]
UNITS = {"g/L": 10, "mmol/L": Decimal("0.62"), "10*3/uL": Decimal("0.001"), "10*9/L": Decimal("0.001")}


def people(number, seed=20261120):
    """That many pairs of a day and answers, good and bad."""
    chance = random.Random(seed)
    for _ in range(number):
        on = date(2024, 1, 1) + timedelta(days=chance.randrange(1500))
        answers = good_answers(chance, on)
        if chance.random() < 0.1:
            spoil(chance, answers, on)
        yield on, answers


def good_answers(chance, on):
    well = chance.random() < 0.7
    completeness = chance.choice([0.3, 0.8, 0.97, 1])
    answers = {}
    for key in oracle.KEYS:
        if chance.random() > completeness:
            if chance.random() < 0.1:
                answers[key] = None
        elif well and key in ALL_WELL and chance.random() < 0.93:
            answers[key] = ALL_WELL[key]
        else:
            answers[key] = any_answer(chance, key, on)
    if well and "metastasectomy_date" in answers and chance.random() < 0.8:
        answers["metastasectomy_date"] = (on - timedelta(days=chance.randrange(92))).isoformat()
    if well and chance.random() < 0.9:
        answers["labs_date"] = (on - timedelta(days=chance.randrange(9))).isoformat()
    for key, value in answers.items():  # what was taken over from elsewhere may lie in the future
        dated = key in oracle.DATES + oracle.EVENTS and value not in (None, "never")
        if dated and oracle.days_of(value)[0] > on:
            answers[key] = any_date(chance, on)
    if answers.get("sex") == "male" and chance.random() < 0.98:
        for key in ("pregnant", "breastfeeding", "could_become_pregnant"):
            if answers.get(key):
                answers[key] = False
    if answers.get("pregnant") and chance.random() < 0.98:
        answers["could_become_pregnant"] = True
        answers["sex"] = "female"
    return answers


def any_answer(chance, key, on):
    if key in oracle.BOOLEANS:
        return chance.random() < 0.5
    if key in oracle.INTEGERS:
        low, high = oracle.INTEGERS[key]
        return chance.choice([low, high, 17, 18, 3, 2, chance.randint(low, high)]) % (high + 1)
    if key in oracle.CHOICES:
        return chance.choice(oracle.CHOICES[key])
    if key in oracle.EVENTS and chance.random() < 0.3:
        return "never"
    if key in oracle.DATES + oracle.EVENTS:
        return any_date(chance, on)
    if key == "blood_pressure":
        return {"systolic": chance.choice([159, 160, 120, 300]), "diastolic": chance.choice([89, 90, 70, 20])}
    return any_result(chance, key)


def any_date(chance, on):
    near = chance.choice([-2, -1, 0, 1, 2, chance.randint(-40, 40)])
    day = on - timedelta(days=max(0, chance.choice(PERIODS) + near))
    precision = chance.random()
    return day.isoformat()[: 10 if precision < 0.75 else 7 if precision < 0.95 else 4]


def any_result(chance, key):
    unit = chance.choice(list(oracle.LABS[key]))
    upper_limit = chance.choice([40, Decimal("1.2"), Decimal("0.30"), Decimal("33.3"), 110])
    if key in LIMITS:
        value = Decimal(LIMITS[key]) * UNITS.get(unit, 1)
        if unit == "mmol/L":
            value = Decimal("5.5855520387265")  # about 9.0 g/dL
    else:
        value = Decimal(chance.choice(MULTIPLES)) * upper_limit
    value *= chance.choice([1, 1, Decimal("0.9"), Decimal("1.1")])
    value += chance.choice([0, 0, 1, -1]) * Decimal(chance.choice(["1e-30", "0.1", "1e-6"]))
    result = {"value": abs(value), "unit": unit}
    if chance.random() < 0.9:
        result["upper_limit"] = upper_limit if chance.random() < 0.95 else None
    return result


NONSENSE = [
    True,
    False,
    0,
    1,
    -1,
    7,
    121,
    10**30,
    Decimal("72.0"),
    Decimal("7E+1"),
    "",
    "never",
    "none",
    "other",
    "2026",
    [],
    {},
    "2026-02-30",
    "2026-13",
    "2026-1-1",
    "20261120",
    "2026-11-20 ",
    "0000",
    "2026-00",
    "2026-11-00",
    "9999-12-31",
    {"value": 1},
    {"value": True, "unit": "U/L"},
    {"value": -1, "unit": "g/dL", "upper_limit": 0},
    {"value": None, "unit": None},
    {"value": 1, "unit": "mg", "other": None},
    {"systolic": 80, "diastolic": 90},
    {"systolic": 90, "diastolic": 90},
    {"systolic": 301, "diastolic": 19},
    {"systolic": 120},
    {"systolic": 120, "diastolic": 80, "unit": "mmHg"},
    {"systolic": Decimal("120.0"), "diastolic": 80},
]


def spoil(chance, answers, on):
    """Make something wrong, most likely."""
    for _ in range(chance.choice([1, 1, 2, 4])):
        kind = chance.random()
        if kind < 0.15:
            answers[chance.choice(["weight", "Age_years", "", "hemoglobin.value", "blood_pressure.systolic"])] = None
        elif kind < 0.3:
            key = chance.choice(oracle.DATES + oracle.EVENTS)
            answers[key] = (on + timedelta(days=chance.choice([1, 0, 40]))).isoformat()[: chance.choice([10, 7])]
        else:
            answers[chance.choice(oracle.KEYS)] = chance.choice(NONSENSE)
