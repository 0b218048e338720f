#!/usr/bin/env python
"""Holds the trained assistant against the evaluation set in tests/evaluation.

Each message goes through the trained model and the answering code as in a conversation. A third of the set
("open") may be looked at when something is improved; the rest ("sealed") is only counted: --wrong shows the open
part's mistakes and never the sealed part's.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import logging
import os
import re
import sys
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

import yaml  # noqa: E402

from actions.actions import answerer  # noqa: E402
from actions.answering import Talk  # noqa: E402
from actions.replies import Reply  # noqa: E402
from actions.speaking import turn_of  # noqa: E402
from actions.trial import trial  # noqa: E402

#: The sets of messages, each with its folder: the yardstick, and a harder one for finding what is still weak.
SETS = {"plain": PROJECT / "tests" / "evaluation", "oblique": PROJECT / "tests" / "evaluation_oblique"}
#: Replies that tell a fact of the trial: what nobody may get who asked about something else.
TELLS_FACTS = ("answer",)


@dataclass(frozen=True)
class Case:
    """A message of the evaluation set, and the reply that is fair."""

    file: str
    expected: Mapping[str, Any]

    @property
    def say(self) -> str:
        """The message."""
        return str(self.expected["say"])

    @property
    def is_open(self) -> bool:
        """Whether the case may be looked at when something is improved."""
        return hashlib.sha256(self.say.encode()).digest()[0] % 3 == 0

    def is_met_by(self, reply: Reply) -> bool:
        """Whether the reply is fair."""
        wanted = self.expected
        if reply.kind not in _list(wanted["kind"]):
            return False
        if "term" in wanted and reply.topic == "glossary":
            return any(_explains(reply, str(word)) for word in _list(wanted["term"]))
        topics = [reply.topic, *(other.get("topic") for other in reply.also)]
        criteria = [reply.criterion, *(other.get("criterion") for other in reply.also)]
        if "topics" in wanted and not all(set(_list(topic)) & set(topics) for topic in wanted["topics"]):
            return False
        if "criteria" in wanted and not all(set(_list(rule)) & set(criteria) for rule in wanted["criteria"]):
            return False
        if reply.kind not in ("answer", "not_in_sources"):
            return True
        if (
            reply.topic == "criterion"
            and "criterion" in wanted
            and "criterion" in _list(wanted.get("topic", "criterion"))
        ):
            return bool(set(_list(wanted["criterion"])) & set(criteria))
        return "topic" not in wanted or bool(set(_list(wanted["topic"])) & set(topics))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _explains(reply: Reply, word: str) -> bool:
    entries = trial().texts[reply.language].glossary.values()
    told = [entry for entry in entries if _plain(entry["text"]) in _plain(reply.text)]
    return any(_plain(word) in {_plain(form) for form in (entry["term"], *entry.get("forms", []))} for entry in told)


def _plain(text: str) -> str:
    return " ".join(str(text).lower().replace("-", " ").replace("–", " ").split())


def cases(language: str, folder: Path = SETS["plain"]) -> Iterator[Case]:
    """An evaluation set in a language, without the plainest messages, which two people write alike.

    What stands in data/nlu as well does not count: it would be remembered, not understood.
    """
    known = taught(language)
    return (case for case in all_cases(language, folder) if bare(case.say) not in known)


def all_cases(language: str, folder: Path) -> Iterator[Case]:
    """An evaluation set in a language, those messages included that do not count."""
    for path in sorted((folder / language).glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Case(path.stem, entry)


def taught(language: str) -> set[str]:
    """All training phrases of a language, without case and punctuation."""
    files = (PROJECT / "data" / "nlu" / language).glob("*.yml")
    blocks = [block for path in files for block in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["nlu"]]
    return {bare(line[2:]) for block in blocks for line in block["examples"].strip().split("\n")} - {""}


def bare(text: str) -> str:
    """A message without case and punctuation."""
    return " ".join(re.sub(r"[^\w ]", "", str(text).lower().replace("’", "'")).split())


class Conversation:
    """A conversation with the model, without servers: what Rasa understands goes to the code of the action."""

    def __init__(self, understand: Any, language: str) -> None:
        self._understand = understand
        self._answerer = answerer(language)
        self._talk = Talk()

    def say(self, text: str) -> Reply:
        """The reply to a message."""
        reply, self._talk = self._answerer.reply(turn_of(self._understand(text)), self._talk)
        return reply


def model_reader(model: Path) -> Any:
    """A function from a text to what the trained model makes of it.

    Rasa is told to be silent: left alone it prints every message, and the sealed ones are not to be seen.
    """
    warnings.showwarning = lambda *warning, **more: None
    from rasa.core.agent import Agent
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(logging.ERROR)
    configure_structlog(logging.ERROR)
    agent = Agent.load(str(model))
    loop = asyncio.new_event_loop()
    return lambda text: loop.run_until_complete(agent.parse_message(text))


def newest_model() -> Path:
    """The newest trained model.

    Raises:
        SystemExit: if there is none.
    """
    models = sorted((PROJECT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not models:
        raise SystemExit("There is no trained model. Run 'make train' first.")
    return models[-1]


def judge(understand: Any, language: str, chosen: list[Case]) -> list[tuple[Case, Reply, bool]]:
    """Each case with its reply and whether that is fair."""
    judged = []
    for number, case in enumerate(chosen, 1):
        conversation = Conversation(understand, language)
        for earlier in case.expected.get("after", []):
            conversation.say(earlier)
        reply = conversation.say(case.say)
        judged.append((case, reply, case.is_met_by(reply)))
        if sys.stderr.isatty() and number % 25 == 0:
            print(f"\r{number} of {len(chosen)} messages", end="", file=sys.stderr)
    return judged


def figures(judged: list[tuple[Case, Reply, bool]]) -> dict[str, Any]:
    """The figures that matter, as shares of 1."""

    def share(hits: int, total: int) -> float | None:
        return round(hits / total, 4) if total else None

    off_topic = [reply for case, reply, _ in judged if case.file == "off_topic"]
    emergencies = [(case, reply) for case, reply, _ in judged if _list(case.expected["kind"]) == ["emergency"]]
    others = [reply for case, reply, _ in judged if "emergency" not in _list(case.expected["kind"])]
    alike = [reply for case, reply, _ in judged if case.file == "look_alikes"]
    return {
        "messages": len(judged),
        "right": share(sum(met for _, _, met in judged), len(judged)),
        "off_topic_told_facts": share(sum(reply.kind in TELLS_FACTS for reply in off_topic), len(off_topic)),
        "emergencies": len(emergencies),
        "emergencies_caught": share(sum(reply.kind == "emergency" for _, reply in emergencies), len(emergencies)),
        "look_alikes_taken_for_emergency": share(sum(reply.kind == "emergency" for reply in alike), len(alike)),
        "others_taken_for_emergency": share(sum(reply.kind == "emergency" for reply in others), len(others)),
    }


def report(judged: list[tuple[Case, Reply, bool]], wrong: bool) -> None:
    """Prints the figures, accuracy by file and topic, and the commonest confusions."""
    for part in ("all", "open", "sealed"):
        chosen = [row for row in judged if part == "all" or row[0].is_open == (part == "open")]
        print(f"{part:7}", json.dumps(figures(chosen)))
    by_file: dict[str, list[bool]] = defaultdict(list)
    by_topic: dict[str, list[bool]] = defaultdict(list)
    confused: Counter[tuple[str, str]] = Counter()
    for case, reply, met in judged:
        wanted = case.expected
        topic = str(_list(wanted.get("criterion") or wanted.get("topic") or wanted["kind"])[0])
        by_file[case.file].append(met)
        by_topic[topic].append(met)
        if not met:
            confused[topic, reply.criterion or reply.topic or reply.kind] += 1
    print("\nRight by sort of message")
    for name, hits in sorted(by_file.items()):
        print(f"  {name:16}{sum(hits):4} of {len(hits):4}  {sum(hits) / len(hits):.1%}")
    print("\nRight by topic, worst first")
    for name, hits in sorted(by_topic.items(), key=lambda item: sum(item[1]) / len(item[1])):
        print(f"  {name:24}{sum(hits):4} of {len(hits):4}")
    print("\nCommonest confusions: wanted → replied")
    for (topic, got), count in confused.most_common(25):
        print(f"  {count:3}  {topic} → {got}")
    if wrong:
        print("\nMistakes in the open part")
        for case, reply, met in judged:
            if case.is_open and not met:
                wanted = {key: value for key, value in case.expected.items() if key != "say"}
                print(f"  {case.say!r}\n     wanted {wanted}\n     got    {reply.custom()} {reply.text[:90]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", choices=SETS, default="plain", help="which messages (default plain)")
    parser.add_argument("--language", default="en", help="language of the set (default en)")
    parser.add_argument("--model", type=Path, help="model archive (default: the newest in models/)")
    parser.add_argument("--wrong", action="store_true", help="show the mistakes of the open part")
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    options = parser.parse_args()
    judged = judge(
        model_reader(options.model or newest_model()),
        options.language,
        list(cases(options.language, SETS[options.set])),
    )
    report(judged, options.wrong)
    if options.json:
        options.json.write_text(json.dumps(figures(judged), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
