"""Header fields, read and written."""

from __future__ import annotations

import time

import pytest

from roomwright.dialects import headers
from roomwright.domain.rate_limits import Allowance


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("wait=10", 10),
        ("WAIT = 7", 7),
        ('wait="8"', 8),
        ("wait=100", 20),
        ("respond-async, wait=5", 5),
        ("respond-async,wait=5;x=y", 5),
        ('foo="a, wait=3", wait=9', 9),
        ("wait=4, wait=9", 4),
        ("wait=999999999", 20),
        ("", None),
        ("wait", None),
        ("wait=", None),
        ("wait=0", None),
        ("wait=-1", None),
        ("wait=1.5", None),
        ("wait=ten", None),
        ("wait=10s", None),
        ("wait=9999999999", None),
        ("wait=٣", None),
        ("await=10", None),
        ("x; wait=10", None),
        (", ,,", None),
        ('"wait=10', None),
    ],
)
def test_a_wait_is_read_and_anything_else_is_ignored(header: str, seconds: int | None) -> None:
    assert headers.wait_preference(header, 20) == seconds


@pytest.mark.parametrize("header", ['"' * 60_000, ", " * 60_000, "wait=" * 60_000, '"\\' * 60_000, " " * 60_000])
def test_a_hostile_header_costs_next_to_nothing(header: str) -> None:
    start = time.process_time()
    headers.wait_preference(header, 20)
    assert time.process_time() - start < 1  # what backtracks takes minutes


def test_limits_are_structured_fields() -> None:
    left = [Allowance("address", 1200, 3, 42), Allowance("key", 120, 121, 42)]
    assert headers.rate_limits(left) == {
        "RateLimit-Policy": '"address";q=1200;w=60, "key";q=120;w=60',
        "RateLimit": '"address";r=1197;t=42, "key";r=0;t=42',
    }
    assert headers.rate_limits([]) == {}


def test_of_two_limits_the_nearer_is_told() -> None:
    """A name stands once in a field: a client could not tell two of them apart."""
    wide, narrow = Allowance("key", 120, 100, 9), Allowance("key", 60, 59, 9)
    for both in ([wide, narrow], [narrow, wide]):
        assert headers.rate_limits(both) == {"RateLimit-Policy": '"key";q=60;w=60', "RateLimit": '"key";r=1;t=9'}
