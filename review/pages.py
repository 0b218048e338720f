"""The addresses of the console's pages."""

from __future__ import annotations

from django.urls import path

from review.audit import audit
from review.calendar import calendar
from review.deletion import delete
from review.listing import records, search
from review.numbers import numbers, numbers_csv
from review.record import assign, note, record, status
from review.rejudging import rejudge

app_name = "review"
urlpatterns = [
    path("", records, name="records"),
    path("search/", search, name="search"),
    path("records/<uuid:id>/", record, name="record"),
    path("records/<uuid:id>/note/", note, name="note"),
    path("records/<uuid:id>/state/", status, name="status"),
    path("records/<uuid:id>/assignment/", assign, name="assign"),
    path("records/<uuid:id>/judge-again/", rejudge, name="rejudge"),
    path("records/<uuid:id>/delete/", delete, name="delete"),
    path("calendar/", calendar, name="calendar"),
    path("numbers/", numbers, name="numbers"),
    path("numbers.csv", numbers_csv, name="numbers_csv"),
    path("audit/", audit, name="audit"),
]
