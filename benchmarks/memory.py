"""How much memory the processes of a bot take together."""

from __future__ import annotations

import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
#: What ps and /proc call a kilobyte is 1,024 bytes; a megabyte here is a million.
KILOBYTES_IN_MB = 1_000_000 / 1_024


@dataclass(frozen=True)
class Memory:
    """Megabytes of several processes together.

    Attributes:
        rss: resident; a page that two processes share counts twice.
        pss: resident, a shared page divided among those who share it; None where the system does not tell.
    """

    rss: float
    pss: float | None


def memory_of(leaders: Collection[int]) -> Memory:
    """What the processes take that lead a process group each, and all that are in their groups."""
    if not (PROC / "self" / "smaps_rollup").is_file():
        listed = subprocess.run(
            ["ps", "-A", "-o", "pgid=", "-o", "rss="], capture_output=True, text=True, check=True
        ).stdout
        rows = [line.split() for line in listed.splitlines()]
        return Memory(sum(int(rss) for pgid, rss in rows if int(pgid) in leaders) / KILOBYTES_IN_MB, None)
    told = [_smaps(folder) for folder in PROC.glob("[0-9]*") if _group(folder) in leaders]
    return Memory(*(sum(one.get(name, 0) for one in told) / KILOBYTES_IN_MB for name in ("Rss", "Pss")))


def _group(process: Path) -> int | None:
    """The leader of a process's group, of which /proc/<pid>/stat tells after the name, state and parent."""
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[2])
    except OSError:
        return None


def _smaps(process: Path) -> dict[str, int]:
    """What Linux tells of a process's memory, in kilobytes; nothing if it has just ended."""
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()[1:]
    except OSError:
        return {}
    return {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
