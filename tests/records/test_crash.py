"""A crash at any moment leaves the record whole, or no record."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from records.audit import verify
from records.models import AuditEntry, Count, Line, Record
from records.sharing import share
from scripts.settings import HOME
from tests.records.places import Place
from tests.records.samples import a_shared


@contextmanager
def killing(place: Place) -> Iterator[Iterator[str]]:
    """Shares in processes that are killed, one after the other; each value says how one ended, after the
    first, which says how many statements a sharing takes."""
    environment = {name: value for name, value in place.environment.items() if name != "DJANGO_SETTINGS_MODULE"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.records.killed"],
        cwd=HOME,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout

        def ends() -> Iterator[str]:
            assert process.stdin
            assert process.stdout
            for line in process.stdout:
                yield line.strip()
                process.stdin.write("\n")
                process.stdin.flush()

        yield ends()


def stored() -> tuple[int, ...]:
    """How much is stored of a sharing: records, lines, audit entries, counts."""
    return tuple(model.objects.count() for model in (Record, Line, AuditEntry, Count))


def test_a_crash_leaves_no_half_record(place: Place) -> None:
    """A process that is killed between any two statements of a sharing leaves nothing of it, and an intact trail;
    one that is killed after the commit leaves all of it. Then it can be shared as if nothing had been.
    """
    found = []
    with killing(place) as ends:
        moments = int(next(ends))
        assert moments >= 6
        before = stored()
        for number, end in enumerate(ends):
            assert end == "killed", number
            found.append(stored())
            assert verify() == []
    assert len(found) == moments + 2
    assert found[:-1] == [before] * (moments + 1)
    records, lines, entries, counts = before
    assert found[-1] == (records + 1, lines + 2, entries + 1, counts)
    reference = share(a_shared())
    assert stored() == found[-1]
    assert Record.objects.get(reference=reference).lines.count() == 2
    assert Count.objects.get(what="shared").number == 2
