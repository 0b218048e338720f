"""The audit trail: who did what, and when."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from records.audit import PERSON, SYSTEM, Action, append
from records.models import AuditEntry
from records.reference import reference_in
from review.asking import user_of

#: Entries on a page.
A_PAGE = 100


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@permission_required("records.view_auditentry", raise_exception=True)
def audit(request: HttpRequest) -> HttpResponse:
    """The newest entries first. Of whom is asked in the form, so that no reference comes into an address."""
    typed = request.POST.get("subject", "").strip()[:200]
    subject = reference_in(typed) or typed
    actors = [PERSON, SYSTEM, *User.objects.order_by("username").values_list("username", flat=True)]
    chosen = {
        "actor": _one_of(request.GET, "actor", actors),
        "action": _one_of(request.GET, "action", Action.values),
    }
    # Of what is typed, only what names a record or a user comes into the trail.
    named = subject if reference_in(subject) or subject in actors else ""
    append(user_of(request).get_username(), Action.LIST, subject=named, detail="audit")
    found = _entries(subject, **chosen)
    # A search shows its newest entries; it has no address to go on with.
    paginator = Paginator(found[:A_PAGE] if subject else found, A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    return render(
        request,
        "review/audit.html",
        {
            "place": "audit",
            "page": page,
            "entries": [(entry, _in_words(entry.action)) for entry in page],
            "actors": actors,
            "actions": Action.choices,
            "chosen": chosen,
            "query": urlencode({name: value for name, value in chosen.items() if value}),
            "typed": typed,
            "subject": subject,
            "cut": A_PAGE if subject and len(page) == A_PAGE else 0,
        },
    )


def _one_of(given: Mapping[str, str], name: str, values: list[str]) -> str:
    """A filter of the address; none where there is no such value."""
    value = given.get(name, "")
    return value if value in values else ""


def _entries(subject: str, actor: str, action: str) -> QuerySet[AuditEntry]:
    wanted = {"subject": subject, "actor": actor, "action": action}
    return AuditEntry.objects.filter(**{name: value for name, value in wanted.items() if value}).order_by("-number")


def _in_words(action: str) -> str:
    return str(Action(action).label) if action in Action.values else _("Something else")
