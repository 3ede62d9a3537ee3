"""A domain value as the attributes of an item.

Scalars are DynamoDB scalars (None is absent), times are UTC text of fixed width, anything nested is JSON text under
`<field>_json` (customers' metadata may hold numbers that a DynamoDB number cannot).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef
    from pydantic import TypeAdapter

Item = dict[str, "AttributeValueTypeDef"]
T = TypeVar("T")
JSON = "_json"


def text(value: str) -> AttributeValueTypeDef:
    return {"S": value}


def number(value: float) -> AttributeValueTypeDef:
    return {"N": str(value)}


def instant(at: datetime) -> str:
    """Aware UTC, fixed width: sorts as text."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def attribute(value: Any) -> AttributeValueTypeDef:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, datetime):
        return text(instant(value))
    return number(value) if isinstance(value, int | float) else text(value)


def attributes(fields: Mapping[str, Any]) -> Item:
    """Of scalars; None is absent."""
    return {name: attribute(value) for name, value in fields.items() if value is not None}


class Codec(Generic[T]):
    """One domain type to attributes and back. `kind` is the item's, so no field of the type may be called so.

    The schema is built when it is first used: a function needs few of them, and each costs a cold start.
    """

    def __init__(self, type_: type[T], kind: str) -> None:
        if "kind" in type_.__annotations__:
            raise TypeError(f"{type_.__name__}.kind would hide the kind of its items")
        self.kind = kind
        self._type = type_

    @cached_property
    def adapter(self) -> TypeAdapter[T]:
        from pydantic import TypeAdapter  # noqa: PLC0415 - see the class

        return TypeAdapter(self._type)

    def encode(self, value: T) -> Item:
        item: Item = {"kind": text(self.kind)}
        for name, content in self.adapter.dump_python(value, mode="json").items():
            if isinstance(content, dict | list):
                item[name + JSON] = json_text(content)
            elif content is not None:
                plain = getattr(value, name)
                item[name] = attribute(plain if isinstance(plain, datetime) else content)
        return item

    def decode(self, item: Mapping[str, Any]) -> T:
        """Numbers stay text: pydantic reads them as the field's own type."""
        fields: dict[str, Any] = {}
        for name, stored in item.items():
            ((_, content),) = stored.items()
            if name.endswith(JSON):
                fields[name.removesuffix(JSON)] = json.loads(content)
            else:
                fields[name] = content
        return self.adapter.validate_python(fields)


def json_text(content: Any) -> AttributeValueTypeDef:
    return text(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")))
