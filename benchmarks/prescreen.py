"""How many verdicts a second `python -m actions.prescreen --jsonl` gives on one core.

Beside it stands the floor: starting Python and parsing the same file, with nothing judged. Both are measured
in the same run, and their ratio is what can be compared between machines.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.prescreen.people import people
from tests.prescreen.test_oracle import as_json

HOME = Path(__file__).resolve().parents[1]
PARSE = "import json, sys\nfor line in open(sys.argv[1], 'rb'): json.loads(line)"


def seconds(command: list[str], rounds: int) -> float:
    """The shortest of several runs, in seconds of a core, so that whatever else runs here does not count."""
    taken = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, cwd=HOME, stdout=subprocess.DEVNULL, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken)


def main() -> None:
    """Make the answers, measure, and print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000, help="lines to judge (default: %(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=3, help="runs, of which the shortest counts (default: %(default)s)"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.jsonl"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(as_json(answers) + "\n" for _, answers in people(asked.people))
        size = path.stat().st_size / asked.people
        print(f"{asked.people} people, {size:.0f} bytes each, {asked.rounds} rounds …", flush=True)
        judging = [sys.executable, "-m", "actions.prescreen", "--jsonl", "--on", "2028-06-01"]
        empty = seconds([*judging, "/dev/null"], asked.rounds)
        judged = seconds([*judging, str(path)], asked.rounds)
        floor = seconds([sys.executable, "-c", PARSE, str(path)], asked.rounds)
    print(f"judged:  {judged:.2f} s, {asked.people / judged:,.0f} verdicts a second (start-up: {empty:.2f} s)")
    print(f"floor:   {floor:.2f} s, {asked.people / floor:,.0f} lines a second, parsed only")
    print(f"ratio:   {judged / floor:.1f}")


if __name__ == "__main__":
    main()
