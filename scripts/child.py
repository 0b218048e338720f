"""Rasa, or its action server, as a child of these commands.

    python -m scripts.child [--discreet] rasa|rasa_sdk ARGUMENTS

A child never outlives its parent: when the pipe on its standard input closes, however the parent ended, it
stops.
A discreet child writes no word of anyone's into its log, whatever Rasa logs: Rasa puts messages of users into
warnings, errors and tracebacks.
"""

from __future__ import annotations

import json
import logging
import os
import re
import runpy
import signal
import sys
import threading
import traceback
import warnings
from pathlib import Path
from typing import Any, TextIO

#: What Rasa's structured logging names an event: “rest.message.received.failure”.
EVENT = re.compile(r"[\w.\-]+")
WITHHELD = "(withheld: it may quote a user)"


def stop_with_parent() -> None:
    """Stops this process, gently and then at once, when the parent is gone."""
    lifeline = os.dup(0)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)

    def wait() -> None:
        while os.read(lifeline, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(5)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def place(error: BaseException) -> str:
    """What went wrong and where, innermost first, without the error's own words, which may be a user's."""
    told = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        reason = ""
        if isinstance(link, OSError) and link.errno:
            reason = f" ({os.strerror(link.errno)})"
        elif isinstance(link, (ImportError, SyntaxError)):
            # These speak of the code only.
            reason = f" ({link})"
        trail = traceback.extract_tb(link.__traceback__)
        frames = [frame for frame in trail if not frame.filename.startswith("<frozen")][-6:]
        where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        told.append(f"{type(link).__name__}{reason} at {where or 'unknown place'}")
        link = link.__cause__ or link.__context__
    return "; because of ".join(told)


def discreet_text(message: object, arguments: object) -> str:
    """What may be said of a log message: its template or the name of its event, which quote nobody."""
    text = str(message)
    if arguments:
        return text
    if text.startswith("{"):
        try:
            text = str(json.loads(text).get("event"))
        except ValueError:
            return WITHHELD
    return text if EVENT.fullmatch(text) else WITHHELD


class DiscreetRecord(logging.LogRecord):
    """A log record that keeps what went wrong and where, and forgets what was said.

    Records are made before any handler sees them: nothing that Rasa sets up later can bring the words back.
    """

    def __init__(
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: Any,
        exc_info: Any,
        func: str | None = None,
        sinfo: str | None = None,
    ) -> None:
        text = f"{discreet_text(msg, args)} [{Path(pathname).name}:{lineno}]"
        error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
        if isinstance(error, BaseException):
            text = f"{text} {place(error)}"
        super().__init__(name, level, pathname, lineno, text, (), None, func, None)


def be_discreet() -> None:
    """From here on this process logs no words of users."""
    logging.setLogRecordFactory(DiscreetRecord)

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning)):
            print(f"{category.__name__} at {Path(filename).name}:{lineno} {WITHHELD}", file=sys.stderr)

    def tell(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        print(place(error), file=sys.stderr)

    warnings.showwarning = show
    sys.excepthook = tell


def leave_out_jax() -> None:
    """Lets TensorFlow find no jax, which it imports only to convert models: 1 to 2 s of a start."""
    sys.modules["jax"] = None  # type: ignore[assignment]  # how Python is told that a module is not there


def main() -> None:
    """Becomes Rasa or the action server."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return
    stop_with_parent()
    if arguments[0] == "--discreet":
        be_discreet()
        arguments = arguments[1:]
    leave_out_jax()
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
