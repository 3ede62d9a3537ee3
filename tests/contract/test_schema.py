"""schemathesis against every operation in this process: quick, seeded, over everything in memory."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from roomwright.dialects import openapi
from roomwright.domain import rate_limits
from tests.contract.fuzz import Report, fuzz
from tests.contract.office import Office

EXAMPLES, CHAINS = 8, 30


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    office = Office(credits=100_000)
    names = office.furnish()
    with patch.dict(rate_limits.PER_KEY, dict.fromkeys(rate_limits.PER_KEY, 10**6)):
        yield fuzz(
            "http://localhost",
            office.key,
            office,
            names=names,
            generation={"max-examples": EXAMPLES, "database": "none"},
            phases={"stateful": {"generation": {"max-examples": CHAINS}}},
        )


def test_nothing_breaks_the_contract(report: Report) -> None:
    assert not report.failures, "\n".join(sorted(report.failures))


def test_every_operation_was_asked_and_has_succeeded(report: Report) -> None:
    """A run in which everything was refused would have shown nothing."""
    named = {f"{operation.method} {openapi.BASE}{operation.path}" for operation in openapi.OPERATIONS}
    assert report.asked.keys() == named
    assert not {label for label, statuses in report.asked.items() if not any(status < 300 for status in statuses)}


def test_links_were_followed(report: Report) -> None:
    assert report.phases["stateful"] > CHAINS
