"""Nobody can say more in a short time than a person could write."""

from __future__ import annotations

from web.limits import Limit, Limits, Rate


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_so_many_at_once_and_then_so_many_a_second() -> None:
    """After the burst one more is taken for each that has come back; the wait is told in whole seconds."""
    clock = Clock()
    limit = Limit(Rate(burst=3, a_second=0.5), clock)
    assert [limit.wait("one") for _ in range(5)] == [0, 0, 0, 2, 2]
    assert limit.wait("two") == 0
    clock.now += 1
    assert limit.wait("one") == 1
    clock.now += 1
    assert [limit.wait("one") for _ in range(2)] == [0, 2]


def test_a_rest_gives_back_no_more_than_the_burst() -> None:
    """However long somebody was silent, the burst is the most they can say at once."""
    clock = Clock()
    limit = Limit(Rate(burst=2, a_second=1), clock)
    limit.wait("one")
    clock.now += 3600
    assert [limit.wait("one") for _ in range(3)] == [0, 0, 1]


def test_who_has_gone_is_forgotten() -> None:
    """Of those who were silent long enough nothing is kept in memory."""
    clock = Clock()
    limit = Limit(Rate(burst=10, a_second=1), clock)
    for number in range(1000):
        limit.wait(number)
    assert len(limit) == 1000
    clock.now += 11
    limit.wait("one")
    assert len(limit) == 1
    limit.forget("one")
    assert len(limit) == 0


def test_an_address_is_limited_whoever_it_says_it_is() -> None:
    """New conversations without end do not help: the address has a limit of its own."""
    limits = Limits()
    waits = [limits.wait("192.0.2.1", f"visitor {number}") for number in range(400)]
    assert waits[0] == 0
    assert waits[-1] > 0
    assert limits.wait("192.0.2.2", "visitor 0") == 0
