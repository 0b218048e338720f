"""Has Rasa validate the training data; warnings are errors. Skipped where the same data passed before."""

from __future__ import annotations

import argparse
import time

from scripts.processes import Children, child_command, stop_on_signals
from scripts.progress import Progress
from scripts.settings import HOME, Trouble, environment, private_folder, read_settings, run_command
from scripts.train import ingredients, together


def main() -> int:
    """Validates if need be.

    Raises:
        Trouble: with what Rasa says, if the data are not valid.
    """
    parser = argparse.ArgumentParser(prog="python -m scripts.validate", description=__doc__)
    parser.add_argument("--force", action="store_true", help="validate even what passed before")
    arguments = parser.parse_args()
    stop_on_signals()
    settings = read_settings()
    passed = HOME / "models" / "validated"
    now = together(ingredients())
    if not arguments.force and passed.is_file() and passed.read_text() == now:
        print("✓ The training data are valid, as before")
        return 0
    private_folder(settings.folder)
    private_folder(settings.logs)
    command = child_command("rasa", "data", "validate", "--fail-on-warnings", discreet=False)
    with Progress("Validating the training data"), Children() as children:
        child = children.start("Validation", command, environment(), settings.logs / "validate.log")
        while not child.ended:
            time.sleep(0.1)
        if child.process.returncode:
            raise Trouble(f"The training data are not valid.\n{child.last_lines(40)}\n  All of it: {child.log}")
    passed.parent.mkdir(exist_ok=True)
    passed.write_text(now)
    return 0


if __name__ == "__main__":
    run_command(main)
