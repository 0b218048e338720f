"""What Django needs for the records alone. The console (review/settings.py) adds the rest.

The action server stores a record with these, so that it loads no more of Django than that.
"""

from __future__ import annotations

from typing import Any

from conversations.database import data_folder, server

#: Beside the code, or where TRIAL_GUIDE_FOLDER says.
FOLDER = data_folder()


def databases() -> dict[str, dict[str, Any]]:
    """The database that is set: PostgreSQL, or an SQLite file in the data folder."""
    there = server()
    if there:
        return {
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "HOST": there.host,
                "PORT": there.port,
                "NAME": there.name,
                "USER": there.user,
                "PASSWORD": there.password,
            }
        }
    return {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data_folder() / "records.db",
            "OPTIONS": {
                # Two processes write: one waits for the other, for fewer seconds than the chat's page for a reply.
                # What is deleted is overwritten, and leaves no log beside, nor anything in a folder of others.
                "timeout": 8,
                "transaction_mode": "IMMEDIATE",
                "init_command": (
                    "PRAGMA secure_delete = ON; PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL;"
                    "PRAGMA temp_store = MEMORY;"
                ),
            },
        }
    }


DATABASES = databases()
# Of commands with the same name, that of the first counts.
INSTALLED_APPS = ["accounts", "django.contrib.contenttypes", "django.contrib.auth", "records"]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Rome"
