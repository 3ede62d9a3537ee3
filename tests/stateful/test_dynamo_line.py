"""The same line over the real table adapter, with trouble between and within its calls to DynamoDB."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.fakes.dynamo import dynamo_client, dynamo_stores
from tests.stateful.faults import Trouble
from tests.stateful.mirror import troubled_dynamo
from tests.stateful.simulate import settle, several
from tests.stateful.world import World

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

HEALTHY_RUNS = 8
RANDOM_RUNS = 6
CALLS = 240


@pytest.fixture(scope="module")
def dynamo() -> Iterator[DynamoDBClient]:
    with dynamo_client() as client:
        yield client


def run(client: DynamoDBClient, seed: int, plan: dict[int, Trouble], *, healthy: bool) -> World:
    faults, stores, table = troubled_dynamo(dynamo_stores(client), client, plan)
    jobs = 3 if healthy else 2 + seed % 4
    return settle(World(seed, faults, stores, table, healthy=healthy, jobs=jobs))


def test_the_line_uses_every_kind_of_call(dynamo: DynamoDBClient) -> None:
    calls = Counter(run(dynamo, 1, {}, healthy=True).faults.calls)
    used = {name for name in calls if name.startswith("dynamo.")}
    assert used == {
        f"dynamo.{verb}" for verb in ("get_item", "put_item", "update_item", "transact_write_items", "query")
    }


@pytest.mark.parametrize("trouble", Trouble)
def test_one_trouble_costs_nobody_a_job(dynamo: DynamoDBClient, trouble: Trouble) -> None:
    source = random.Random(trouble.value)  # noqa: S311 - a run repeats itself
    for at in sorted(source.sample(range(1, CALLS), HEALTHY_RUNS // 4)):
        run(dynamo, 1, {at: trouble}, healthy=True)


@pytest.mark.parametrize("seed", range(RANDOM_RUNS))
def test_many_troubles_leave_every_promise_kept(dynamo: DynamoDBClient, seed: int) -> None:
    run(dynamo, seed, several(seed), healthy=False)
