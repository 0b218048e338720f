"""Rasa as it is, in a folder of its own: how the bot of `rasa init` is made, trained and run.

    python -m benchmarks.untouched FOLDER ARGUMENTS

Nothing of this project takes part, but that it ends when the benchmark ends, however that ends.
"""

from __future__ import annotations

import os
import runpy
import sys

from scripts.child import stop_with_parent


def main() -> None:
    """Becomes `rasa ARGUMENTS`, started in the folder."""
    if len(sys.argv) < 3 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return
    stop_with_parent()
    folder, *arguments = sys.argv[1:]
    os.chdir(folder)
    # What `python -m rasa`, started there, would have.
    sys.path[0] = folder
    sys.argv = ["rasa", *arguments]
    runpy.run_module("rasa", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
