"""What is counted for the clinic: numbers only, a day at a time, nothing that anybody said."""

from __future__ import annotations

import atexit
import logging
import queue
import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.ready import ready

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

#: What is to be counted and does not fit in any more is not counted.
MOST_WAITING = 10_000
#: Seconds that the end of the process waits for what is still to be counted.
PATIENCE = 5.0
#: Keys are names of questions, topics and outcomes; what is no name is counted under this one.
OTHER = "other"
_NAME = re.compile(r"[a-z0-9_.+-]{0,60}")


class What(models.TextChoices):
    """What is counted."""

    BEGUN = "begun", _("Begun")
    FINISHED = "finished", _("Finished")
    SHARED = "shared", _("Shared")
    DECLINED = "declined", _("Not shared")
    STOPPED_AT = "stopped_at", _("Stopped at")
    SKIPPED = "skipped", _("Skipped")
    UNCLEAR = "unclear", _("Not understood")
    OUTCOME = "outcome", _("Outcome")


_Counted = tuple[date, str, str]
_waiting: queue.Queue[_Counted] = queue.Queue(MOST_WAITING)
_start = threading.Lock()
_thread: threading.Thread | None = None


def count(what: str, key: str = "", day: date | None = None) -> None:
    """Counts one more; returns at once and never fails: no conversation waits for a number."""
    global _thread
    try:
        _waiting.put_nowait(_counted(what, key, day))
        with _start:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_work, name="counting", daemon=True)
                _thread.start()
    except Exception as error:
        logger.warning("Something could not be counted (%s).", type(error).__name__)


def count_here(what: str, key: str = "", day: date | None = None) -> None:
    """Counts one more in the transaction that is open."""
    from django.db import connection

    _add(connection, [(_counted(what, key, day), 1)])


def flush(seconds: float = PATIENCE) -> bool:
    """Waits until all is counted, for some seconds at most; whether it is."""
    until = time.monotonic() + seconds
    while _waiting.unfinished_tasks and time.monotonic() < until:
        time.sleep(0.005)
    return not _waiting.unfinished_tasks


def counts(since: date, until: date) -> dict[str, dict[str, int]]:
    """How often each thing happened, by key, from one day to another; both are included."""
    from records.models import Count

    rows = Count.objects.filter(day__range=(since, until)).values_list("what", "key")
    found: dict[str, dict[str, int]] = {what.value: {} for what in What}
    for what, key, number in rows.annotate(times=models.Sum("number")).order_by("-times", "key"):
        found.setdefault(what, {})[key] = number
    return found


def by_day(what: str, since: date, until: date) -> Mapping[date, int]:
    """How often something happened on each day, from one day to another; days without are left out."""
    from records.models import Count

    rows = Count.objects.filter(what=what, day__range=(since, until)).values_list("day")
    return dict(rows.annotate(times=models.Sum("number")).order_by("day"))


def _counted(what: str, key: str, day: date | None) -> _Counted:
    name = key if _NAME.fullmatch(key) else OTHER
    return day or date.today(), What(what).value, name


def _work() -> None:
    """Counts what waits, for as long as the process lives."""
    while True:
        found = [_waiting.get()]
        while True:
            try:
                found.append(_waiting.get_nowait())
            except queue.Empty:
                break
        try:
            _store(Counter(found))
        except Exception as error:
            logger.warning("%d could not be counted (%s).", len(found), type(error).__name__)
        finally:
            for _each in found:
                _waiting.task_done()


def _store(numbers: Mapping[_Counted, int]) -> None:
    ready()
    from django.db import DEFAULT_DB_ALIAS, connections

    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        _add(connection, sorted(numbers.items()))
    finally:
        connection.close()


def _add(connection: BaseDatabaseWrapper | Any, numbers: Iterable[tuple[_Counted, int]]) -> None:
    from records.models import Count

    table = connection.ops.quote_name(Count._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (day, what, key, number) VALUES (%s, %s, %s, %s)"
            f" ON CONFLICT (day, what, key) DO UPDATE SET number = {table}.number + excluded.number",
            [(day.isoformat(), what, key, number) for (day, what, key), number in numbers],
        )


atexit.register(flush)
