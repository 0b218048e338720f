"""Fills the data folder of a console that will be served: users, and records as the chat shares them.

    python -m tests.console.browser.seeding   reads what is wanted from its standard input, and says what came of it

A process of its own: the tests' Django has another database, and while Playwright runs it may use none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

from scripts.settings import HOME

#: Who works with the console in these tests, and in which role.
USERS = {"carla": "coordinator", "luca": "lead", "ada": "administrator"}


@dataclass(frozen=True)
class Seed:
    """What there is when the console is served.

    Attributes:
        records: id and reference of each record, in the order in which they were wanted.
        sessions: the cookie by which each user is logged in.
    """

    records: Sequence[Mapping[str, str]]
    sessions: Mapping[str, str]

    def reference(self, number: int) -> str:
        """The reference of a record."""
        return self.records[number]["reference"]

    def path(self, number: int) -> str:
        """Where the page of a record is."""
        return f"records/{self.records[number]['id']}/"


def seeded(
    folder: Path,
    password: str,
    *records: Mapping[str, Any],
    users: Mapping[str, str] | None = None,
    counted: bool = False,
) -> Seed:
    """Fills a data folder. A record is what `_record` takes; ``counted``: with numbers of some weeks."""
    wanted = {
        "password": password,
        "users": USERS if users is None else users,
        "records": records,
        "counted": counted,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.console.browser.seeding"],
        cwd=HOME,
        env={**os.environ, "TRIAL_GUIDE_FOLDER": str(folder), "DJANGO_SETTINGS_MODULE": "review.settings"},
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Seed(**json.loads(done.stdout))


def _record(
    outcome: str,
    *,
    days_ago: int = 0,
    said: Mapping[str, str] | None = None,
    but: Mapping[str, Any] | None = None,
    skipped: Mapping[str, str] | None = None,
    assigned_to: str = "",
    notes: Sequence[str] = (),
    rules_version: str = "",
    **changes: Any,
) -> dict[str, str]:
    """Shares a pre-screening as the chat does; ``changes`` are other fields of the record."""
    from django.utils import timezone as clock

    from accounts.models import User
    from actions.prescreen import judge
    from actions.prescreen import rules_version as present_rules
    from records.models import Note, Record
    from records.sharing import Said, Shared, share
    from tests.console.samples import FOR_OUTCOME, _on, a_state, transcript

    on = clock.localdate() - timedelta(days=days_ago)
    state = a_state({**_on(FOR_OUTCOME[outcome], on), **(but or {})}, skipped, on)
    begun = datetime.combine(on, time(9, 12), timezone.utc)
    lines = tuple(
        Said(line.speaker, line.text, line.said_at, tuple(line.answers))
        for line in transcript(None, state, begun, said or {})  # type: ignore[arg-type]
    )
    verdict = judge(state.judged(), on).as_dict()
    rules = rules_version or present_rules()
    reference = share(Shared(uuid.uuid4().hex, begun, state.as_dict(), verdict, "en", lines, rules))
    if assigned_to:
        changes["assigned_to"] = User.objects.get(username=assigned_to)
    found = Record.objects.filter(reference=reference)
    found.update(shared_at=clock.now() - timedelta(days=days_ago), **changes)
    record = found.get()
    author = User.objects.filter(role="coordinator").first()
    Note.objects.bulk_create(Note(record=record, author=author, text=text) for text in notes)
    return {"id": str(record.pk), "reference": reference}


def _count() -> None:
    """Counts what some weeks might bring."""
    from django.utils import timezone as clock

    from records.counting import What
    from records.models import Count, Outcome

    stops = ["metastasectomy_date", "labs_date", "hemoglobin", "blood_pressure"]
    keys = {What.STOPPED_AT: stops, What.SKIPPED: stops[::-1], What.UNCLEAR: ["dose", "eligibility", "contact"]}
    keys |= {What.OUTCOME: list(Outcome.values)}
    rows: dict[tuple[Any, str, str], int] = {}
    for ago in range(1, 29):
        day = clock.localdate() - timedelta(days=ago)
        for times, what in enumerate((What.DECLINED, What.SHARED, What.FINISHED, What.BEGUN), 1):
            rows[day, what, ""] = times * (ago % 4)
        for what, known in keys.items():
            rows[day, what, known[ago % 7 % len(known)]] = 1 + ago % 3
    # Those of today are counted by sharing.
    Count.objects.bulk_create(Count(day=day, what=what, key=key, number=n) for (day, what, key), n in rows.items())


def main() -> None:
    """Makes what is wanted."""
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth.hashers import make_password
    from django.test import Client

    from accounts.models import User
    from records.ready import ready

    ready()
    wanted = json.load(sys.stdin)
    password = make_password(wanted["password"])
    sessions = {}
    for name, role in wanted["users"].items():
        client = Client()
        client.force_login(
            User.objects.create(username=name, role=role, password=password), backend="accounts.roles.RoleBackend"
        )
        sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    records = [_record(**record) for record in wanted["records"]]
    if wanted["counted"]:
        _count()
    print(json.dumps({"records": records, "sessions": sessions}))


if __name__ == "__main__":
    main()
