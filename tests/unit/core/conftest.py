"""Both stores, for the tests that hold them to one contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from roomwright.ports import Stores
from tests.fakes.dynamo import dynamo_client, dynamo_stores
from tests.fakes.make import account
from tests.fakes.store import MemoryStores

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="module")
def dynamo() -> Iterator[DynamoDBClient]:
    """A client is the slow part: one for a module, each test with a table of its own."""
    with dynamo_client() as client:
        yield client


@pytest.fixture(params=["memory", "dynamo"])
def stores(request: pytest.FixtureRequest, dynamo: DynamoDBClient) -> Stores:
    """A store with one tenant of 10 credits."""
    made: Stores = MemoryStores() if request.param == "memory" else dynamo_stores(dynamo)
    made.create_tenant(account())
    return made


@pytest.fixture
def memory() -> MemoryStores:
    """The in-memory store with one tenant of 10 credits."""
    made = MemoryStores()
    made.create_tenant(account())
    return made
