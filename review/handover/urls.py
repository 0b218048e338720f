"""The addresses of what is handed on. A record is named by its id alone, which tells nothing."""

from __future__ import annotations

from django.urls import path

from review.handover.api import BundleView, NowhereView, PrescreeningsView, QuestionnaireView, SchemaView
from review.handover.pages import as_csv, as_pdf

app_name = "handover"
urlpatterns = [
    path("prescreenings.csv", as_csv, name="csv"),
    path("prescreenings/<uuid:id>.pdf", as_pdf, name="pdf"),
    path("api/prescreenings/", PrescreeningsView.as_view(), name="prescreenings"),
    path("api/prescreenings/<uuid:id>/", BundleView.as_view(), name="bundle"),
    path("api/questionnaire/", QuestionnaireView.as_view(), name="questionnaire"),
    path("api/schema/", SchemaView.as_view(), name="schema"),
    path("api/<path:rest>", NowhereView.as_view(), name="nowhere"),
]
