"""A fresh deployment per test: queues and streams are counted here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.katalo.stage import Stage, opened


@pytest.fixture
def stage() -> Iterator[Stage]:
    with opened() as made:
        yield made
