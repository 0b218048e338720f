"""A second engine, slow and literal: every day of a partial date is tried, and every later day is waited for.

It shares nothing with the real one, neither code nor data: the rules are written out once more, as literally
as they were agreed. The two are compared on many answers.
"""

import calendar
import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

YES, NO, OPEN, MISSING = "yes", "no", "open", "missing"  # MISSING: the answer itself is not known

BOOLEANS = [
    "rcc_confirmed",
    "clear_cell",
    "nephrectomy",
    "residual_disease",
    "margins_clear",
    "coronary_disease_active",
    "uncontrolled_hypertension",
    "hiv_or_hepatitis",
    "serious_infection",
    "brain_metastases",
    "brain_symptoms",
    "brain_stable",
    "seizure_medicine",
    "organ_transplant",
    "bleeding_disorder",
    "dialysis",
    "prior_sorafenib",
    "pregnant",
    "breastfeeding",
    "could_become_pregnant",
    "agrees_contraception",
    "can_swallow_tablets",
    "liver_involvement",
    "anticoagulant",
]
INTEGERS = {
    "age_years": (0, 120),
    "metastases_removed": (0, 50),
    "ecog": (0, 4),
    "heart_failure_nyha": (0, 4),
}
CHOICES = {
    "sex": ["female", "male"],
    "imaging_after_surgery": ["ct_or_mri", "other", "none"],
    "systemic_therapy": ["none", "around_nephrectomy", "for_metastases"],
    "arrhythmia_medicine": ["none", "beta_blocker_or_digoxin", "other"],
    "steroids": ["none", "short_course_or_taper", "stable_dose"],
    "other_cancer": ["none", "cervical_in_situ", "basal_cell", "superficial_bladder", "other"],
}
DATES = [
    "metastasectomy_date",
    "systemic_therapy_end_date",
    "brain_treatment_end_date",
    "brain_scan_clear_date",
    "labs_date",
]
EVENTS = [
    "heart_attack_date",
    "other_cancer_cured_date",
    "chemo_or_immunotherapy_last_date",
    "radiotherapy_last_date",
    "major_surgery_last_date",
    "stem_cell_transplant_date",
    "growth_factor_last_date",
    "erythropoietin_changed_date",
    "investigational_drug_last_date",
]
CELLS = {"/mm3": Fraction(1), "/uL": Fraction(1), "10*3/uL": Fraction(1000), "10*9/L": Fraction(1000)}
MOLECULE = {"mg/dL": Fraction(1), "umol/L": Fraction(1)}
ENZYME = {"U/L": Fraction(1), "ukat/L": Fraction(1)}
LABS = {
    "hemoglobin": {"g/dL": Fraction(1), "g/L": Fraction(1, 10), "mmol/L": Fraction(16113, 10000)},
    "neutrophils": CELLS,
    "platelets": CELLS,
    "bilirubin": MOLECULE,
    "alt": ENZYME,
    "ast": ENZYME,
    "alkaline_phosphatase": ENZYME,
    "inr": {"1": Fraction(1)},
    "ptt": {"s": Fraction(1)},
    "creatinine": MOLECULE,
    "amylase": ENZYME,
    "lipase": ENZYME,
}
KEYS = [*BOOLEANS, *INTEGERS, *CHOICES, *DATES, *EVENTS, "blood_pressure", *LABS]
ORDER = [f"{letter}{n:02}" for letter, most in (("I", 17), ("E", 22), ("P", 4)) for n in range(1, most + 1)]
LAB_RULES = [f"I{n:02}" for n in range(8, 17)]
FOR_TEAM = ["I07", "I17", "E10", "E20", "E21"]


# Time


@cache
def months_later(day, months):
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))


def weeks_later(day, weeks):
    return day + timedelta(weeks=weeks)


def days_of(text):
    """Every day that a date may mean, or None where there is no such date."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text):
        return None
    numbers = [int(part) for part in text.split("-")]
    try:
        first = date(*[*numbers, 1, 1][:3])
    except ValueError:
        return None
    days = [first]
    while len(numbers) < 3:
        following = days[-1] + timedelta(days=1)
        if [following.year, following.month][: len(numbers)] != numbers:
            break
        days.append(following)
    return days


# Faults


def faulty_keys(answers, on):
    """The keys of everything that is wrong with an input."""
    if not isinstance(answers, dict):
        return {""}
    faulty = set()
    for key, value in answers.items():
        if key not in KEYS:
            faulty.add(key)
        elif value is None:
            continue
        elif key in BOOLEANS:
            if not isinstance(value, bool):
                faulty.add(key)
        elif key in INTEGERS:
            low, high = INTEGERS[key]
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                faulty.add(key)
        elif key in CHOICES:
            if not isinstance(value, str) or value not in CHOICES[key]:
                faulty.add(key)
        elif key in DATES or key in EVENTS:
            if key in EVENTS and value == "never":
                continue
            days = days_of(value)
            if not days or days[0] > on:
                faulty.add(key)
        elif not isinstance(value, dict):
            faulty.add(key)
        elif key == "blood_pressure":
            faulty |= faulty_pressure(value)
        else:
            faulty |= faulty_lab(key, value)
    return faulty | contradictory(answers, faulty)


def faulty_pressure(value):
    faulty = {f"blood_pressure.{part}" for part in value if part not in ("systolic", "diastolic")}
    for part, low, high in (("systolic", 50, 300), ("diastolic", 20, 200)):
        number = value.get(part)
        if not isinstance(number, int) or isinstance(number, bool) or not low <= number <= high:
            faulty.add(f"blood_pressure.{part}")
    both_good = not faulty & {"blood_pressure.systolic", "blood_pressure.diastolic"}
    if both_good and value["systolic"] <= value["diastolic"]:
        faulty.add("blood_pressure")
    return faulty


def faulty_lab(key, value):
    faulty = {f"{key}.{part}" for part in value if part not in ("value", "unit", "upper_limit")}
    if not is_number(value.get("value")) or value["value"] < 0:
        faulty.add(f"{key}.value")
    if not isinstance(value.get("unit"), str) or value["unit"] not in LABS[key]:
        faulty.add(f"{key}.unit")
    upper_limit = value.get("upper_limit")
    if upper_limit is not None and (not is_number(upper_limit) or upper_limit <= 0):
        faulty.add(f"{key}.upper_limit")
    return faulty


def is_number(value):
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def contradictory(answers, faulty):
    good = {key: value for key, value in answers.items() if key not in faulty}
    keys = set()
    if good.get("sex") == "male":
        for key in ("pregnant", "breastfeeding", "could_become_pregnant"):
            if good.get(key) is True:
                keys |= {"sex", key}
    if good.get("pregnant") is True and good.get("could_become_pregnant") is False:
        keys |= {"pregnant", "could_become_pregnant"}
    return keys


# Rules


def both(*parts):
    """And. Parts whose answer is missing are left out; all missing is missing."""
    present = [part for part in parts if part != MISSING]
    if NO in present:
        return NO
    if OPEN in present:
        return OPEN
    return YES if present else MISSING


def either(*parts):
    """Or, likewise."""
    present = [part for part in parts if part != MISSING]
    if YES in present:
        return YES
    if OPEN in present:
        return OPEN
    return NO if present else MISSING


def opened(part):
    """A missing answer as what it makes of a rule."""
    return OPEN if part == MISSING else part


class Person:
    """One person's answers on the day of the screening, judged on that day or, waiting, on a later one."""

    def __init__(self, answers, screening):
        self.answers = {key: value for key, value in answers.items() if value is not None}
        if self.answers.get("sex") == "male":
            self.answers["pregnant"] = self.answers["breastfeeding"] = False
        if self.answers.get("could_become_pregnant") is False:
            self.answers["pregnant"] = False
        self.screening = screening
        self.on = screening
        self.waiting = False
        self.days = {}
        for key in DATES + EVENTS:
            if key in self.answers and self.answers[key] != "never":
                self.days[key] = [day for day in days_of(self.answers[key]) if day <= screening]

    def join(self, joined, *parts):
        """On the day itself what is missing is unknown; later on it is left aside."""
        return joined(*parts) if self.waiting else joined(*map(opened, parts))

    def all(self, *parts):
        return self.join(both, *parts)

    def any(self, *parts):
        return self.join(either, *parts)

    def test(self, key, holds):
        if key not in self.answers:
            return MISSING
        return YES if holds(self.answers[key]) else NO

    def true(self, key):
        return self.test(key, lambda answer: answer)

    def false(self, key):
        return self.test(key, lambda answer: not answer)

    def dated(self, key, holds):
        if key not in self.answers:
            return MISSING
        if self.answers[key] == "never":
            return NO
        if self.waiting:  # for the day on which it surely holds: nothing between yes and no matters
            return YES if all(map(holds, self.days[key])) else NO
        held = [holds(day) for day in self.days[key]]
        return YES if all(held) else OPEN if any(held) else NO

    def free_of(self, key, holds):
        return self.any(self.test(key, lambda answer: answer == "never"), self.dated(key, holds))

    def lab(self, key, holds):
        """Holds of the value in the first unit of its line."""
        if key not in self.answers:
            return MISSING
        result = self.answers[key]
        return YES if holds(Fraction(result["value"]) * LABS[key][result["unit"]]) else NO

    def times_limit(self, key, holds):
        """Holds of the value and the upper limit of normal."""
        if key not in self.answers or self.answers[key].get("upper_limit") is None:
            return MISSING
        result = self.answers[key]
        return YES if holds(Fraction(result["value"]), Fraction(result["upper_limit"])) else NO

    def below(self, key, multiple):
        return self.times_limit(key, lambda value, limit: value < Fraction(multiple) * limit)

    def liver(self, key):
        if self.below(key, "2.5") != NO:
            return self.below(key, "2.5")
        if self.below(key, 5) == NO:
            return NO
        if "liver_involvement" not in self.answers:
            return OPEN
        return YES if self.answers["liver_involvement"] else NO

    def clotting(self, key):
        status = self.below(key, "1.5")
        return OPEN if status == NO and self.answers.get("anticoagulant") is not False else status

    def blood_pressure(self):
        reading, uncontrolled = (
            self.answers.get("blood_pressure"),
            self.answers.get("uncontrolled_hypertension"),
        )
        if uncontrolled or (reading and (reading["systolic"] >= 160 or reading["diastolic"] >= 90)):
            return NO
        return MISSING if reading is None and uncontrolled is None else YES

    def heart_aside_from_pressure(self):
        return self.all(
            self.test("heart_failure_nyha", lambda worst: worst <= 2),
            self.all(
                self.false("coronary_disease_active"),
                self.free_of("heart_attack_date", lambda day: self.on > months_later(day, 6)),
            ),
            self.test("arrhythmia_medicine", lambda medicine: medicine != "other"),
        )

    def stopped_long_before_operation(self):
        if "systemic_therapy_end_date" not in self.answers or "metastasectomy_date" not in self.answers:
            return MISSING
        ends = [months_later(end, 6) for end in self.days["systemic_therapy_end_date"]]
        held = {end <= operation for end in ends for operation in self.days["metastasectomy_date"]}
        return OPEN if len(held) == 2 else YES if held == {True} else NO

    def imaging(self):
        status = self.test("imaging_after_surgery", lambda imaging: imaging == "ct_or_mri")
        return OPEN if status == NO else status

    def ecog(self):
        grade = self.answers.get("ecog")
        return MISSING if grade is None else {0: YES, 1: OPEN, 2: YES}.get(grade, NO)

    def rule(self, id):
        """YES, NO, OPEN or MISSING for one criterion."""
        on = self.on
        match id:
            case "I01":
                return self.test("age_years", lambda age: age >= 18)
            case "I02":
                return self.true("rcc_confirmed")
            case "I03":
                return self.all(self.false("residual_disease"), self.imaging())
            case "I04":
                return self.true("margins_clear")
            case "I05":
                return self.dated("metastasectomy_date", lambda day: on <= months_later(day, 3))
            case "I06":
                return self.ecog()
            case "I08":
                return self.lab("hemoglobin", lambda value: value > 9)
            case "I09":
                return self.lab("neutrophils", lambda value: value > 1500)
            case "I10":
                return self.lab("platelets", lambda value: value >= 100_000)
            case "I11":
                return self.below("bilirubin", "1.5")
            case "I12":
                return self.all(self.liver("alt"), self.liver("ast"))
            case "I13":
                return self.times_limit("alkaline_phosphatase", lambda value, limit: value <= 4 * limit)
            case "I14":
                return self.all(self.clotting("inr"), self.clotting("ptt"))
            case "I15":
                return self.below("creatinine", "1.5")
            case "I16":
                return self.all(self.below("amylase", "1.5"), self.below("lipase", "1.5"))
            case "E01":
                return self.any(
                    self.test("systemic_therapy", lambda therapy: therapy == "none"),
                    self.all(
                        self.test("systemic_therapy", lambda therapy: therapy == "around_nephrectomy"),
                        self.stopped_long_before_operation(),
                    ),
                )
            case "E02":
                return self.all(self.heart_aside_from_pressure(), self.blood_pressure())
            case "E03":
                return self.false("hiv_or_hepatitis")
            case "E04":
                return self.false("serious_infection")
            case "E05":
                return self.any(
                    self.false("brain_metastases"),
                    self.false("brain_symptoms"),
                    self.all(
                        self.dated("brain_treatment_end_date", lambda day: on > months_later(day, 6)),
                        self.dated("brain_scan_clear_date", lambda day: on <= weeks_later(day, 4)),
                        self.true("brain_stable"),
                        self.test("steroids", lambda steroids: steroids in ("none", "stable_dose")),
                    ),
                )
            case "E06":
                return self.false("seizure_medicine")
            case "E07":
                return self.false("organ_transplant")
            case "E08":
                return self.false("bleeding_disorder")
            case "E09":
                return self.false("dialysis")
            case "E11":
                return self.any(
                    self.test("other_cancer", lambda cancer: cancer != "other"),
                    self.dated("other_cancer_cured_date", lambda day: on > months_later(day, 36)),
                )
            case "E12":
                return self.free_of("chemo_or_immunotherapy_last_date", lambda day: on >= weeks_later(day, 4))
            case "E13":
                return self.free_of("radiotherapy_last_date", lambda day: on >= weeks_later(day, 3))
            case "E14":
                return self.all(
                    self.free_of("major_surgery_last_date", lambda day: on >= weeks_later(day, 4)),
                    self.dated("metastasectomy_date", lambda day: on >= weeks_later(day, 4)),
                )
            case "E15":
                return self.free_of("stem_cell_transplant_date", lambda day: on >= months_later(day, 4))
            case "E16":
                return self.all(
                    self.free_of("growth_factor_last_date", lambda day: on >= weeks_later(day, 3)),
                    self.free_of("erythropoietin_changed_date", lambda day: on >= months_later(day, 2)),
                )
            case "E17":
                return self.free_of("investigational_drug_last_date", lambda day: on >= weeks_later(day, 4))
            case "E18":
                return self.false("prior_sorafenib")
            case "E19":
                return self.all(self.false("pregnant"), self.false("breastfeeding"), self.true("agrees_contraception"))
            case "E22":
                return self.true("can_swallow_tablets")
            case "P01":
                return self.true("clear_cell")
            case "P02":
                return self.test("metastases_removed", lambda number: number <= 3)
            case "P03":
                return self.dated("metastasectomy_date", lambda day: on <= weeks_later(day, 12))
            case "P04":
                return self.true("nephrectomy")
        raise KeyError(id)

    def labs_fresh(self):
        days = self.days.get("labs_date")
        return bool(days) and all(self.screening - timedelta(days=7) <= day <= self.screening for day in days)

    def clears_on(self, id):
        """The first later day on which the rule holds. No period is as long as this waits."""
        self.waiting = True
        try:
            self.on = self.screening + timedelta(days=5 * 366)
            if id != "E05" and self.rule(id) != YES:  # but for the scan, what a day has cleared stays so
                return None
            for days in range(1, 5 * 366):
                self.on = self.screening + timedelta(days=days)
                if self.rule(id) == YES:
                    return self.on
        finally:
            self.waiting = False
            self.on = self.screening
        return None


TIMED = ["I05", "E02", "E05", "E11", "E12", "E13", "E14", "E15", "E16", "E17", "P03"]


def finding(person, id):
    if id in FOR_TEAM:
        return {"id": id, "status": "for_team"}
    status = opened(person.rule(id))
    if id in LAB_RULES and not person.labs_fresh():
        status = OPEN
    if status != NO:
        return {"id": id, "status": {YES: "satisfied", OPEN: "unknown"}[status]}
    found = {"id": id, "status": "not_satisfied"}
    clears_on = person.clears_on(id) if id in TIMED else None
    if clears_on:
        found["clears_on"] = clears_on.isoformat()
    elif id in LAB_RULES or id == "E04" or (id == "E02" and opened(person.heart_aside_from_pressure()) != NO):
        found["reversible"] = True
    return found


def verdict(answers, on):
    """The verdict on good answers."""
    person = Person(answers, on)
    criteria = [finding(person, id) for id in ORDER]
    entry = [found for found in criteria if found["id"][0] != "P"]
    report = [found for found in criteria if found["id"][0] == "P"]
    waits = [found["clears_on"] for found in entry if "clears_on" in found]
    operation = person.days.get("metastasectomy_date")
    result = {"on": on.isoformat(), "criteria": criteria}
    if any(found.keys() == {"id", "status"} and found["status"] == "not_satisfied" for found in entry) or (
        waits and operation and max(waits) > months_later(operation[-1], 3).isoformat()
    ):
        result["outcome"] = "not_a_match"
    elif waits:
        result["outcome"] = "not_yet"
        result["recheck_on"] = max(waits)
    elif (
        any("reversible" in found for found in entry)
        or any(found["status"] == "unknown" for found in entry if found["id"] not in LAB_RULES)
        or any(found["status"] != "satisfied" for found in report)
    ):
        result["outcome"] = "unclear"
    else:
        result["outcome"] = "possible_match"
    result["to_check"] = [
        found["id"]
        for found in criteria
        if found["status"] in ("unknown", "for_team")
        or "reversible" in found
        or (found["id"][0] == "P" and found["status"] == "not_satisfied")
    ]
    return result
