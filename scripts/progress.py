"""Progress on the terminal: a line that counts the seconds, or now and then a line where nobody watches."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType

#: Seconds between two lines where the output is a file.
SELDOM = 10


class Progress:
    """Says what is going on until it is over; ``note`` says how far it is.

    Used as ``with Progress("Training") as progress: …; progress.note("topics")``.
    """

    def __init__(self, what: str) -> None:
        self.what = what
        self._note = ""
        self._began = time.monotonic()
        self._over = threading.Event()
        self._alive = sys.stdout.isatty()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._began

    def note(self, note: str) -> None:
        """How far it is."""
        if note != self._note:
            self._note = note
            if not self._alive:
                print(f"  {note}", flush=True)

    def __enter__(self) -> Progress:
        if not self._alive:
            print(f"{self.what} …", flush=True)
        self._ticker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._ticker.join()
        if self._alive:
            print("\r\033[K", end="")
        if kind is None:
            print(f"✓ {self.what} ({self.seconds:.0f} s)", flush=True)

    def _tick(self) -> None:
        while not self._over.wait(0.5 if self._alive else SELDOM):
            if self._alive:
                print(f"\r\033[K… {self.what} ({self.seconds:.0f} s)  {self._note}", end="", flush=True)
            else:
                print(f"  … {self.seconds:.0f} s", flush=True)
