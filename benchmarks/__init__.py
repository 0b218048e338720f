"""How fast the assistant is, beside the bot that `rasa init` makes, on the machine at hand."""
