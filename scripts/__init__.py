"""How the assistant is installed, trained, started, talked to and measured."""
