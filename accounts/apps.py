"""The app of the users, as Django finds it."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and roles."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
