"""A record as FHIR: the answers as a QuestionnaireResponse, in one Bundle with the form that they answer.

Only what the person answered. Left out, on purpose:
    the verdict    what a program found is no answer, and FHIR has no resource for it. A receiver's system would show it
                   among findings, though it is no decision; the PDF tells it in words that say so
    the contact    a name and a number are for the clinic that was given them. So there is no Patient either
    the transcript
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fhir.resources.R4B.bundle import Bundle

from actions.interview.questions import Question, questionnaire
from actions.interview.state import State
from actions.trial import trial
from records.models import Record
from review.handover.codes import codes
from review.handover.form import DATE, LIMIT, NEVER, PRESSURES, STRUCTURES, Form, form

Resource = dict[str, Any]
Value = dict[str, Any]

ABSENT = f"{STRUCTURES}data-absent-reason"
#: Why there is no answer to a question that was asked, by how it was passed over.
REASONS: Mapping[str, str] = {"dont_know": "asked-unknown", "rather_not": "asked-declined"}
#: Of a laboratory's limit nobody keeps why there is none.
NOT_KNOWN = "unknown"
#: How the value of an answer is called, by the type of the item.
NAMES: Mapping[str, str] = {
    "boolean": "valueBoolean",
    "integer": "valueInteger",
    "date": "valueDate",
    "choice": "valueCoding",
    "quantity": "valueQuantity",
}
#: Types whose extensions stand beside the value, under its name with a line before it.
_PRIMITIVE = ("boolean", "integer", "date")


def bundle(record: Record, at: datetime) -> Resource:
    """A record and the form that it answers, checked.

    Raises:
        ValueError: if it is no FHIR.
    """
    asked = form(trial().spoken(record.language))
    entries = {
        uuid.uuid5(uuid.NAMESPACE_URL, asked.canonical): asked.resource,
        record.id: response(record, asked),
    }
    whole: Resource = {
        "resourceType": "Bundle",
        "id": str(record.id),
        "identifier": _identifier(record),
        "type": "collection",
        "timestamp": at.isoformat(timespec="seconds"),
        "entry": [{"fullUrl": f"urn:uuid:{id}", "resource": resource} for id, resource in entries.items()],
    }
    Bundle.parse_obj(whole)
    return whole


def response(record: Record, asked: Form) -> Resource:
    """The answers of a record."""
    state = State.from_dict(record.state) or State(on=record.on.isoformat())
    answers = Answers(state, asked)
    return {
        "resourceType": "QuestionnaireResponse",
        "id": str(record.id),
        "language": asked.language,
        "identifier": _identifier(record),
        "questionnaire": asked.canonical,
        "status": "completed",
        "authored": record.shared_at.isoformat(timespec="seconds"),
        "item": answers.items(),
    }


def _identifier(record: Record) -> Resource:
    return {"system": codes().address("NamingSystem", "reference"), "value": record.reference}


class Answers:
    """The answers of one person, as items of the form."""

    def __init__(self, state: State, asked: Form) -> None:
        self._state = state
        self._form = asked
        self._texts = dict(_texts(asked.resource["item"]))

    def items(self) -> list[Resource]:
        """An item for each question that was answered or passed over, in the order of the form."""
        return [
            self._given(question, self._state.answers[question.key])
            if question.key in self._state.answers
            else self._absent(question, REASONS.get(self._state.skipped[question.key], NOT_KNOWN))
            for question in questionnaire().questions
            if question.key in self._state.answers or question.key in self._state.skipped
        ]

    def _given(self, question: Question, value: Any) -> Resource:
        key = question.key
        if question.event:
            part = (
                self._item(f"{key}.{NEVER}", {"valueBoolean": True})
                if value == NEVER
                else self._item(f"{key}.{DATE}", self._day(question, value))
            )
            return self._group(key, part)
        if question.input == "blood_pressure":
            unit = self._form.pressure(question)
            quantities = {part: {"value": Decimal(str(value[part])), **unit} for part in PRESSURES}
            return self._group(
                key, *(self._item(f"{key}.{part}", {"valueQuantity": said}) for part, said in quantities.items())
            )
        if question.input == "lab":
            return self._result(question, value)
        if question.input == "date":
            return self._item(key, self._day(question, value))
        if question.input == "choice":
            return self._item(key, {"valueCoding": self._form.coding(question, value)})
        return self._item(key, {NAMES[question.input]: value})

    def _result(self, question: Question, value: Mapping[str, Any]) -> Resource:
        """A laboratory result, with the laboratory's own limit within."""
        unit = self._form.quantity(value["unit"])
        item = self._item(question.key, {"valueQuantity": {"value": Decimal(str(value["value"])), **unit}})
        limit = value.get("upper_limit")
        if limit is not None:
            said: Value = {"valueQuantity": {"value": Decimal(str(limit)), **unit}}
        elif question.limit:
            said = absent("quantity", NOT_KNOWN)
        else:
            return item
        item["answer"][0]["item"] = [self._item(f"{question.key}.{LIMIT}", said)]
        return item

    def _day(self, question: Question, value: str) -> Value:
        """A date, as exact as it was said. Of one that was said roughly the month, and from when to when it may be."""
        about = self._state.rough.get(question.key)
        if about is None or value not in (about["day"], about["said"]):
            return {"valueDate": value}
        middle, by = date.fromisoformat(about["day"]), timedelta(days=about["by"])
        period = {"start": (middle - by).isoformat(), "end": min(middle + by, self._state.day).isoformat()}
        roughly = {"url": codes().address("StructureDefinition", "said-roughly"), "valuePeriod": period}
        return {"valueDate": about["said"], "_valueDate": {"extension": [roughly]}}

    def _absent(self, question: Question, reason: str) -> Resource:
        """A question that was asked, and not answered."""
        key = question.key
        if question.event:
            return self._group(key, self._item(f"{key}.{DATE}", absent("date", reason)))
        if question.input == "blood_pressure":
            none = absent("quantity", reason)
            return self._group(key, *(self._item(f"{key}.{part}", none) for part in PRESSURES))
        return self._item(key, absent("quantity" if question.input == "lab" else question.input, reason))

    def _item(self, link: str, value: Value) -> Resource:
        return {"linkId": link, "text": self._texts[link], "answer": [dict(value)]}

    def _group(self, link: str, *parts: Resource) -> Resource:
        return {"linkId": link, "text": self._texts[link], "item": list(parts)}


def absent(kind: str, reason: str) -> Value:
    """The value of an answer that is not known, or was not given."""
    extension = {"extension": [{"url": ABSENT, "valueCode": reason}]}
    return {f"_{NAMES[kind]}" if kind in _PRIMITIVE else NAMES[kind]: extension}


def _texts(items: list[Resource]) -> list[tuple[str, str]]:
    """The text of every item, by its name."""
    found: list[tuple[str, str]] = []
    for item in items:
        found += [(item["linkId"], item["text"]), *_texts(item.get("item", []))]
    return found
