"""As much of the `aws` command line as the documents use, over boto3: so that their lines run where there is none.

`aws <service> <operation> [--name value…] [--query JMESPATH] [--output text]`. Values are read as the real command
reads them for the operation's own model: text, numbers, lists, JSON, and the shorthand `Name=value,Name=value`.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

import boto3
import jmespath  # type: ignore[import-untyped]
from botocore import xform_name


def main(arguments: list[str]) -> None:
    service, operation, *rest = arguments
    given = _options(rest)
    query, _ = given.pop("query", ["@"]), given.pop("output", None)
    client = boto3.client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"])  # type: ignore[call-overload]  # any
    method = operation.replace("-", "_")
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    members = {xform_name(name, "-"): (name, shape) for name, shape in model.input_shape.members.items()}
    parameters = {members[name][0]: _value(members[name][1], values) for name, values in given.items()}
    found = jmespath.search(query[0], getattr(client, method)(**parameters))
    if found is not None:
        sys.stdout.write((found if isinstance(found, str) else json.dumps(found, default=str)) + "\n")


def _options(words: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        if word.startswith("--"):
            found[word[2:]] = []
        else:
            found[list(found)[-1]].append(word)
    return found


def _value(shape: Any, words: list[str]) -> Any:
    if shape.type_name == "list":
        return [_value(shape.member, [word]) for word in words]
    (word,) = words
    if shape.type_name in {"map", "structure"}:
        return json.loads(word) if word.startswith("{") else dict(re.findall(r"(\w+)=([^,]*)", word))
    return int(word) if shape.type_name == "integer" else word


if __name__ == "__main__":
    main(sys.argv[1:])
