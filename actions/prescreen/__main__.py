"""Pre-screening on the command line: answers as JSON in, a verdict as JSON out."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date

from .answers import BadAnswers, Fault
from .days import full_date
from .explanation import explain
from .jsontext import NotJSON, parse
from .verdict import Verdict, trial

GOOD, BAD = 0, 2
STANDARD_INPUT = 0


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m actions.prescreen",
        description="Judge answers, given as a JSON object, by the entry rules of the trial, and write the "
        "verdict as JSON. No verdict is a decision: only the study team decides, and the trial has stopped "
        "enrolling.",
        epilog="The keys of the answers are told in trial/prescreen.yml, the rules in trial/criteria.yml. "
        "The exit status is 2 where answers are bad, and then every fault is named.",
        allow_abbrev=False,
    )
    parser.add_argument("--on", metavar="YYYY-MM-DD", type=_day, help="the day of the screening (default: today)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--jsonl", action="store_true", help="read one object a line, and write one verdict a line")
    how.add_argument(
        "--explain",
        action="store_true",
        help="write plain text: each rule with the answers it used and its source",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="where the answers are (default: standard input)")
    return parser.parse_args(argv)


def _day(text: str) -> date:
    day = full_date(text)
    if day is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no day written as YYYY-MM-DD")
    return day


def verdict_on(data: bytes, on: date) -> Verdict:
    """The verdict on one JSON text."""
    return trial().judge(read_json(data), on)


def read_json(data: bytes) -> object:
    """What a JSON text holds; BadAnswers if it is none."""
    try:
        return parse(data)
    except NotJSON as error:
        raise BadAnswers([Fault("", "not_json", {"reason": error})]) from None


def judge_one(data: bytes, on: date, explained: bool) -> int:
    """Write the verdict on one object, or its faults to standard error."""
    try:
        given = read_json(data)
        text = explain(given, on) if explained else trial().judge(given, on).as_json()
    except BadAnswers as bad:
        for key, message in bad.messages().items():
            shown = key if key.isprintable() else json.dumps(key)  # a key may hold anything
            print(f"{shown}: {message}" if key else message, file=sys.stderr)
        return BAD
    sys.stdout.write(text + "\n")
    return GOOD


def judge_lines(lines: Iterable[bytes], on: date) -> int:
    """Write a line for each object: its verdict, or its faults."""
    status = GOOD
    write = sys.stdout.write
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            write(verdict_on(line, on).as_json() + "\n")
        except BadAnswers as bad:
            status = BAD
            errors = [{"key": key, "message": message} for key, message in bad.messages().items()]
            write(json.dumps({"line": number, "errors": errors}) + "\n")
    return status


def run(asked: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    on = asked.on or date.today()
    with ExitStack() as opened:
        try:
            source = opened.enter_context(open(STANDARD_INPUT if asked.file is None else asked.file, "rb"))
            if asked.jsonl:
                return judge_lines(source, on)
            data = source.read()
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            print(f"{asked.file or 'standard input'} cannot be read: {error.strerror}", file=sys.stderr)
            return BAD
    return judge_one(data, on, asked.explain)


def main() -> int:
    """The command. Whoever reads its output may stop reading at any time."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # whatever the terminal's own encoding is
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = run(arguments())
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would complain at its end
        return GOOD
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
