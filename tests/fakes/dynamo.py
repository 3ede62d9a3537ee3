"""The real table adapter over moto's DynamoDB, and a record of every key it touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
from moto import mock_aws

from roomwright.adapters.dynamo_stores import DynamoStores
from roomwright.adapters.dynamo_table import Table
from tests.fakes.ports import FakeRandom

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@contextmanager
def dynamo_client() -> Iterator[DynamoDBClient]:
    """A client of a DynamoDB that lives in this process."""
    with mock_aws():
        yield boto3.client("dynamodb", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none")


def dynamo_stores(client: DynamoDBClient) -> DynamoStores:
    """An empty table of its own with the layout of docs/data-model.md."""
    name = f"test-{uuid4()}"
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "open_pk", "open_sk")
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "open",
                "KeySchema": [
                    {"AttributeName": "open_pk", "KeyType": "HASH"},
                    {"AttributeName": "open_sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    return DynamoStores(Table(client, name, FakeRandom(), sleep=lambda seconds: None))


def partition_keys(value: Any) -> set[str]:
    """Every partition key named anywhere in a call's parameters."""
    found: set[str] = set()
    if isinstance(value, dict):
        for name, content in value.items():
            if name in {"pk", ":pk"} and isinstance(content, dict):
                found.add(content["S"])
            found |= partition_keys(content)
    elif isinstance(value, list):
        for content in value:
            found |= partition_keys(content)
    return found
