"""Why a request is refused."""

from __future__ import annotations


class Refusal(Exception):
    """A request is not taken; nothing of what was said in it is repeated.

    code          status          why
    unreadable    400, 415, 422   no JSON, an unknown field, a wrong type, nothing said
    not_from_here 403             another site sent it
    not_found     404, 405        there is no such address
    too_large     413             longer than any message
    too_many      429             more messages than a person writes; `wait` seconds help
    unavailable   503             the assistant cannot answer now; the same message may be sent again

    The words for each stand in trial/<language>/page.yml under `errors`.
    """

    def __init__(self, code: str, status: int, wait: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.wait = wait


def unreadable(status: int = 422) -> Refusal:
    """What was sent cannot be read."""
    return Refusal("unreadable", status)
