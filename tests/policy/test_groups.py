"""Rows are grouped by many columns at once, however many values these have, and sets of facts fit their words."""

from __future__ import annotations

import numpy as np

from pdpo_audit.policy.terms.fact_table import distinct
from pdpo_audit.policy.terms.masks import FactBits


def test_rows_that_differ_stay_apart_where_no_word_holds_all_columns() -> None:
    """Numbered in one word of 64 bits the first two rows would have one number: 16 times 2 to the 60."""
    widest = 2**30 - 1
    columns = [np.array(values) for values in ([0, 16, widest, 0], [0, 0, widest, 0], [0, 0, widest, 0])]
    groups, first = distinct(columns, 4)
    assert list(groups) == [0, 1, 2, 0]
    assert list(first) == [0, 1, 2]


def test_columns_of_more_values_than_half_a_word_are_numbered_first() -> None:
    columns = [np.array([0, 2**61, 0]), np.array([5, 5, 2**40])]
    groups, first = distinct(columns, 3)
    assert list(groups) == [0, 1, 2]
    assert list(first) == [0, 1, 2]


def test_every_fact_has_a_bit_of_its_own() -> None:
    names = [f"fact.{number}" for number in range(130)]
    bits = FactBits(names)
    everything = np.array([True, False])
    for name in names:
        masks = bits.where(everything, name)
        assert (masks >= 0).all()
        assert [one for one in names if bits.has(masks, one)[0]] == [name]
        assert not any(bits.has(masks, one)[1] for one in names)
        assert bits.numbers(masks) == [bits.mask(name), 0]
        assert list(bits.names_of(bits.mask(name))) == [name]
