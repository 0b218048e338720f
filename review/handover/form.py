"""The form of the pre-screening as a FHIR Questionnaire, made from trial/.

    boolean, integer, date, choice    an item of that type
    lab                               a quantity in one of the question's units; its upper limit is an item within
    blood_pressure                    a group of two quantities
    a date, or never                  a group: `key.never` (a boolean) and `key.date`, asked unless it was never

Nothing is required, for everything may be left out. When a question is asked is told by `enableWhen`, as far as that
can tell it: of “only if that date is recent” it says “only if there is that date”.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from actions.interview.questions import Question, questionnaire
from actions.interview.wording import InterviewWording
from actions.trial import Trial, trial
from actions.wording import Wording
from review.handover.codes import Codes, codes
from review.handover.exact_json import written

Item = dict[str, Any]

STRUCTURES = "http://hl7.org/fhir/StructureDefinition/"
UNIT_OPTION, CONTROL = f"{STRUCTURES}questionnaire-unitOption", f"{STRUCTURES}questionnaire-itemControl"
LOWEST, HIGHEST = f"{STRUCTURES}minValue", f"{STRUCTURES}maxValue"
HELP = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": "help"}

#: How the parts of an item are named, after its own name and a point.
NEVER, DATE, LIMIT, EXPLAINED = "never", "date", "upper_limit", "help"
#: The parts of a blood pressure.
PRESSURES = ("systolic", "diastolic")
_VERSION_LENGTH = 12


class Form:
    """The form in one language.

    Attributes:
        language: of its texts.
        resource: the Questionnaire, as plain values.
    """

    def __init__(self, trial: Trial, language: str, codes: Codes) -> None:
        self.language = language
        self._codes = codes
        self._wording = InterviewWording(trial, language, questionnaire())
        self._words = Wording(trial, language)
        with translation.override(language):
            self.resource = self._questionnaire()

    @property
    def canonical(self) -> str:
        """The address of the form, with its version."""
        return f"{self.resource['url']}|{self.resource['version']}"

    def name(self, key: str) -> str:
        """The name of a question's answer, in lists."""
        return self._wording.short(key)

    def coding(self, question: Question, value: Any) -> dict[str, str]:
        """One of a question's choices."""
        title = self._wording.choice(question, value)
        return {"system": self._codes.system(question.key), "code": str(value), "display": title}

    def quantity(self, unit: str) -> dict[str, str]:
        """A unit of a laboratory value: as UCUM writes it, and as people do."""
        return {"unit": self._wording.units([unit]) or unit, "system": self._codes.ucum, "code": unit}

    def pressure(self, question: Question) -> dict[str, str]:
        """The unit of a blood pressure."""
        unit = self._codes.units[question.input]
        return {"unit": unit["unit"], "system": self._codes.ucum, "code": unit["code"]}

    def _questionnaire(self) -> Item:
        name = f"prescreening-{self.language}"
        number = self._words.fill("{trial.number}")
        title = _("Pre-screening for the trial %(name)s (%(number)s)")
        resource: Item = {
            "resourceType": "Questionnaire",
            "id": name,
            "language": self.language,
            "url": self._codes.address("Questionnaire", name),
            "name": f"Prescreening{number}",
            "title": title % {"name": self._words.fill("{trial.name}"), "number": number},
            "status": "active",
            "subjectType": ["Patient"],
            "description": self._wording.text("only_team_decides"),
            "item": [self._item(question) for question in questionnaire().questions],
        }
        # Whatever changes in the form makes it another version.
        version = sha256(written(resource).encode()).hexdigest()[:_VERSION_LENGTH]
        return {**resource, "version": version}

    def _item(self, question: Question) -> Item:
        item: Item = {"linkId": question.key, "code": self._codes.of(question.key)}
        item |= {"text": self._wording.of(question.key, "text"), **self._asked_when(question)}
        item |= {"required": False, "repeats": False, **self._kind(question)}
        item["item"] = [*item.get("item", ()), *self._help(question)]
        return {name: value for name, value in item.items() if value != []}

    def _kind(self, question: Question) -> Item:
        """The type of an item, and what can be answered."""
        if question.event:
            return {"type": "group", "item": self._event(question)}
        if question.input == "blood_pressure":
            unit = _unit_options([self.pressure(question)])
            texts = dict(zip(PRESSURES, (_("Upper number (systolic)"), _("Lower number (diastolic)")), strict=True))
            parts = [
                {**self._part(question, part, texts[part]), "type": "quantity", "extension": unit} for part in PRESSURES
            ]
            return {"type": "group", "item": parts}
        if question.input == "lab":
            units = _unit_options([self.quantity(unit) for unit in question.units])
            # Whoever tells the limit unasked is heard as well.
            text = self._wording.of(question.key, "limit") or _("The laboratory’s upper limit")
            limit = {**self._part(question, LIMIT, text), "type": "quantity", "extension": units}
            return {"type": "quantity", "extension": units, "item": [limit]}
        if question.input == "choice":
            options = [{"valueCoding": self.coding(question, value)} for value in question.choices]
            return {"type": "choice", "answerOption": options}
        if question.input == "integer":
            ends = ((LOWEST, question.lowest), (HIGHEST, question.highest))
            return {
                "type": "integer",
                "extension": [{"url": url, "valueInteger": end} for url, end in ends if end is not None],
            }
        return {"type": question.input}

    def _event(self, question: Question) -> list[Item]:
        never, day = (f"{question.key}.{part}" for part in (NEVER, DATE))
        unless_never = {"question": never, "operator": "!=", "answerBoolean": True}
        return [
            {**self._part(question, NEVER, self._wording.choice(question, NEVER)), "type": "boolean"},
            {
                **self._part(question, DATE, self._wording.short(question.key)),
                "type": "date",
                "linkId": day,
                "enableWhen": [unless_never],
            },
        ]

    def _part(self, question: Question, part: str, text: str | None) -> Item:
        link = f"{question.key}.{part}"
        item = {"linkId": link, "code": self._codes.of(link), "text": text, "required": False, "repeats": False}
        return {name: value for name, value in item.items() if value != []}

    def _help(self, question: Question) -> list[Item]:
        """What the words of a question mean, and each of its numbers where that is not plain."""
        lines = [self._wording.of(question.key, "help") or ""]
        if question.input == "integer":
            titles = [self._wording.choice(question, value) for value in question.choices]
            lines += [title for title in titles if not title.isdigit()]
        text = "\n".join(filter(None, lines))
        control = {"url": CONTROL, "valueCodeableConcept": {"coding": [HELP]}}
        link = f"{question.key}.{EXPLAINED}"
        return [{"linkId": link, "text": text, "type": "display", "extension": [control]}] if text else []

    def _asked_when(self, question: Question) -> Item:
        """When a question is asked, as far as FHIR can tell it: all of some conditions, or any of one question's."""
        needed = [self._equal(key, "=", values) for key, values in question.only_if.items()]
        apart = [self._equal(key, "!=", values) for key, values in question.unless.items()]
        dated = question.needs_recent
        recent = [{"question": dated, "operator": "exists", "answerBoolean": True}] if dated else []
        # “One of several values” cannot stand beside another condition, and is then left out.
        alone = len(needed) == 1 and not apart and not recent
        conditions = [condition for some in needed if alone or len(some) == 1 for condition in some]
        conditions += [*(condition for some in apart for condition in some), *recent]
        if len(conditions) < 2:
            return {"enableWhen": conditions}
        return {"enableWhen": conditions, "enableBehavior": "any" if alone else "all"}

    def _equal(self, key: str, operator: str, values: Sequence[Any]) -> list[Item]:
        asked = questionnaire()[key]
        return [{"question": key, "operator": operator, **self._compared(asked, value)} for value in values]

    def _compared(self, asked: Question, value: Any) -> Mapping[str, Any]:
        if isinstance(value, bool):
            return {"answerBoolean": value}
        if isinstance(value, int):
            return {"answerInteger": value}
        coding = self.coding(asked, value)
        return {"answerCoding": {"system": coding["system"], "code": coding["code"]}}


def _unit_options(units: Sequence[Mapping[str, str]]) -> list[Item]:
    return [
        {
            "url": UNIT_OPTION,
            "valueCoding": {"system": unit["system"], "code": unit["code"], "display": unit["unit"]},
        }
        for unit in units
    ]


@lru_cache(maxsize=8)
def form(language: str) -> Form:
    """The form in a language, or in the usual one if that is not spoken here."""
    return Form(trial(), trial().spoken(language), codes())
