"""One deployment for all tests of a file: each test makes its own keys and endpoints."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.katalo.stage import Stage, opened


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with opened() as made:
        yield made
