"""Rasa's actions (``actions.actions``), and beside them plain packages that import no Rasa."""
