"""What is counted for the clinic while people talk. Beside the conversation: no reply waits for a number."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

#: Django, which the numbers are stored with, is first loaded where it holds nobody up.
_beside = ThreadPoolExecutor(1, thread_name_prefix="counts")


def counted(what: str, key: str = "") -> None:
    """One more of this, by its name in records.counting."""
    _beside.submit(_count, what, key)


def _count(what: str, key: str) -> None:
    from records.counting import count

    count(what, key)
