"""How the assistant is installed, trained, started, talked to and measured; run each with `python -m scripts.<name> --help`."""
