"""A queue that is shared out by tenant says whose each message is."""

from __future__ import annotations

import boto3
import pytest
from moto import mock_aws

from roomwright.adapters.sqs import NotTakenError, SqsQueue


@pytest.mark.parametrize(("fair_by", "group"), [("tenant_id", "ten_1"), (None, None)])
def test_messages_carry_their_tenant_as_group(fair_by: str | None, group: str | None) -> None:
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none")
        url = client.create_queue(QueueName="webhooks")["QueueUrl"]
        SqsQueue(client, url, fair_by).send({"tenant_id": "ten_1", "job_id": "job_1"})
        (message,) = client.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])["Messages"]
        assert message["Body"] == '{"tenant_id": "ten_1", "job_id": "job_1"}'
        assert message["Attributes"].get("MessageGroupId") == group


@pytest.mark.parametrize(("fair_by", "group"), [("tenant_id", "ten_1"), (None, None)])
def test_a_batch_is_as_many_messages(fair_by: str | None, group: str | None) -> None:
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none")
        url = client.create_queue(QueueName="webhooks")["QueueUrl"]
        SqsQueue(client, url, fair_by).send_all([{"tenant_id": "ten_1", "job_id": f"job_{n}"} for n in range(10)])
        got = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"])
        assert len(got["Messages"]) == 10
        assert {message["Attributes"].get("MessageGroupId") for message in got["Messages"]} == {group}


def test_a_message_that_was_not_taken_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        client = boto3.client("sqs", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none")
        refused = {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}
        monkeypatch.setattr(client, "send_message_batch", lambda **_: refused)
        with pytest.raises(NotTakenError, match="1 of 1"):
            SqsQueue(client, "queue").send_all([{"tenant_id": "ten_1"}])
