"""How much may be said in how short a time: far more than a person writes, far less than a machine can."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """So many at once, and then so many a second."""

    burst: float
    a_second: float


#: Of one conversation, and of one address: a clinic's waiting room shares one.
CONVERSATION = Rate(60, 1)
ADDRESS = Rate(300, 5)


class Limit:
    """A token bucket for each key; a bucket that has filled up again is forgotten."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        # By key: how many are left, and since when. In the order of their last use.
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait(self, key: Hashable) -> int:
        """Takes one; 0, or the seconds to wait if there is none left."""
        now = self._clock()
        self._forget_full(now)
        left, since = self._left.get(key, (self._rate.burst, now))
        left = min(self._rate.burst, left + (now - since) * self._rate.a_second)
        if left < 1:
            return max(1, math.ceil((1 - left) / self._rate.a_second))
        self._left[key] = (left - 1, now)
        self._left.move_to_end(key)
        return 0

    def forget(self, key: Hashable) -> None:
        """Forgets a key."""
        self._left.pop(key, None)

    def __len__(self) -> int:
        return len(self._left)

    def _forget_full(self, now: float) -> None:
        full = self._rate.burst / self._rate.a_second
        while self._left:
            key, (_, since) = next(iter(self._left.items()))
            if now - since < full:
                return
            del self._left[key]


class Limits:
    """The limits of the page."""

    def __init__(self) -> None:
        self._conversations = Limit(CONVERSATION)
        self._addresses = Limit(ADDRESS)

    def wait(self, address: str, visitor: str | None = None) -> int:
        """Takes one message of the address, and of the conversation; 0, or the seconds to wait."""
        return self._addresses.wait(address) or (self._conversations.wait(visitor) if visitor else 0)

    def forget(self, visitor: str) -> None:
        """Forgets a conversation."""
        self._conversations.forget(visitor)
