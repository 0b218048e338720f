"""Django made ready for the records, wherever they are used: in the action server, the console or a command."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conversations.database import one_at_a_time, private_file

SETTINGS = "records.settings"
#: Any number, the same in every process: who holds it makes the tables.
ADVISORY_LOCK = 7_305_221

_lock = threading.Lock()
_done = _set_up_here = False


def ready() -> None:
    """Sets Django up if nobody has, and makes the tables that are missing; costs nothing the next time."""
    global _done
    if not _done:
        with _lock:
            if not _done:
                _set_up()
                make_tables()
                _done = True
    if _set_up_here:
        from django.db import close_old_connections

        # There are no requests here, at whose end Django would let go of connections that are broken.
        close_old_connections()


def make_tables() -> None:
    """Makes the tables that are missing; several processes may start at once."""
    # Django has to be set up before these can be imported.
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    name = connection.settings_dict["NAME"]
    # Those of tests may be in memory.
    if connection.vendor == "sqlite" and isinstance(name, Path):
        private_file(name)
    with _alone():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)


def _set_up() -> None:
    global _set_up_here
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
        django.setup()
        _set_up_here = True


@contextmanager
def _alone() -> Iterator[None]:
    from django.db import connection

    if connection.vendor != "postgresql":
        with one_at_a_time("tables"):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])
