"""A topic as it is built here: encrypted and TLS only."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct


def encrypted_topic(
    scope: Construct, construct_id: str, *, name: str, key: kms.IKey, publisher: str | None = None
) -> sns.Topic:
    """`publisher`: the AWS service that may publish for this account; without one, roles that are allowed to."""
    topic = sns.Topic(scope, construct_id, topic_name=name, master_key=key, enforce_ssl=True)
    if publisher is None:
        return topic
    service = iam.ServicePrincipal(
        publisher, conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}}
    )
    topic.grant_publish(service)
    return topic
