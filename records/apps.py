"""The app of the records, as Django finds it."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Shared pre-screenings."""

    name = "records"
    default_auto_field = "django.db.models.BigAutoField"
