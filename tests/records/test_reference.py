"""A reference can be read out, written down and typed in."""

from __future__ import annotations

import re

import pytest

from records.reference import LETTERS, new_reference, reference_in


def test_its_shape() -> None:
    """A reference looks like RS-7KQ4-M2, with no letter that can be taken for another and no word in it."""
    for _ in range(300):
        assert re.fullmatch(rf"RS-[{LETTERS}]{{4}}-[{LETTERS}]{{2}}", new_reference())
    assert not set("0O1IL5S8B") & set(LETTERS) - {"8"}
    assert not set("AEIOU") & set(LETTERS)


def test_each_is_another() -> None:
    """References are drawn from so many that the same hardly comes twice."""
    assert len(LETTERS) ** 6 > 100_000_000
    assert len({new_reference() for _ in range(300)}) > 295


@pytest.mark.parametrize(
    "said",
    [
        "RS-7KQ4-M2",
        "rs-7kq4-m2",
        "delete my data rs7kq4m2 please",
        "RS 7KQ4 M2",
        "rs 7 k q 4 m 2",
        "My reference: RS–7KQ4–M2.",
        "RS - 7KQ4 - M2!",
        "«RS-7KQ4-M2»",
        "hours RS-7KQ4-M2",
    ],
)
def test_it_is_found(said: str) -> None:
    """A reference is found however it is typed."""
    assert reference_in(said) == "RS-7KQ4-M2"


def test_what_is_misread_is_understood() -> None:
    """Letters that no reference has are taken for those that look like them."""
    assert reference_in("RS-GZBU-KG") == "RS-628V-K6"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "RS",
        "RS-7KQ4-M",
        "RS-7KQ4-M23",
        "RS-7KQ4-MA",
        "XRS-7KQ4-M2",
        "RS-7KO4-M2",
        "my hours are 7 to 4",
        "delete my data",
        "yours 777777",
    ],
)
def test_what_is_none(said: str) -> None:
    """What is no reference is not taken for one."""
    assert reference_in(said) is None


def test_a_new_one_is_found() -> None:
    """Every reference that is given is found again, in small letters and without hyphens."""
    for _ in range(300):
        reference = new_reference()
        assert reference_in(f"it is {reference.lower().replace('-', ' ')}.") == reference
