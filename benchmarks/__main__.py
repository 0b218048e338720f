"""Measures the assistant beside the untouched bot of `rasa init`, in one run on this machine.

Training time, start-up time, memory, turn times over REST with 1, 8 and 32 chats at once, messages a second,
and the ratio of each; how much longer a turn takes late in a conversation; how quickly the patient's page is there
and answers, as a browser sees it, over a slow connection too; how fast the rule engine judges. With
--only classifiers, and not otherwise, the classifiers that were considered for the topics, which takes minutes.
Both bots keep their conversations in SQLite on the same disk. Everything stays on this machine, and is stopped
and cleared away at the end, also after Ctrl-C.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import growth, page, turns
from benchmarks.bots import Bot, Ours, RasaInit, Running
from benchmarks.figures import Figure, machine, median, table
from benchmarks.memory import Memory
from scripts.browser import chromium, open_browser
from scripts.processes import stop_on_signals
from scripts.progress import Progress
from scripts.settings import Trouble, check_disk, environment, private_folder, read_settings, run_command

PARTS = ("train", "start", "turns", "growth", "page", "prescreen")
#: Measured only when asked for: it takes minutes, and has nothing to do with the machine.
ASKED_FOR = ("classifiers",)
#: Those in which the bot of `rasa init` takes part.
BOTH = {"train", "start", "turns"}
#: How often each bot is started, how many rounds of turns and how many long conversations there are, and how often the
#: page is opened; and the same with --quick.
STARTS, ROUNDS, CONVERSATIONS, OPENINGS = 3, 5, 3, 5
QUICK_STARTS, QUICK_ROUNDS, QUICK_CONVERSATIONS, QUICK_OPENINGS = 1, 2, 1, 1


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
    with Running() as our_processes, Running() as their_processes:
        both = (our_processes, their_processes)
        for bot, running in ((ours, our_processes), (theirs, their_processes)):
            with Progress(f"Starting: {bot.name}"):
                bot.start(running)
        talkers = (
            turns.Talker(ours.name, ours.settings.webhook, messages["ours"]),
            turns.Talker(theirs.name, theirs.settings.webhook, messages["rasa_init"], may_be_silent=True),
        )
        at_rest = [running.memory() for running in both]
        try:
            loads = turns.measure(talkers, count)
        except Trouble as trouble:
            # The logs go with the folder of the benchmark.
            logs = "\n".join(running.last_lines() for running in both)
            raise Trouble(f"{trouble} The ends of the logs:\n{logs}") from trouble
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


def growing(ours: Bot, count: int) -> growth.Growth:
    """How much longer a turn takes late in a conversation than early in it."""
    with Progress("Talking long") as progress, Running() as running:
        progress.note("starting")
        ours.start(running)
        return growth.measure(growth.by_rest(ours.settings.webhook), count, progress.note)


def browsing(ours: Bot, count: int) -> list[str]:
    """How quickly the patient's page is there and answers, as lines of a table."""
    questions = turns.read_messages()["ours"]
    with open_browser() as browser, Progress("Opening the page") as progress, Running() as running:
        progress.note("starting")
        ours.start(running)
        return page.lines(page.measure(browser, ours.settings.page, questions, count, progress))


def comparing() -> list[str]:
    """The classifiers that were considered, as lines of a table."""
    # TensorFlow and spaCy take seconds to import, for this part alone.
    from benchmarks import classifiers

    with Progress("Comparing classifiers") as progress:
        progress.note("reading the training phrases")
        return classifiers.table(classifiers.compare(classifiers.read(), progress.note))


def prescreening(folder: Path, quick: bool) -> list[Figure]:
    """How fast the pre-screening's rule engine judges: benchmarks.prescreen measures that.

    Raises:
        Trouble: if it fails.
    """
    fewer = ["--people", "2000", "--rounds", "1"] if quick else []
    command = [sys.executable, "-m", "benchmarks.prescreen", *fewer]
    with Progress("Judging pre-screenings"), Running() as running:
        child = running.start("The judging", command, environment(), folder / "prescreen.log")
        while not child.ended:
            time.sleep(0.05)
        if child.process.returncode:
            raise Trouble(f"The judging failed:\n{child.last_lines()}")
    told = child.log.read_text(encoding="utf-8")
    found = re.search(r"([\d,]+) verdicts a second", told)
    if not found:
        raise Trouble(f"The judging told no verdicts a second:\n{told}")
    return [Figure("verdicts of the rule engine", "/s", float(found[1].replace(",", "")), None, "more is better")]


def report(told: dict[str, Any], figures: list[Figure]) -> str:
    """What is printed at the end: where it was measured, the table, and how to read it."""
    where = told["machine"]
    lines = [f"{where['system']}, Python {where['python']}, {where['cores']} cores, load {where['load_before']} before"]
    if figures:
        lines += [
            "",
            table(figures),
            "",
            "ours: the servers of `make run`. rasa init: the untouched bot, but for SQLite, as ours has it.",
            "ratio: ours to rasa init; below 1 is better, but for messages a second.",
        ]
    if "page" in told:
        lines += ["", "The patient's page, in Chromium as a telephone", *(f"  {line}" for line in told["page"])]
    if "classifiers" in told:
        lines += ["", "Classifiers of the topics, by cross-validation", *(f"  {line}" for line in told["classifiers"])]
    return "\n".join(lines)


def main() -> int:
    """Measures what was asked for, and prints the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--only", choices=PARTS + ASKED_FOR, help="one part alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to this file as well")
    options = parser.parse_args()
    stop_on_signals()
    os.umask(0o077)
    parts = (options.only,) if options.only else PARTS
    if "page" in parts:
        # Where there is none, that is said before anything is measured.
        chromium()
    told: dict[str, Any] = {"machine": machine(), "quick": options.quick}
    figures: list[Figure] = []
    kept = private_folder(read_settings().folder)
    check_disk(kept)
    with tempfile.TemporaryDirectory(prefix="benchmark-", dir=kept) as folder:
        ours, theirs = Ours(Path(folder, "ours")), RasaInit(Path(folder, "rasa_init"))
        if BOTH & set(parts):
            print("Making the bot of rasa init, which trains it once:", flush=True)
            theirs.prepare()
        if "train" in parts:
            figures += training(ours, theirs)
        if {"start", "turns", "growth", "page"} & set(parts):
            ours.prepare()
        if "start" in parts:
            figures += starting(ours, theirs, QUICK_STARTS if options.quick else STARTS)
        if "turns" in parts:
            lines, more = talking(ours, theirs, QUICK_ROUNDS if options.quick else ROUNDS)
            figures += lines
            told.update(more)
        if "growth" in parts:
            figures += growing(ours, QUICK_CONVERSATIONS if options.quick else CONVERSATIONS).figures()
        if "page" in parts:
            told["page"] = browsing(ours, QUICK_OPENINGS if options.quick else OPENINGS)
        if "classifiers" in parts:
            told["classifiers"] = comparing()
        if "prescreen" in parts:
            figures += prescreening(Path(folder), options.quick)
    print("\n" + report(told, figures), flush=True)
    told["figures"] = [figure.as_dict() for figure in figures]
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    run_command(main)
