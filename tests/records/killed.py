"""A program that shares a pre-screening, and kills itself at each moment of it in turn, and after it.

First it shares another one as a whole, and prints how many statements that takes. After each of its deaths it waits
for a line on its standard input, so that the test can look at what is left.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest.mock import patch

from records.ready import ready

ready()

from django.db import connection, connections  # noqa: E402

from records import audit, sharing  # noqa: E402
from tests.records.samples import a_shared  # noqa: E402


def die(*_: object) -> None:
    """No clean-up, no last word: as when the machine is switched off."""
    os.kill(os.getpid(), signal.SIGKILL)


class Killer:
    """Kills this process before a statement, or never."""

    def __init__(self, last: int | None) -> None:
        self.last = last
        self.number = 0

    def __call__(self, execute: Any, *statement: Any) -> Any:
        """Runs a statement, or not."""
        if self.number == self.last:
            die()
        self.number += 1
        return execute(*statement)


def share_until(statement: int | None = None, conversation: str = "page-one") -> int:
    """Shares, but for death; gives the number of statements."""
    killer = Killer(statement)
    with connection.execute_wrapper(killer):
        sharing.share(a_shared(conversation=conversation))
    return killer.number


def tell(word: object) -> None:
    """Prints a word, and waits until the test has looked."""
    print(word, flush=True)
    sys.stdin.readline()


def in_a_child(task: Callable[[], object]) -> None:
    """Does it in a process of its own, which may die of it."""
    connection.close()
    child = os.fork()
    if not child:
        task()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    tell("killed" if os.WIFSIGNALED(status) else "done")


def main() -> None:
    """Shares and dies, again and again."""
    moments = share_until(conversation="page-other")
    tell(moments)
    for moment in range(moments):
        in_a_child(partial(share_until, moment))
    # After all statements, before the commit; and after the commit, before the note of the newest audit entry.
    with patch.object(type(connections["default"]), "commit", die):
        in_a_child(share_until)
    with patch.object(audit, "_advance", die):
        in_a_child(share_until)


if __name__ == "__main__":
    main()
