"""Measures the assistant beside the untouched bot of `rasa init`, in one run on this machine.

Training time, start-up time, memory, turn times over REST with 1, 8 and 32 chats at once, messages a second,
and the ratio of each. Both bots keep their conversations in SQLite on the same disk. Everything stays on this
machine, and is stopped and cleared away at the end, also after Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import turns
from benchmarks.bots import Bot, Ours, RasaInit, Running
from benchmarks.figures import Figure, machine, median, table
from benchmarks.memory import Memory
from scripts.processes import stop_on_signals
from scripts.progress import Progress
from scripts.settings import check_disk, private_folder, read_settings, run_command

PARTS = ("train", "start", "turns", "prescreen")
#: How often each bot is started, and how many rounds of turns there are; and the same with --quick.
STARTS, ROUNDS = 3, 5
QUICK_STARTS, QUICK_ROUNDS = 1, 2


def training(ours: Bot, theirs: Bot) -> list[Figure]:
    """How long each takes to train from nothing."""
    seconds = {}
    for bot in (ours, theirs):
        print(f"Training from nothing: {bot.name}", flush=True)
        began = time.monotonic()
        bot.train()
        seconds[bot] = time.monotonic() - began
    return [Figure("training", "s", seconds[ours], seconds[theirs])]


def starting(ours: Bot, theirs: Bot, count: int) -> list[Figure]:
    """How long each takes from its start to its first answer, the median of some starts."""
    seconds: dict[Bot, list[float]] = {ours: [], theirs: []}
    for number, order in enumerate(turns.rounds(count), 1):
        for bot in ((ours, theirs)[which] for which in order):
            with Progress(f"Starting, {number} of {count}: {bot.name}"), Running() as running:
                seconds[bot].append(bot.start(running))
    note = f"median of {count}" if count > 1 else ""
    return [Figure("start to first answer", "s", median(seconds[ours]), median(seconds[theirs]), note)]


def talking(ours: Bot, theirs: Bot, count: int) -> tuple[list[Figure], dict[str, Any]]:
    """Turn times, throughput and memory, while both run."""
    messages = turns.read_messages()
    talkers = (
        turns.Talker(ours.name, ours.settings.webhook, messages["ours"]),
        turns.Talker(theirs.name, theirs.settings.webhook, messages["rasa_init"]),
    )
    with Running() as our_processes, Running() as their_processes:
        both = (our_processes, their_processes)
        for bot, running in ((ours, our_processes), (theirs, their_processes)):
            with Progress(f"Starting: {bot.name}"):
                bot.start(running)
        at_rest = [running.memory() for running in both]
        loads = turns.measure(talkers, count)
        after = [running.memory() for running in both]
    figures = turns.figures(loads) + memory("at rest", at_rest) + memory("after the load", after)
    return figures, {"median_ms_by_round": turns.by_round(loads)}


def memory(when: str, both: list[Memory]) -> list[Figure]:
    """Memory of all processes of each, as lines of the table."""
    ours, theirs = both
    lines = [Figure(f"memory {when}, RSS", "MB", ours.rss, theirs.rss)]
    if ours.pss is not None and theirs.pss is not None:
        lines.append(Figure(f"memory {when}, PSS", "MB", ours.pss, theirs.pss))
    return lines


def main() -> int:
    """Measures what was asked for, and prints the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and training is not timed")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file as well")
    options = parser.parse_args()
    stop_on_signals()
    os.umask(0o077)
    parts = (
        [options.only] if options.only else [part for part in PARTS if part != "train" or not options.quick]
    )
    told: dict[str, Any] = {"machine": machine(), "quick": options.quick}
    figures: list[Figure] = []
    kept = private_folder(read_settings().folder)
    check_disk(kept)
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=kept) as folder:
        ours, theirs = Ours(Path(folder, "ours")), RasaInit(Path(folder, "rasa_init"))
        if parts != ["prescreen"]:
            with Progress("Making the bot of rasa init, which trains it too"):
                theirs.prepare()
        if "train" in parts:
            figures += training(ours, theirs)
        if {"start", "turns"} & set(parts):
            ours.prepare()
        if "start" in parts:
            figures += starting(ours, theirs, QUICK_STARTS if options.quick else STARTS)
        if "turns" in parts:
            lines, more = talking(ours, theirs, QUICK_ROUNDS if options.quick else ROUNDS)
            figures += lines
            told.update(more)
    if figures:
        where = told["machine"]
        print(
            f"\n{where['system']}, Python {where['python']}, {where['cores']} cores,"
            f" load {where['load_before']} before\n\n{table(figures)}"
        )
    told["figures"] = [figure.as_dict() for figure in figures]
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    run_command(main)
