"""The app of the users, as Django finds it."""

from django.apps import AppConfig, apps


class AccountsConfig(AppConfig):
    """Users and roles."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Begins to tell the audit trail of logins, where anybody can log in."""
        if apps.is_installed("axes"):
            import accounts.watch  # noqa: F401
