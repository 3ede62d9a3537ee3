"""The OpenAPI document: what it is made of is what is served, what is routed, and what every example gets."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from local.layout import layout
from roomwright.dialects import openapi
from roomwright.dialects.contract import Example, Operation
from roomwright.dialects.katalo.description import prefers_json
from roomwright.dialects.web import BASE, Web
from tests.contract.katalo.stage import handler
from tests.contract.office import Office

COMMITTED = layout().root / "docs" / "api" / "openapi.json"
EXAMPLES = [
    pytest.param(operation, example, id=f"{operation.name}: {example.name}")
    for operation in openapi.OPERATIONS
    for example in operation.examples
]


def test_the_committed_document_is_the_generated_one() -> None:
    assert COMMITTED.read_text("utf-8") == openapi.text(), "run `python3 -m local openapi`"


def test_it_is_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(openapi.document()).validate()


def _routes(web: Web) -> set[tuple[str, str]]:
    """(method, path) of everything that a function answers, but what browsers ask beforehand."""
    rules = [*web.app._static_routes, *web.app._dynamic_routes]
    found = {(route.method, re.sub(r"<(\w+)>", r"{\1}", route.path)) for route in rules}
    return {(method, path) for method, path in found if method != "OPTIONS"}


def test_every_route_is_described_and_everything_described_is_a_route() -> None:
    described = {(operation.method, BASE + operation.path) for operation in openapi.OPERATIONS}
    katalo, manage = _routes(handler("katalo_api")._katalo.web), _routes(handler("manage_api")._manage.web)
    assert katalo | manage == described
    assert not katalo & manage


def test_names_are_used_once_and_links_lead_somewhere() -> None:
    names = [operation.name for operation in openapi.OPERATIONS]
    assert len(names) == len(set(names))
    assert {link.operation for operation in openapi.OPERATIONS for link in operation.links} <= set(names)


def test_what_is_not_katalos_is_marked() -> None:
    paths = openapi.document()["paths"]
    ours = {item["operationId"] for path in paths.values() for item in path.values() if _marked(item)}
    assert {operation.name for operation in openapi.OPERATIONS} - ours == {
        "createSourceAsset", "getSourceAsset", "createGeneration", "getGeneration", "regenerateGeneration",
        "getUsageSummary", "listBillingEvents", "getOpenApi",
    }  # fmt: skip


def _marked(item: dict[str, Any]) -> bool:
    return item.get("x-not-in-katalos-contract") is True


@pytest.mark.parametrize("operation", [pytest.param(one, id=one.name) for one in openapi.OPERATIONS])
def test_every_operation_has_an_example_that_succeeds(operation: Operation) -> None:
    assert any(example.status in operation.answers for example in operation.examples)


@pytest.mark.parametrize(("operation", "example"), EXAMPLES)
def test_every_example_gets_what_is_documented(operation: Operation, example: Example) -> None:
    """The office holds the answer itself to the contract."""
    office = Office()
    names = office.furnish()
    path = BASE + operation.path.format(**{name: names.get(value, value) for name, value in example.path.items()})
    headers = dict(example.headers)
    if operation.idempotent:
        headers["Idempotency-Key"] = "an-example"
    body = None
    if example.body is not None:
        headers["Content-Type"] = "application/json"
        body = json.dumps(example.body)
    key = office.key if operation.scope else None
    query = f"?{urlencode(example.query)}" if example.query else ""
    answer = office.send(operation.method, path + query, headers, body, key)
    assert answer.status == example.status, answer.body


@pytest.mark.parametrize("kind", ["application/yaml", "application/json"])
def test_the_document_is_served_to_anybody(kind: str) -> None:
    answer = Office().send("GET", f"{BASE}/openapi", {"Accept": kind})
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Vary"] == "Accept"
    assert answer.body == openapi.document()


@pytest.mark.parametrize(
    ("accept", "json_wanted"),
    [
        ("", False),
        ("*/*", False),
        ("application/json", True),
        ("application/json, text/plain, */*", True),
        ("application/yaml, application/json;q=0.5", False),
        ("application/yaml;q=0.1, application/json;q=0.5", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("application/json;q=0", False),
        ("application/json;q=x", False),
        (";;;,,,", False),
    ],
)
def test_json_is_for_who_prefers_it(accept: str, json_wanted: bool) -> None:
    assert prefers_json(accept) is json_wanted
