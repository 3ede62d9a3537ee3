"""Acknowledging a cdk-nag finding: one resource, one finding, one reason."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(scope: IConstruct, rule: str, reason: str) -> None:
    """Accept `rule` (without its pack's name, e.g. `IAM5[Resource::*]`) on `scope` and what is below it."""
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=f"AwsSolutions-{rule}", reason=reason))


def acknowledge_wildcard(scope: IConstruct, resource: str, reason: str) -> None:
    """Accept one wildcard IAM resource, named as cdk-nag names it."""
    acknowledge(scope, f"IAM5[Resource::{_flatten(cdk.Stack.of(scope).resolve(resource))}]", reason)


def _flatten(value: Any) -> str:
    """A resolved ARN as cdk-nag writes it: references in angle brackets, joins joined."""
    match value:
        case {"Fn::Join": [delimiter, items]}:
            return str(delimiter).join(_flatten(item) for item in items)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::ImportValue": export}:
            return _flatten(export)
    return str(value)
