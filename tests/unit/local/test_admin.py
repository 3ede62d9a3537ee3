"""The launcher's way to the operator's function."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local import admin, tenant
from local.files import write_json
from local.layout import Layout, LocalRunError
from local.settings import Settings


@pytest.fixture
def place(tmp_path: Path) -> Layout:
    """A checkout whose app is deployed."""
    made = Layout(tmp_path, tmp_path / "tools", tmp_path / "state")
    made.state.mkdir()
    write_json(made.deployed, {"hash": "x", "outputs": {"AdministerFunction": "roomwright-local-administer"}})
    return made


class Function:
    """What the deployed function would answer, and what it was asked."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.status, self.error = 0, ""

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        match event["action"]:
            case "create_tenant":
                return {"tenant_id": "ten_a", "test_tenant_id": "ten_b", "webhook_secret": "whsec_c"}
            case "issue_key":
                return {"api_key": f"rw_{event['environment']}_d"}
        return {"error": {"code": "validation_error", "message": "action: one of …"}}

    def run(self, command: list[str], *, input: str, **_: Any) -> subprocess.CompletedProcess[str]:
        assert command[-2:] == ["local.invoke", "roomwright-local-administer"]
        self.events.append(json.loads(input))
        output = json.dumps(self.answer(self.events[-1]))
        return subprocess.CompletedProcess(command, self.status, output, self.error)


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Function:
    made = Function()
    monkeypatch.setattr(subprocess, "run", made.run)
    return made


def test_the_local_organisation_has_both_keys(place: Layout, function: Function) -> None:
    assert not tenant.exists(place)
    tenant.create(place, Settings())
    assert tenant.exists(place)
    assert tenant.read(place) == {
        "tenant_id": "ten_a",
        "api_key": "rw_live_d",
        "webhook_secret": "whsec_c",
        "test_tenant_id": "ten_b",
        "test_api_key": "rw_test_d",
    }
    assert [event["action"] for event in function.events] == ["create_tenant", "issue_key", "issue_key"]
    assert place.tenant.stat().st_mode & 0o077 == 0, "keys are for their owner's eyes"


def test_a_stack_of_the_version_before_gets_its_test_key(place: Layout) -> None:
    write_json(place.tenant, {"tenant_id": "ten_a", "api_key": "k", "webhook_secret": "w"})
    assert not tenant.exists(place)


def test_a_refusal_is_told_in_the_functions_words(place: Layout, function: Function) -> None:
    with pytest.raises(LocalRunError, match="action: one of"):
        admin.administer(place, Settings(), "drop", {"action": "create_tenant"})
    assert function.events == [{"action": "drop"}]


def test_a_function_that_fails_is_no_result(place: Layout, function: Function) -> None:
    function.status, function.error = 1, "KeyError"
    with pytest.raises(LocalRunError, match="KeyError"):
        admin.administer(place, Settings(), "create_tenant", {})


def test_before_up_there_is_nobody_to_ask(place: Layout) -> None:
    place.deployed.unlink()
    with pytest.raises(LocalRunError, match="local up"):
        admin.administer(place, Settings(), "create_tenant", {})


@pytest.mark.parametrize("text", ["", "{", "[]", "name=Agency"])
def test_arguments_are_a_json_object(text: str) -> None:
    with pytest.raises(LocalRunError, match="JSON"):
        admin.parse(text)
    assert admin.parse('{"name": "Agency"}') == {"name": "Agency"}
