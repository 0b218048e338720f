"""The app of the console, as Django finds it."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Pages of the console."""

    name = "review"
