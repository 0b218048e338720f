"""Sharing a pre-screening: the record and its transcript, stored together once the person has said yes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone as clock

from records import audit, counting
from records.ready import ready
from records.reference import new_reference

#: Where a telephone number without a country is at home.
REGION = "IT"
LONGEST_NAME = 100
LONGEST_EMAIL = 254
NAME, PHONE, EMAIL = "name", "phone", "email"
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")


class WrongContactError(ValueError):
    """A name, telephone number or e-mail address is not as it should be; ``field`` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} is not as it should be.")
        self.field = field


class UnknownReferenceError(LookupError):
    """There is no record by this reference, or no longer."""


@dataclass(frozen=True)
class Said:
    """One message of the transcript; ``answers`` are the answer keys that it settled."""

    speaker: str
    text: str
    at: datetime
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shared:
    """A pre-screening that somebody agreed to share, as it stands.

    Attributes:
        conversation: Rasa's sender id.
        begun_at: when the pre-screening began.
        state: actions.interview.state.State.as_dict().
        verdict: Verdict.as_dict().
        language: in which it was held.
        lines: what was said since it began.
        rules_version: which rules judged.
    """

    conversation: str
    begun_at: datetime
    state: dict[str, Any]
    verdict: dict[str, Any]
    language: str
    lines: tuple[Said, ...]
    rules_version: str

    def __post_init__(self) -> None:
        for at in (self.begun_at, *(said.at for said in self.lines)):
            if at.tzinfo is None:
                raise ValueError("Times must tell their time zone.")


def share(shared: Shared) -> str:
    """Stores a record with its transcript, all or nothing; gives its reference, the same however often it is asked."""
    ready()
    from records.models import Line, Record

    with audit.writing():
        there = Record.objects.filter(conversation=shared.conversation, begun_at=shared.begun_at)
        reference = there.values_list("reference", flat=True).first()
        if reference:
            return reference
        verdict = shared.verdict
        recheck_on = verdict.get("recheck_on")
        record = Record.objects.create(
            reference=_free_reference(),
            conversation=shared.conversation,
            begun_at=shared.begun_at,
            shared_at=clock.now(),
            on=date.fromisoformat(verdict["on"]),
            language=shared.language,
            state=_storable(shared.state),
            verdict=_storable(verdict),
            rules_version=shared.rules_version,
            outcome=verdict["outcome"],
            recheck_on=date.fromisoformat(recheck_on) if recheck_on else None,
        )
        Line.objects.bulk_create(
            Line(
                record=record,
                place=place,
                speaker=said.speaker,
                text=_storable(said.text),
                said_at=said.at,
                answers=list(said.answers),
            )
            for place, said in enumerate(shared.lines)
        )
        counting.count_here(counting.What.SHARED)
        audit.append(audit.PERSON, audit.Action.SHARE, record.reference)
        return record.reference


def add_contact(reference: str, *, name: str = "", phone: str = "", email: str = "") -> None:
    """Adds to a record how its person can be reached; what is empty stays as it was.

    Raises:
        WrongContactError: if something is not as it should be.
        UnknownReferenceError: if there is no such record.
    """
    checks = {NAME: (name, name_of), PHONE: (phone, phone_of), EMAIL: (email, email_of)}
    found: dict[str, str] = {}
    for what, (text, check) in checks.items():
        if not text:
            continue
        value = check(text)
        if value is None:
            raise WrongContactError(what)
        found[what] = value
    if not found:
        return
    ready()
    from records.models import Record

    with audit.writing():
        if not Record.objects.filter(reference=reference).update(**found):
            raise UnknownReferenceError(reference)
        audit.append(audit.PERSON, audit.Action.CONTACT, reference, ", ".join(found))


def name_of(text: str) -> str | None:
    """A name, with its blanks put in order; None if it is none."""
    name = " ".join(text.split())
    is_name = len(name) <= LONGEST_NAME and name.isprintable() and any(sign.isalpha() for sign in name)
    return name if is_name and _storable(name) == name else None


def phone_of(text: str) -> str | None:
    """The telephone number in a text, in its international form; None if there is none."""
    found = next(iter(phonenumbers.PhoneNumberMatcher(text[:LONGEST_EMAIL], REGION)), None)
    if not found:
        return None
    return str(phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def email_of(text: str) -> str | None:
    """The e-mail address in a text; None if there is none."""
    for found in _ADDRESS.findall(text):
        address = found.strip(".!?'’“”")
        try:
            validate_email(address)
        except ValidationError:
            continue
        if len(address) <= LONGEST_EMAIL:
            return str(address)
    return None


def _free_reference() -> str:
    """A reference that no record has, nor had before it was erased."""
    from records.models import AuditEntry, Record

    while True:
        reference = new_reference()
        taken = Record.objects.filter(reference=reference).exists()
        if not taken and not AuditEntry.objects.filter(subject=reference).exists():
            return reference


def _storable(value: Any) -> Any:
    """The same, less what PostgreSQL cannot store in a text: zero bytes and halves of signs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_storable(key): _storable(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_storable(part) for part in value]
    return value
