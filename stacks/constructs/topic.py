"""A topic as it is built here: encrypted, TLS only, open to one AWS service of this account."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct


def encrypted_topic(scope: Construct, construct_id: str, *, name: str, key: kms.IKey, publisher: str) -> sns.Topic:
    """A topic that `publisher` (a service principal) may publish to for this account."""
    topic = sns.Topic(scope, construct_id, topic_name=name, master_key=key, enforce_ssl=True)
    service = iam.ServicePrincipal(
        publisher, conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}}
    )
    topic.grant_publish(service)
    return topic
