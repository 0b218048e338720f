"""Exact arithmetic on decimal numbers of any length: a value is compared exactly as it was written."""

from __future__ import annotations

import decimal
from decimal import Decimal
from functools import total_ordering
from typing import Any

# No rounding at all: what Decimal cannot hold exactly raises, and is taken over by Immense.
_UNROUNDED = decimal.Context(
    prec=decimal.MAX_PREC,
    Emax=decimal.MAX_EMAX,
    Emin=decimal.MIN_EMIN,
    traps=[decimal.InvalidOperation, decimal.Overflow, decimal.Underflow, decimal.Inexact],
)


@total_ordering
class Immense:
    """A number with an exponent beyond what Decimal can hold, such as 1e99999999999999999999."""

    def __init__(self, coefficient: Decimal, exponent: Decimal):
        self.coefficient = coefficient
        self.exponent = exponent

    def _rank(self) -> tuple[int, Decimal, Decimal]:
        """Sign, power of ten and leading digits, so that tuples compare as the numbers do."""
        if not self.coefficient:
            return 0, Decimal(0), Decimal(0)
        shift = self.coefficient.adjusted()
        power = _UNROUNDED.add(self.exponent, shift)
        digits = _UNROUNDED.scaleb(self.coefficient, -shift)
        return (1, power, digits) if digits > 0 else (-1, power.copy_negate(), digits)

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, (int, Decimal, Immense)):
            return NotImplemented
        return self._rank() == _immense(other)._rank()

    def __lt__(self, other: Any) -> bool:
        return self._rank() < _immense(other)._rank()

    def __str__(self) -> str:
        return f"{self.coefficient}E{self.exponent}"


Number = int | Decimal | Immense


def number(text: str) -> Number:
    """The number that a JSON literal stands for, exactly."""
    try:
        return Decimal(text)
    except decimal.InvalidOperation:
        coefficient, exponent = text.lower().split("e")
        return Immense(Decimal(coefficient), Decimal(exponent))


def times(one: Number, other: Number) -> Number:
    """The exact product."""
    try:
        return _UNROUNDED.multiply(one, other)  # type: ignore[arg-type]  # Immense raises TypeError
    except (TypeError, decimal.DecimalException):
        left, right = _immense(one), _immense(other)
        return Immense(
            _UNROUNDED.multiply(left.coefficient, right.coefficient),
            _UNROUNDED.add(left.exponent, right.exponent),
        )


def _immense(value: Number) -> Immense:
    if isinstance(value, Immense):
        return value
    value = Decimal(value)
    shift = value.adjusted() if value else 0
    return Immense(_UNROUNDED.scaleb(value, -shift), Decimal(shift))
