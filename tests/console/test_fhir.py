"""Records as HL7 FHIR: the form, the answers, and both in one Bundle."""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

# Before anything else of Django.
import tests.django_setup  # noqa: F401
from actions.interview.questions import Question, questionnaire
from actions.interview.state import FINISHED, State, exacted, plain
from actions.prescreen import faults, judge
from actions.trial import trial
from records.models import Record
from review.handover.codes import LOINC, codes
from review.handover.exact_json import written
from review.handover.form import PRESSURES, UNIT_OPTION, form
from review.handover.responses import ABSENT, NAMES, REASONS, bundle, response
from tests.prescreen.people import people
from tests.test_prescreening import DAY, TALKS

ON = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 9, 30, tzinfo=timezone.utc)
QUESTIONS = questionnaire().questions
UCUM = {
    "g/dL",
    "g/L",
    "mmol/L",
    "/mm3",
    "/uL",
    "10*3/uL",
    "10*9/L",
    "mg/dL",
    "umol/L",
    "U/L",
    "ukat/L",
    "1",
    "s",
    "mm[Hg]",
}
Item = dict[str, Any]


def record_of(state: State, **changes: Any) -> Record:
    """A record, in no database, of a pre-screening that came to this state."""
    verdict = judge(state.judged(), state.day)
    fields = {
        "id": uuid.uuid4(),
        "reference": "RS-7KQ4-M2",
        "conversation": "c0nversation",
        "begun_at": AT - timedelta(minutes=12),
        "shared_at": AT,
        "on": state.day,
        "language": "en",
        "state": state.as_dict(),
        "verdict": verdict.as_dict(),
        "outcome": verdict.outcome,
        "recheck_on": verdict.recheck_on,
    }
    return Record(**{**fields, **changes})


def state_of(answers: Mapping[str, Any], on: date = ON, **other: Any) -> State:
    """A finished pre-screening with these answers."""
    kept = {key: plain(value) for key, value in answers.items()}
    return State(on.isoformat(), FINISHED, kept, trail=[*kept, *other.get("skipped", {})], **other)


def response_to(answers: Mapping[str, Any], **other: Any) -> list[Item]:
    """The items of the response to these answers."""
    items: list[Item] = response(record_of(state_of(answers, **other)), form("en"))["item"]
    return items


def item_of(items: list[Item], link: str) -> Item:
    """An item, however deep it stands."""
    return next(item for item in every(items) if item["linkId"] == link)


def every(items: list[Item]) -> Iterator[Item]:
    """All items, those within others too."""
    for item in items:
        yield item
        yield from every(item.get("item", []))
        for answer in item.get("answer", []):
            yield from every(answer.get("item", []))


def value_of(answer: Item) -> tuple[str, Any]:
    """The value of an answer, with its name; of one that is absent, None."""
    named = [name for name in answer if name.startswith("value")]
    if not named:
        [name] = [name[1:] for name in answer if name.startswith("_value")]
        assert answer[f"_{name}"]["extension"][0]["url"] == ABSENT
        return name, None
    [name] = named
    value = answer[name]
    absent = isinstance(value, Mapping) and any(each["url"] == ABSENT for each in value.get("extension", []))
    return name, None if absent else value


class Checked:
    """A response, held against the form: every item and answer must be one that the form allows."""

    def __init__(self, asked: Item, said: Item) -> None:
        self.answers = {item["linkId"]: [value_of(a) for a in item.get("answer", [])] for item in every(said["item"])}
        self._check(asked["item"], said["item"])

    def _check(self, asked: list[Item], said: list[Item]) -> None:
        links = [item["linkId"] for item in asked]
        places = [links.index(item["linkId"]) for item in said]
        assert places == sorted(set(places)), "each item once, in the order of the form"
        for item in said:
            self._check_item(asked[links.index(item["linkId"])], item)

    def _check_item(self, asked: Item, said: Item) -> None:
        assert asked["type"] != "display"
        assert said["text"] == asked["text"]
        assert self._enabled(asked), f"{said['linkId']} should not have been asked"
        if asked["type"] == "group":
            assert "answer" not in said
            assert said["item"]
            self._check(asked["item"], said["item"])
            return
        assert "item" not in said
        [answer] = said["answer"]
        name, value = value_of(answer)
        assert name == NAMES[asked["type"]]
        if value is not None:
            self._check_value(asked, value)
        self._check(asked.get("item", []), answer.get("item", []))

    @staticmethod
    def _check_value(asked: Item, value: Any) -> None:
        extensions = asked.get("extension", [])
        if asked["type"] == "choice":
            assert value in [option["valueCoding"] for option in asked["answerOption"]]
        elif asked["type"] == "quantity":
            allowed = [each["valueCoding"] for each in extensions if each["url"] == UNIT_OPTION]
            unit = {"system": value["system"], "code": value["code"], "display": value["unit"]}
            assert unit in allowed
            assert type(value["value"]) is Decimal
        elif asked["type"] == "integer":
            ends = {each["url"].rsplit("/", 1)[-1]: each["valueInteger"] for each in extensions}
            assert type(value) is int
            assert ends["minValue"] <= value <= ends["maxValue"]
        elif asked["type"] == "date":
            assert re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value)
        else:
            assert type(value) is bool

    def _enabled(self, asked: Item) -> bool:
        held = [self._holds(condition) for condition in asked.get("enableWhen", [])]
        return not held or (any(held) if asked.get("enableBehavior") == "any" else all(held))

    def _holds(self, condition: Item) -> bool:
        [(name, wanted)] = [(name, value) for name, value in condition.items() if name.startswith("answer")]
        given = [value for _, value in self.answers.get(condition["question"], []) if value is not None]
        if condition["operator"] == "exists":
            return bool(given) is wanted
        if name == "answerCoding":
            given = [{"system": value["system"], "code": value["code"]} for value in given]
        return (wanted in given) is (condition["operator"] == "=")


def check(record: Record) -> Item:
    """The response of a record, after everything was held against the form and read back."""
    whole = bundle(record, AT)
    text = written(whole)
    Bundle.parse_raw(text)
    assert (
        json.loads(text, parse_float=Decimal) == json.loads(json.dumps(whole, default=str), parse_float=Decimal) or text
    )
    asked, said = (entry["resource"] for entry in whole["entry"])
    Questionnaire.parse_raw(written(asked))
    QuestionnaireResponse.parse_raw(written(said))
    Checked(asked, said)
    return dict(said)


# The form


@pytest.mark.parametrize("language", trial().languages)
def test_the_form_is_a_questionnaire(language: str) -> None:
    """In every language the form is a Questionnaire with title, status, version and language."""
    asked = form(language).resource
    read = Questionnaire.parse_raw(written(asked))
    assert (read.status, read.language) == ("active", language)
    assert read.title
    assert "RESORT" in read.title
    assert re.fullmatch(r"[0-9a-f]{12}", read.version)


@pytest.mark.parametrize("language", trial().languages)
def test_every_question_is_in_the_form(language: str) -> None:
    """Each question stands in the form, in order, with its text in that language; nothing is required."""
    items = form(language).resource["item"]
    assert [item["linkId"] for item in items] == [question.key for question in QUESTIONS]
    texts = trial().texts[language].questions
    for item in items:
        assert item["text"].startswith(texts[item["linkId"]]["text"].split("{")[0].strip())
    for item in every(items):
        assert item.get("required", False) is False
    assert all("required" in item for item in items)


def test_the_form_keeps_the_rules_of_fhir() -> None:
    """What the standard asks of a Questionnaire beyond its shape: names once, groups with items, displays bare, …"""
    items = list(every(form("en").resource["item"]))
    links = [item["linkId"] for item in items]
    assert len(links) == len(set(links))
    types = {item["linkId"]: item["type"] for item in items}
    for item in items:
        assert (item["type"] == "group") <= ("item" in item)
        if item["type"] == "display":
            assert not {"required", "repeats", "code", "item"} & set(item)
        assert ("answerOption" in item) == (item["type"] == "choice")
        conditions = item.get("enableWhen", [])
        assert ("enableBehavior" in item) == (len(conditions) > 1)
        for condition in conditions:
            assert types[condition["question"]] not in ("group", "display")
            assert links.index(condition["question"]) < links.index(item["linkId"])
            assert (condition["operator"] == "exists") <= ("answerBoolean" in condition)


def test_when_a_question_is_asked_stands_in_the_form() -> None:
    """Conditions of trial/questions.yml are told: only if, unless, and that there must be a date of the blood test."""
    items = form("en").resource["item"]
    for question in QUESTIONS:
        told = item_of(items, question.key).get("enableWhen", [])
        named = {(each["question"], each["operator"]) for each in told}
        expected = {(key, "=") for key in question.only_if} | {(key, "!=") for key in question.unless}
        assert named == expected | ({(question.needs_recent, "exists")} if question.needs_recent else set())


def test_laboratory_values_have_their_codes_and_units() -> None:
    """Each laboratory value has a LOINC code for each of its units, and its units in UCUM; so has a blood pressure."""
    items = form("en").resource["item"]
    for question in QUESTIONS:
        if question.input != "lab":
            continue
        told = {unit for entry in codes().loinc[question.key] for unit in entry["units"]}  # type: ignore[attr-defined]
        assert told == set(question.units)
        item = item_of(items, question.key)
        assert {code["system"] for code in item["code"]} == {LOINC}
        assert [code["code"] for code in item["code"]] == [entry["code"] for entry in codes().loinc[question.key]]
        for part in (item, item_of(items, f"{question.key}.upper_limit")):
            options = [each["valueCoding"] for each in part["extension"] if each["url"] == UNIT_OPTION]
            assert [option["code"] for option in options] == list(question.units)
    options = [
        each["valueCoding"] for item in every(items) for each in item.get("extension", []) if each["url"] == UNIT_OPTION
    ]
    assert {option["system"] for option in options} == {"http://unitsofmeasure.org"}
    assert {option["code"] for option in options} == UCUM
    pressures = [item_of(items, f"blood_pressure.{part}")["code"][0]["code"] for part in PRESSURES]
    assert pressures == ["8480-6", "8462-4"]


def test_a_code_has_its_check_digit() -> None:
    """No LOINC code has a slip in it: its last figure is the one that follows from the others."""
    entries = [str(entry["code"]) for some in codes().loinc.values() for entry in some]
    assert len(entries) == len(set(entries))
    for code in entries:
        body, digit = code.split("-")
        doubled = int("".join(reversed(body))[::2][::-1]) * 2
        rest = "".join(reversed(body))[1::2][::-1]
        total = sum(map(int, rest + str(doubled)))
        assert (-total) % 10 == int(digit), code


def test_another_form_is_another_version() -> None:
    """The version follows from what stands in the form; a response names it."""
    asked = form("en")
    assert asked.canonical.endswith(f"|{asked.resource['version']}")
    assert response(record_of(state_of({"age_years": 70})), asked)["questionnaire"] == asked.canonical


# The answers


def answers_to(question: Question) -> list[Any]:
    """An answer of each kind that there is to a question."""
    if question.input == "boolean":
        return [True, False]
    if question.input == "choice":
        return list(question.choices)
    if question.input == "integer":
        return [question.lowest, question.highest]
    if question.input == "date":
        return ["2026-10-03", "2026-10", "2019", *(["never"] if question.event else [])]
    if question.input == "blood_pressure":
        return [{"systolic": 135, "diastolic": 80}]
    results = [{"value": "1.10", "unit": unit} for unit in question.units]
    return [*results, {"value": "0.50", "unit": question.units[0], "upper_limit": "1.20"}]


def given_before(question: Question) -> dict[str, Any]:
    """The answers without which a question is not asked."""
    given: dict[str, Any] = {}
    for key, values in question.only_if.items():
        given |= given_before(questionnaire()[key]) | {key: values[0]}
    return given | ({question.needs_recent: ON.isoformat()} if question.needs_recent else {})


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_every_kind_of_answer_is_allowed_by_the_form(question: Question) -> None:
    """Whatever can be answered to a question, and each way to pass it over, is what the form allows."""
    before = given_before(question)
    for answer in answers_to(question):
        check(record_of(state_of({**before, question.key: answer})))
    for how in REASONS:
        said = check(record_of(state_of(before, skipped={question.key: how})))
        reasons = [
            each["valueCode"]
            for item in every([item_of(said["item"], question.key)])
            for answer in item.get("answer", [])
            for held in answer.values()
            for each in (held.get("extension", []) if isinstance(held, Mapping) else [])
        ]
        assert set(reasons) == {REASONS[how]}


def made_up_people(number: int) -> Iterator[State]:
    """Pre-screenings of made-up people, most of them close to a boundary; some questions are passed over."""
    chance = random.Random(5)
    for on, given in people(number):
        if faults(given, on):
            continue
        answers = questionnaire().relevant({key: value for key, value in given.items() if value is not None}, on)
        left = [question.key for question in questionnaire().asked(answers, on) if question.key not in answers]
        passed_over = {key: chance.choice(list(REASONS)) for key in left if chance.random() < 0.7}
        yield state_of(answers, on, skipped=passed_over)


def test_responses_of_many_people_are_allowed_by_the_form() -> None:
    """Of a hundred made-up people: the Bundle is FHIR, the form allows every item, and no answer is lost or added."""
    states = list(made_up_people(125))
    assert len(states) > 90
    for state in states:
        said = check(record_of(state))
        assert {item["linkId"] for item in said["item"]} == {*state.answers, *state.skipped}
        assert answers_in(said["item"]) == exacted(state.answers)


@pytest.mark.parametrize("talk", TALKS, ids=lambda talk: talk["name"])
def test_responses_of_the_told_prescreenings_are_allowed_by_the_form(talk: dict[str, Any]) -> None:
    """Each pre-screening of tests/prescreenings comes to a Bundle from which its answers can be read back."""
    answers = questionnaire().relevant(talk["answers"], DAY)
    said = check(record_of(state_of(answers, DAY)))
    assert answers_in(said["item"]) == exacted(state_of(answers).answers)


def answers_in(items: list[Item]) -> dict[str, Any]:
    """The answers, read back from a response as somebody else would."""
    found: dict[str, Any] = {}
    for item in items:
        key = item["linkId"]
        question = questionnaire()[key]
        values = {part["linkId"]: [value_of(a)[1] for a in part.get("answer", [])] for part in every([item])}
        if question.event:
            [given] = values.get(f"{key}.never") or values[f"{key}.date"]
            value: Any = "never" if given is True else given
        elif question.input == "blood_pressure":
            numbers = {part: values[f"{key}.{part}"][0] for part in PRESSURES}
            value = {part: int(said["value"]) for part, said in numbers.items() if said} or None
        elif question.input == "lab":
            [result] = values[key]
            [limit] = values.get(f"{key}.upper_limit") or [None]
            value = result and {"value": result["value"], "unit": result["code"]}
            value = {**value, "upper_limit": limit["value"]} if value and limit else value
        else:
            [given] = values[key]
            value = given["code"] if isinstance(given, Mapping) else given
        if value is not None:
            found[key] = value
    return found


def test_numbers_stand_as_they_were_written() -> None:
    """1.10 remains 1.10, in the JSON text as well, and the last of many figures is not rounded away."""
    long = "13.500000000000000000001"
    record = record_of(
        state_of(
            {
                "labs_date": "2026-11-18",
                "hemoglobin": {"value": long, "unit": "g/dL"},
                "bilirubin": {"value": "1.10", "unit": "mg/dL", "upper_limit": "1.20"},
            }
        )
    )
    text = written(bundle(record, AT))
    assert f'"value": {long},' in text
    assert '"value": 1.10,' in text
    assert '"value": 1.20,' in text


def test_a_quantity_has_its_unit_in_ucum() -> None:
    """A laboratory value and its limit say their unit as UCUM writes it, and as people do."""
    items = response_to({"labs_date": "2026-11-18", "alt": {"value": "0.5", "unit": "ukat/L", "upper_limit": "0.8"}})
    quantity = {"unit": "µkat/L", "system": "http://unitsofmeasure.org", "code": "ukat/L"}
    assert item_of(items, "alt")["answer"][0]["valueQuantity"] == {"value": Decimal("0.5"), **quantity}
    assert item_of(items, "alt.upper_limit")["answer"][0]["valueQuantity"] == {"value": Decimal("0.8"), **quantity}


def test_a_limit_that_is_not_known_is_told_as_such() -> None:
    """Where the laboratory's limit was asked and is not there, that is said; where it is not asked, nothing is."""
    items = response_to(
        {
            "labs_date": "2026-11-18",
            "alt": {"value": "30", "unit": "U/L"},
            "hemoglobin": {"value": "13.5", "unit": "g/dL"},
        }
    )
    [answer] = item_of(items, "alt.upper_limit")["answer"]
    assert answer == {"valueQuantity": {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}}
    assert "hemoglobin.upper_limit" not in {item["linkId"] for item in every(items)}


def test_a_blood_pressure_has_two_parts() -> None:
    """A blood pressure is two quantities in mm[Hg]."""
    items = response_to({"blood_pressure": {"systolic": 135, "diastolic": 80}})
    quantities = [item_of(items, f"blood_pressure.{part}")["answer"][0]["valueQuantity"] for part in PRESSURES]
    assert [(quantity["value"], quantity["code"]) for quantity in quantities] == [(135, "mm[Hg]"), (80, "mm[Hg]")]


@pytest.mark.parametrize("day", ["2026-10-03", "2026-10", "2019"])
def test_a_date_is_as_exact_as_it_was_told(day: str) -> None:
    """A day, a month and a year stay what they are."""
    items = response_to({"metastasectomy_date": day, "heart_attack_date": day})
    assert item_of(items, "metastasectomy_date")["answer"] == [{"valueDate": day}]
    assert item_of(items, "heart_attack_date.date")["answer"] == [{"valueDate": day}]


def test_never_is_an_answer_of_its_own() -> None:
    """“Never” is a yes to its own item, and no date."""
    items = response_to({"heart_attack_date": "never"})
    assert item_of(items, "heart_attack_date")["item"] == [
        {"linkId": "heart_attack_date.never", "text": "Never", "answer": [{"valueBoolean": True}]}
    ]


@pytest.mark.parametrize("kept", ["2026-10-09", "2026-10"])
def test_what_was_said_roughly_does_not_look_exact(kept: str) -> None:
    """“About six weeks ago” gives no day, whichever the rules took: the month, and from when to when it may be."""
    rough = {"metastasectomy_date": {"said": "2026-10", "day": "2026-10-09", "by": 7}}
    items = response_to({"metastasectomy_date": kept}, rough=rough)
    [answer] = item_of(items, "metastasectomy_date")["answer"]
    assert answer["valueDate"] == "2026-10"
    [extension] = answer["_valueDate"]["extension"]
    assert extension["valuePeriod"] == {"start": "2026-10-02", "end": "2026-10-16"}
    check(record_of(state_of({"metastasectomy_date": kept}, rough=rough)))


def test_a_rough_date_never_lies_ahead() -> None:
    """The days that may be meant end with the day of the pre-screening."""
    rough = {"metastasectomy_date": {"said": "2026-11", "day": "2026-11-18", "by": 7}}
    [answer] = item_of(response_to({"metastasectomy_date": "2026-11-18"}, rough=rough), "metastasectomy_date")["answer"]
    assert answer["_valueDate"]["extension"][0]["valuePeriod"]["end"] == ON.isoformat()


@pytest.mark.parametrize(("how", "reason"), [("dont_know", "asked-unknown"), ("rather_not", "asked-declined")])
def test_why_there_is_no_answer_is_told(how: str, reason: str) -> None:
    """Not to know is told apart from not to say; no value stands beside it."""
    items = response_to({}, skipped={"rcc_confirmed": how, "sex": how})
    absence = {
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": reason}]
    }
    assert item_of(items, "rcc_confirmed")["answer"] == [{"_valueBoolean": absence}]
    assert item_of(items, "sex")["answer"] == [{"valueCoding": absence}]


def test_what_was_not_asked_is_not_there() -> None:
    """A question that was neither answered nor passed over has no item."""
    assert [item["linkId"] for item in response_to({"age_years": 70}, skipped={"sex": "rather_not"})] == [
        "age_years",
        "sex",
    ]


# The Bundle


def test_form_and_answers_are_in_one_bundle() -> None:
    """The Bundle is a collection of the form and the completed response, with the reference, each with an urn:uuid."""
    record = record_of(state_of({"age_years": 70}))
    read = Bundle.parse_raw(written(bundle(record, AT)))
    assert read.type == "collection"
    assert read.identifier.value == record.reference
    kinds = [entry.resource.resource_type for entry in read.entry]
    assert kinds == ["Questionnaire", "QuestionnaireResponse"]
    addresses = [entry.fullUrl for entry in read.entry]
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", address) for address in addresses)
    assert len(set(addresses)) == 2
    said = read.entry[1].resource
    assert said.status == "completed"
    assert said.authored == AT
    assert said.identifier.value == record.reference
    assert said.questionnaire == form("en").canonical


def test_contact_verdict_and_transcript_stay_out() -> None:
    """Neither a name nor a number that was left, nor the verdict, is in the Bundle."""
    record = record_of(
        state_of({"age_years": 17}), name="Canary Smith", phone="+39 06 1234567", email="canary@example.com"
    )
    text = written(bundle(record, AT))
    for word in ("Canary", "1234567", "canary", record.outcome, "not_satisfied", record.conversation):
        assert word not in text


def test_what_is_no_fhir_is_not_handed_on() -> None:
    """A record from which no FHIR can be made is refused, and nothing of it is told."""
    state = state_of({"metastasectomy_date": "2026-10-03"})
    record = record_of(state)
    record.state["answers"]["metastasectomy_date"] = "the third"
    with pytest.raises(ValueError, match="valueDate"):
        bundle(record, AT)


def test_json_has_no_number_that_is_none() -> None:
    """Neither NaN nor Infinity is written."""
    for number in (Decimal("NaN"), Decimal("Infinity"), float("nan")):
        with pytest.raises(ValueError, match=r"JSON|float"):
            written({"value": number})
