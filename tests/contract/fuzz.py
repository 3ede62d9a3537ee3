"""schemathesis over the committed document: what it found, and what it asked."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from local.layout import layout

DOCUMENT = layout().root / "docs" / "api" / "openapi.json"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "missing_required_header",
)


@dataclass
class Report:
    """`failures`: one line for each, by operation and check. `asked`: status → how often, of each operation."""

    failures: set[str] = field(default_factory=set)
    asked: dict[str, Counter[int]] = field(default_factory=dict)
    phases: Counter[str] = field(default_factory=Counter)

    def note(self, event: events.EngineEvent) -> None:
        if isinstance(event, events.NonFatalError):
            self.failures.add(f"{event.label}: {event.info.title}: {event.info.message}"[:600])
        if isinstance(event, events.ScenarioFinished):
            self._scenario(event)

    def _scenario(self, event: events.ScenarioFinished) -> None:
        record = event.recorder
        for case_id, interaction in record.interactions.items():
            label = record.cases[case_id].value.operation.label
            self.phases[event.phase.value] += 1
            if interaction.response is not None:
                self.asked.setdefault(label, Counter())[interaction.response.status_code] += 1
        for case_id, checks in record.checks.items():
            for check in checks:
                if check.status is Status.FAILURE and check.failure_info is not None:
                    failure = check.failure_info.failure
                    curl = record.cases[case_id].value.as_curl_command()
                    said = f"{failure.title}: {failure.message}"[:600]
                    self.failures.add(f"{failure.operation} · {check.name} · {said}\n    {curl[:1500]}")


def _tidying(key: str) -> Callable[[schemathesis.HookContext, schemathesis.Case[Any], dict[str, Any]], None]:
    """Keeps a run from standing in its own way: it does not revoke its own key, and the idempotency key that the
    document shows is another one in every request (or nearly all would be conflicts)."""
    own, numbers = key.split("_")[2], itertools.count()

    def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
        if case.path_parameters.get("key_id") == own:
            case.path_parameters["key_id"] = "0" * 16
        if case.headers.get("Idempotency-Key") == "listing-123-lr-1":
            case.headers["Idempotency-Key"] = f"fuzz-{next(numbers)}"

    return before_call


def document(names: Mapping[str, str]) -> dict[str, Any]:
    """The committed document, its examples' ids replaced by `names`; a link that says a body says all of it."""
    text = DOCUMENT.read_text("utf-8")
    for example, real in names.items():
        text = text.replace(json.dumps(example), json.dumps(real))
    content: dict[str, Any] = json.loads(text)
    for path in content["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                for link in answer.get("links", {}).values():
                    link["x-schemathesis"] = {"merge_body": False}
    return content


def fuzz(
    url: str,
    key: str,
    application: Any = None,
    checks: tuple[str, ...] = CHECKS,
    names: Mapping[str, str] | None = None,
    **options: Any,
) -> Report:
    """Run over every operation, seeded. `application` answers in this process; else whoever is at `url` does.

    `names`: id in the document's examples → the id of such a thing there. `options` are schemathesis's own.
    """
    config = SchemathesisConfig.from_dict(
        {
            "seed": 20261123,
            "continue-on-failure": True,
            "base-url": url,
            "auth": {"openapi": {"bearerAuth": {"bearer": key}}},
            "request-timeout": 30,
            "checks": {"enabled": False, **{name: {"enabled": True} for name in checks}},
            "suppress-health-check": ["all"],
            **options,
        }
    )
    schema = schemathesis.openapi.from_dict(document(names or {}), config=config)
    schema.app = application
    report, tidying = Report(), _tidying(key)
    schemathesis.hook(tidying)
    try:
        for event in from_schema(schema).execute():
            report.note(event)
    finally:
        schemathesis.hooks.unregister(tidying)
    return report
