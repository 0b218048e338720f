"""One record: what was found, beside what was said; and what the clinic does with it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import PERMISSIONS
from actions.prescreen import rules_version
from records.audit import Action, append, writing
from records.models import LONGEST_NOTE, Note, Record, Status
from review.asking import by_form, user_of
from review.reading import GROUPS, Reading, language_name, language_of_reader, read_record
from review.waiting import waits_of

#: What was asked for makes no sense; the page comes back with what was typed.
REFUSED = 422
#: Somebody else was quicker.
OVERTAKEN = 409


class NoteForm(forms.Form):
    """A note that is written."""

    text = forms.CharField(
        max_length=LONGEST_NOTE,
        error_messages={"required": gettext_lazy("Please write something first.")},
        widget=forms.Textarea,
    )

    def __init__(self, data: dict[str, str] | None = None) -> None:
        # A browser sends two characters for each new line.
        super().__init__({name: value.replace("\r\n", "\n") for name, value in data.items()} if data else data)


class StatusForm(forms.Form):
    """A state that is chosen, and the one that was seen when it was."""

    status = forms.ChoiceField(choices=Status.choices)
    seen = forms.ChoiceField(choices=Status.choices)


class AssignForm(forms.Form):
    """Who is to see to a record, and who did when it was chosen; empty for nobody."""

    assigned_to = forms.ModelChoiceField(User.objects.none(), required=False)
    seen = forms.IntegerField(required=False)

    def __init__(self, data: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["assigned_to"].queryset = readers()  # type: ignore[attr-defined]


def readers() -> QuerySet[User]:
    """Those who may read records: to them one can be assigned."""
    roles = [role for role, may in PERMISSIONS.items() if "records.view_record" in may]
    return User.objects.filter(is_active=True, role__in=roles).order_by("username")


@require_safe
@never_cache
@permission_required("records.view_record", raise_exception=True)
def record(request: HttpRequest, id: UUID) -> HttpResponse:
    """A record with its transcript and notes."""
    found = _found(id)
    append(user_of(request).get_username(), Action.READ, subject=found.reference)
    return show(request, found)


def show(request: HttpRequest, found: Record, note: NoteForm | None = None, status: int = 200) -> HttpResponse:
    """The page of a record; with a note that was refused, what was typed."""
    reading = read_record(found, found.lines.all(), language_of_reader())
    return render(
        request,
        "review/record.html",
        {
            "place": "records",
            "record": found,
            "reading": reading,
            "groups": _titled(reading),
            "waits": waits_of(found),
            "language": language_name(found.language),
            "dialled": re.sub(r"[^+0-9]", "", found.phone),
            "statuses": Status.choices,
            "readers": _choices(found) if user_of(request).has_perm("records.assign_record") else (),
            "notes": found.notes.select_related("author"),
            "note": note or NoteForm(),
            "longest_note": LONGEST_NOTE,
            "rules_changed": found.rules_version != rules_version(),
            "today": timezone.localdate(),
        },
        status=status,
    )


def _choices(found: Record) -> Iterable[User]:
    """Whom it can be assigned to; and whoever has it, even if they have left."""
    choices = list(readers())
    if found.assigned_to and found.assigned_to not in choices:
        choices.insert(0, found.assigned_to)
    return choices


def _titled(reading: Reading) -> list[dict[str, object]]:
    titles = {
        "does_not": _("Stands in the way"),
        "waiting": _("Waits, or could change"),
        "unknown": _("Not known"),
        "fits": _("Fits"),
        "for_team": _("Only the team can judge"),
    }
    return [
        {"name": name, "title": titles[name], "rules": reading.groups[name]}
        for name in GROUPS
        if name in reading.groups
    ]


@permission_required("records.add_note", raise_exception=True)
@by_form("review:record")
def note(request: HttpRequest, id: UUID) -> HttpResponse:
    """Writes a note down. One that is too long is refused, and stays in its field."""
    found, user = _found(id), user_of(request)
    form = NoteForm(request.POST.dict())
    if not form.is_valid():
        length = len(form.data.get("text", ""))
        if length > LONGEST_NOTE:
            form.errors["text"] = form.error_class(
                [
                    ngettext(
                        "This note is %(over)d character too long: at most %(most)d fit. Nothing was saved yet.",
                        "This note is %(over)d characters too long: at most %(most)d fit. Nothing was saved yet.",
                        length - LONGEST_NOTE,
                    )
                    % {"over": length - LONGEST_NOTE, "most": LONGEST_NOTE}
                ]
            )
        return show(request, found, form, REFUSED)
    text = form.cleaned_data["text"]
    newest = found.notes.last()
    if newest is None or (newest.author_id, newest.text) != (user.pk, text):  # a button pressed twice is one note
        with writing():
            Note.objects.create(record=found, author=user, text=text)
            append(user.get_username(), Action.NOTE, subject=found.reference)
    messages.success(request, _("The note is saved."))
    return redirect("review:record", id=found.pk)


@permission_required("records.change_record", raise_exception=True)
@by_form("review:record")
def status(request: HttpRequest, id: UUID) -> HttpResponse:
    """Changes the state, unless somebody else has changed it since it was seen."""
    found, user = _found(id), user_of(request)
    form = StatusForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That is no state. Nothing was changed."))
        return show(request, found, status=REFUSED)
    wanted, seen = form.cleaned_data["status"], form.cleaned_data["seen"]
    with writing():
        changed = Record.objects.filter(pk=found.pk, status=seen).update(status=wanted)
        if changed and wanted != seen:
            append(user.get_username(), Action.CHANGE_STATE, subject=found.reference, detail=f"{seen} → {wanted}")
    if not changed:
        found.refresh_from_db()
        messages.warning(
            request,
            _("Meanwhile somebody else set the state to “%(state)s”. Yours was not saved: please look again.")
            % {"state": found.get_status_display()},
        )
        return show(request, found, status=OVERTAKEN)
    messages.success(request, _("The state is now “%(state)s”.") % {"state": Status(wanted).label})
    return redirect("review:record", id=found.pk)


@permission_required("records.assign_record", raise_exception=True)
@by_form("review:record")
def assign(request: HttpRequest, id: UUID) -> HttpResponse:
    """Gives the record to somebody, unless somebody else has meanwhile."""
    found, user = _found(id), user_of(request)
    form = AssignForm(request.POST.dict())
    if not form.is_valid():
        messages.error(request, _("To that user no record can be given. Nothing was changed."))
        return show(request, found, status=REFUSED)
    wanted, seen = form.cleaned_data["assigned_to"], form.cleaned_data["seen"]
    with writing():
        changed = Record.objects.filter(pk=found.pk, assigned_to=seen).update(assigned_to=wanted)
        if changed:
            to = wanted.get_username() if wanted else "nobody"
            append(user.get_username(), Action.ASSIGN, subject=found.reference, detail=f"to {to}")
    if not changed:
        found.refresh_from_db()
        messages.warning(
            request,
            _("Meanwhile somebody else gave this record to %(name)s. Yours was not saved: please look again.")
            % {"name": found.assigned_to.get_username() if found.assigned_to else _("nobody")},
        )
        return show(request, found, status=OVERTAKEN)
    if wanted:
        messages.success(request, _("The record is now assigned to %(name)s.") % {"name": wanted.get_username()})
    else:
        messages.success(request, _("The record is now assigned to nobody."))
    return redirect("review:record", id=found.pk)


def _found(id: UUID) -> Record:
    return get_object_or_404(Record.objects.select_related("assigned_to"), pk=id)
