"""How long a turn takes over REST, with one chat or many at once, and how many messages a second that makes.

Each chat is a sender of its own who waits for each reply before the next message is sent. The bots take turns
in rounds, each time the other one first, so that whatever else the machine does hits both alike.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import yaml

from benchmarks.figures import Figure, median, percentile
from scripts.progress import Progress
from scripts.settings import Trouble

MESSAGES = Path(__file__).resolve().parent / "messages.yml"
#: Chats at once.
LEVELS = (1, 8, 32)
#: Turns of a chat: once through the list of messages.
TURNS = 10
#: Where few chat at once, several chats one after another make a round long enough to be measured.
LEAST_TURNS = 40
#: Seconds until a reply is given up.
PATIENCE = 60


@dataclass
class Load:
    """What was measured of one bot with so many chats at once.

    Attributes:
        turns: seconds from sending a message to having its whole reply, by round.
        seconds: how long all rounds took.
        silent: messages without any reply.
    """

    turns: list[list[float]] = field(default_factory=list)
    seconds: float = 0.0
    silent: int = 0

    def milliseconds(self, share: float) -> float:
        """The percentile of all turns together."""
        return 1000 * percentile((turn for one in self.turns for turn in one), share)

    @property
    def a_second(self) -> float:
        """Messages answered in a second."""
        return sum(map(len, self.turns)) / self.seconds


@dataclass(frozen=True)
class Talker:
    """A bot as the load sees it.

    Attributes:
        name: for a person.
        webhook: where messages are posted.
        messages: what it is asked, in order.
        may_be_silent: whether it may have no reply. Ours may not: silence is quick, and would flatter its
            figures.
    """

    name: str
    webhook: str
    messages: Sequence[str]
    may_be_silent: bool = False


def read_messages(path: Path = MESSAGES) -> dict[str, list[str]]:
    """What each bot is asked.

    Raises:
        Trouble: if the lists are not equally long.
    """
    lists: dict[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    if len({len(messages) for messages in lists.values()}) != 1:
        raise Trouble(f"{path.name}: the lists must be equally long, so that the chats are.")
    return lists


def rounds(count: int) -> Iterator[tuple[int, int]]:
    """Which of two goes first and which second, round by round, so that neither is always first."""
    for number in range(count):
        yield (0, 1) if number % 2 == 0 else (1, 0)


def measure(talkers: tuple[Talker, Talker], count: int) -> Mapping[int, tuple[Load, Load]]:
    """Both bots at each level, in so many rounds, after a warm-up that does not count."""
    for talker in talkers:
        with Progress(f"Warming up: {talker.name}"):
            asyncio.run(_round(talker, 8, Load()))
    loads: dict[int, tuple[Load, Load]] = {}
    for chats in LEVELS:
        loads[chats] = (Load(), Load())
        with Progress(f"{chats} at once") as progress:
            for number, order in enumerate(rounds(count), 1):
                progress.note(f"round {number} of {count}")
                for which in order:
                    asyncio.run(_round(talkers[which], chats, loads[chats][which]))
    return loads


async def _round(talker: Talker, chats: int, load: Load) -> None:
    """So many chats at once, each to its end, and as many again until there are turns enough."""
    turns: list[float] = []
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        began = time.perf_counter()
        while len(turns) < LEAST_TURNS:
            senders = [f"benchmark-{time.monotonic_ns()}-{number}" for number in range(chats)]
            done = await asyncio.gather(*(_chat(session, talker, sender, load) for sender in senders))
            turns += [turn for chat in done for turn in chat]
        load.seconds += time.perf_counter() - began
    load.turns.append(turns)


async def _chat(session: aiohttp.ClientSession, talker: Talker, sender: str, load: Load) -> list[float]:
    """One chat; the seconds of each turn.

    Raises:
        Trouble: if the bot fails, takes too long, or is silent where it must not be.
    """
    turns = []
    for number in range(TURNS):
        message = talker.messages[number % len(talker.messages)]
        began = time.perf_counter()
        try:
            async with session.post(talker.webhook, json={"sender": sender, "message": message}) as response:
                response.raise_for_status()
                replies = await response.json()
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            raise Trouble(f"{talker.name} did not reply to “{message}” ({error!r}).") from error
        turns.append(time.perf_counter() - began)
        load.silent += not replies
        if not replies and not talker.may_be_silent:
            raise Trouble(f"{talker.name} had no reply to “{message}”, so its time means nothing.")
    return turns


def figures(loads: Mapping[int, tuple[Load, Load]]) -> list[Figure]:
    """The turn times and the throughput as lines of the table."""
    lines = []
    for chats, (ours, theirs) in loads.items():
        at = "1 chat" if chats == 1 else f"{chats} chats at once"
        silent = f"rasa init left {theirs.silent} unanswered" if theirs.silent else ""
        lines += [
            Figure(f"turn, median, {at}", "ms", ours.milliseconds(0.50), theirs.milliseconds(0.50), silent),
            Figure(f"turn, p95, {at}", "ms", ours.milliseconds(0.95), theirs.milliseconds(0.95)),
            Figure(f"messages, {at}", "/s", ours.a_second, theirs.a_second, "more is better"),
        ]
    return lines


def by_round(loads: Mapping[int, tuple[Load, Load]]) -> dict[str, dict[str, list[float]]]:
    """The median turn of each round in ms, which shows how steady the machine was."""
    return {
        str(chats): {
            name: [round(median(turns) * 1000, 1) for turns in load.turns]
            for name, load in (("ours", ours), ("theirs", theirs))
        }
        for chats, (ours, theirs) in loads.items()
    }
