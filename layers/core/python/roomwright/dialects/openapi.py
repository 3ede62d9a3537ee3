"""The OpenAPI 3.1 document of everything under /api/v1, made from the operations and their models. Pure.

Specification: https://spec.openapis.org/oas/v3.1.0. Schemas are JSON Schema 2020-12 as pydantic makes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from roomwright.dialects.answers import PATH_IDS, Answer, Error
from roomwright.dialects.contract import Example, Link, Operation
from roomwright.dialects.katalo.contract import OPERATIONS as KATALO
from roomwright.dialects.katalo.contract import TAGS as KATALO_TAGS
from roomwright.dialects.manage.contract import OPERATIONS as MANAGE
from roomwright.dialects.manage.contract import TAGS as MANAGE_TAGS
from roomwright.domain import limits

BASE = "/api/v1"
OPERATIONS: tuple[Operation, ...] = (*KATALO, *MANAGE)
_REFUSALS: Mapping[int, tuple[str, str]] = {
    400: ("BadRequest", "The request cannot be read: its body, its form or a header."),
    401: ("Unauthorized", "No API key, or one that is not valid (any more)."),
    403: ("Forbidden", "The key lacks the scope (or origin) for this, or credits or storage do not suffice."),
    404: ("NotFound", "There is no such thing, or it is another organisation's."),
    409: ("Conflict", "The idempotency key was used for another request, or the state does not allow it."),
    413: ("PayloadTooLarge", "The body is larger than this path takes. The error says how else to send it."),
    422: ("Unprocessable", "A field is wrong, missing or not allowed, or the operation is not available."),
    429: ("TooManyRequests", "A rate limit or the number of jobs in flight is reached. Wait, then send it again."),
    500: ("InternalError", "Something failed on our side. Send it again with the same idempotency key."),
    504: ("TooSlow", "The gateway has waited 29 seconds. Send it again with the same idempotency key."),
}
_ABOUT = (
    "Roomwright speaks Katalo's contract; what that contract does not have is marked with "
    "`x-not-in-katalos-contract`. Writes that create need an `Idempotency-Key`: the same key with the same request "
    "gives the first answer again. Answers may get further fields: ignore what you do not know. "
    "Signed URLs in answers are short-lived; every read signs fresh ones."
)


class _Schemas(GenerateJsonSchema):
    """Without a title for every field, which says its name again."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the base class's signature
        return False


def text() -> str:
    """The document as it is committed and served: JSON, which is YAML 1.2 as well."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(BASE + operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Roomwright API",
            "version": "1.0.0",
            "summary": "Virtual staging of property photos, in your own AWS account.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "https://api.example.com", "description": "your deployment (the stack's ApiUrl)"}],
        "tags": [{"name": name, "description": about} for name, about in {**KATALO_TAGS, **MANAGE_TAGS}.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "responses": {name: _refusal(status, about) for status, (name, about) in _REFUSALS.items()},
            "headers": _HEADERS,
            "parameters": _PARAMETERS,
            "securitySchemes": {
                "bearerAuth": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "rw_live_… or rw_test_…",
                    "description": "An organisation's API key. Operations name the scope that it must have.",
                }
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    answers = {str(status): _answer(operation, status, model) for status, model in operation.answers.items()}
    refused = {str(status): _ref("responses", _REFUSALS[status][0]) for status in sorted(refusals(operation))}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "security": [{"bearerAuth": [operation.scope.value]}] if operation.scope else [],
        "parameters": _parameters(operation),
        "responses": answers | refused,
    }
    if operation.description:
        described["description"] = operation.description
    if operation.bodies or operation.form:
        described["requestBody"] = {"required": operation.body_required, "content": _content(operation)}
    if operation.ours:
        described["x-not-in-katalos-contract"] = True
    return described


def refusals(operation: Operation) -> frozenset[int]:
    """Every status of a refusal that the operation can answer with."""
    found = {429, 500, 504} | operation.refusals
    if operation.scope:
        found |= {401, 403}
    if "{" in operation.path:
        found.add(404)
    if operation.bodies or operation.form:
        found |= {400, 413, 422}
    if operation.idempotent:
        found |= {400, 409}
    if operation.query:
        found |= {400, 422}
    return frozenset(found)


def _content(operation: Operation) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if operation.bodies:
        schemas = [_ref("schemas", model.__name__) for model in operation.bodies]
        content["application/json"] = {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}
        if examples := _examples(operation.examples):
            content["application/json"]["examples"] = examples
    if operation.form:
        content["multipart/form-data"] = {"schema": dict(operation.form)}
    return content


def _examples(examples: Iterable[Example]) -> dict[str, Any]:
    """Only those that succeed: what is refused teaches tests, not clients."""
    return {
        example.name: {"value": dict(example.body)}
        for example in examples
        if example.body is not None and example.status < 300
    }


def _answer(operation: Operation, status: int, model: type[BaseModel] | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": _SUCCESS[status], "headers": _headers(operation)}
    if model:
        answer["content"] = {kind: {"schema": _ref("schemas", model.__name__)} for kind in operation.kinds}
    if operation.links:
        answer["links"] = {link.name: _link(link) for link in operation.links}
    return answer


_SUCCESS = {200: "As it is now.", 201: "Made.", 202: "Accepted: it goes on by itself.", 204: "Done."}


def _link(link: Link) -> dict[str, Any]:
    body = {"requestBody": dict(link.body)} if link.body else {}
    return {"operationId": link.operation, "parameters": dict(link.parameters), **body}


_REFUSED_WITH: Mapping[int, list[str]] = {401: ["WWW-Authenticate"], 429: ["Retry-After"]}


def _refusal(status: int, about: str) -> dict[str, Any]:
    names = ["X-Request-Id", *_REFUSED_WITH.get(status, [])]
    return {
        "description": about,
        "headers": {name: _ref("headers", name) for name in ("Cache-Control", *names)},
        "content": {"application/json": {"schema": _ref("schemas", Error.__name__)}},
    }


def _headers(operation: Operation) -> dict[str, Any]:
    names = ["Cache-Control", "X-Request-Id", "RateLimit-Policy", "RateLimit"]
    if operation.idempotent:
        names.append("Idempotency-Replayed")
    if operation.waits:
        names.append("Preference-Applied")
    return {name: _ref("headers", name) for name in names}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = [_path_parameter(name) for name in re.findall(r"\{(\w+)\}", operation.path)]
    found += [
        {"name": query.name, "in": "query", "description": query.summary, "schema": dict(query.schema)}
        for query in operation.query
    ]
    if operation.idempotent:
        found.append(_ref("parameters", "IdempotencyKey"))
    if operation.waits:
        found.append(_ref("parameters", "Prefer"))
    return found


def _path_parameter(name: str) -> dict[str, Any]:
    pattern, example = PATH_IDS[name]
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def _schemas() -> dict[str, Any]:
    """Every model and what it is made of, by name."""
    models: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Error, "serialization"): None}
    for operation in OPERATIONS:
        models |= {(model, "validation"): None for model in operation.bodies}
        models |= {(model, "serialization"): None for model in operation.answers.values() if model}
    _, made = models_json_schema(list(models), ref_template="#/components/schemas/{model}", schema_generator=_Schemas)
    schemas: dict[str, Any] = made["$defs"]
    for model in _descendants(Answer):
        schemas.get(model.__name__, {}).pop("additionalProperties", None)  # answers may get further fields
    return dict(sorted(schemas.items()))


def _descendants(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for child in model.__subclasses__():
        yield child
        yield from _descendants(child)


def _ref(kind: str, name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/{kind}/{name}"}


_PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "Your own name for this write. The same key with the same request gives the first answer again.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": limits.MAX_IDEMPOTENCY_KEY,
            "pattern": "^[ -~]+$",
        },
        "example": "listing-123-lr-1",
    },
    "Prefer": {
        "name": "Prefer",
        "in": "header",
        "description": "RFC 7240: `wait=n` answers when the job has ended, or after n seconds (20 at most); at once "
        "beyond 30 such requests a minute and key. `Preference-Applied` says whether it was waited for.",
        "schema": {"type": "string"},
        "example": "wait=10",
    },
}
_HEADERS: Mapping[str, Mapping[str, Any]] = {
    "Cache-Control": {
        "description": "`no-store`, but for this document.",
        "schema": {"type": "string"},
    },
    "X-Request-Id": {
        "description": "Quote it when you ask for help: logs and events about what the request did carry it.",
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {
        "description": "RFC 9110 §11.6.1.",
        "required": True,
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "RateLimit-Policy": {
        "description": "draft-ietf-httpapi-ratelimit-headers: the limits that this request counted towards.",
        "schema": {"type": "string"},
        "example": '"key";q=120;w=60',
    },
    "RateLimit": {
        "description": "draft-ietf-httpapi-ratelimit-headers: what is left of them, and for how many seconds.",
        "schema": {"type": "string"},
        "example": '"key";r=118;t=34',
    },
    "Idempotency-Replayed": {
        "description": "`true` when this answers an earlier request with the same idempotency key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Preference-Applied": {
        "description": "RFC 7240: the preference that was applied.",
        "schema": {"type": "string"},
        "example": "wait=10",
    },
}
