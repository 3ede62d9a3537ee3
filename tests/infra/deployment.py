"""The synthesized templates of one stage, with references followed within and between stacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Template = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """One resource of one stack. `properties` is the template's own dictionary."""

    stack: str
    logical_id: str
    type: str
    properties: dict[str, Any]
    template: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.stack}/{self.logical_id}"

    @property
    def key(self) -> tuple[str, str]:
        return self.stack, self.logical_id


class Deployment:
    """`templates`: stack name → template."""

    def __init__(self, templates: dict[str, Template]) -> None:
        self.templates = templates
        self._resources = {
            (stack, name): Resource(stack, name, body["Type"], body.get("Properties", {}), body)
            for stack, template in templates.items()
            for name, body in template["Resources"].items()
        }
        self._exports = {
            output["Export"]["Name"]: (stack, output["Value"])
            for stack, template in templates.items()
            for output in template.get("Outputs", {}).values()
            if "Export" in output
        }

    def of(self, *types: str) -> list[Resource]:
        return [resource for resource in self._resources.values() if resource.type in types]

    def stack(self, kind: str) -> Template:
        """The template of the stack whose name ends with `kind`."""
        return next(template for name, template in self.templates.items() if name.endswith(f"-{kind}"))

    def target(self, stack: str, value: Any) -> Resource | None:
        """The resource that a property's value refers to, wherever it is."""
        match value:
            case {"Ref": name} | {"Fn::GetAtt": [name, _]}:
                return self._resources.get((stack, name))
            case {"Fn::ImportValue": export}:
                owner, exported = self._exports[export]
                return self.target(owner, exported)
        return None

    def text(self, stack: str, value: Any) -> str:
        """A value as one string: references in angle brackets, imports replaced by what they import."""
        match value:
            case {"Fn::Join": [delimiter, parts]}:
                return str(delimiter).join(self.text(stack, part) for part in parts)
            case {"Fn::GetAtt": [name, attribute]}:
                return f"<{name}.{attribute}>"
            case {"Ref": name}:
                return f"<{name}>"
            case {"Fn::ImportValue": export}:
                return self.text(*self._exports[export])
        return str(value)

    def function_of(self, resource: Resource, value: Any) -> str:
        """The name of the Lambda that `value` refers to, without the stage's prefix."""
        function = self.target(resource.stack, value)
        assert function is not None
        assert function.type == "AWS::Lambda::Function"
        return short_name(function.properties["FunctionName"])


def short_name(physical_name: str) -> str:
    """`roomwright-prod-katalo-api` → `katalo-api`."""
    return physical_name.split("-", 2)[2]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class Statement:
    """One IAM statement with its place and whom it is for."""

    where: Resource
    holders: tuple[str, ...]
    """logical ids of the roles"""
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: dict[str, Any]


def role_statements(deployment: Deployment) -> Iterator[Statement]:
    """Every statement of every identity policy."""
    for policy in deployment.of("AWS::IAM::Policy"):
        holders = tuple(role["Ref"] for role in policy.properties["Roles"])
        for statement in policy.properties["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow"
            yield Statement(
                policy,
                holders,
                tuple(as_list(statement["Action"])),
                tuple(deployment.text(policy.stack, resource) for resource in as_list(statement["Resource"])),
                statement.get("Condition", {}),
            )
