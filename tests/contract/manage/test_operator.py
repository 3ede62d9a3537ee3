"""The operator's function: what it does, what it refuses, and what its log holds."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.katalo.stage import MASTER, Context, Stage, handler, log_of
from tests.contract.katalo.test_source_assets import ASSETS

READ = f"{ASSETS}/ing_{'0' * 26}"
SCOPES = ["cancel", "create", "manage", "read", "upload"]


def administer(action: Any, **arguments: Any) -> dict[str, Any]:
    result: dict[str, Any] = handler("administer").handler({"action": action, **arguments}, Context())
    return result


@pytest.fixture(scope="module")
def agency(stage: Stage) -> dict[str, Any]:
    assert stage
    return administer("create_tenant", name="Agency", credits=30, webhook_url="https://hooks.example.com/in")


def test_a_new_organisation_has_both_its_environments(agency: dict[str, Any]) -> None:
    assert agency["credits"] == {"available": 30, "reserved": 0, "spent": 0, "granted": 30}
    assert (agency["plan"], agency["environment"], agency["webhook_url"]) == (
        "prepaid",
        "live",
        "https://hooks.example.com/in",
    )
    assert agency["webhook_secret"].startswith("whsec_")
    test = administer("read_tenant", tenant_id=agency["test_tenant_id"])
    assert (test["environment"], test["plan"], test["credits"]["granted"]) == ("test", "test", 0)
    assert administer("create_tenant", name="Agency")["tenant_id"] != agency["tenant_id"]


@pytest.mark.parametrize(("environment", "prefix"), [("live", "rw_live_"), ("test", "rw_test_")])
def test_its_first_keys_work(stage: Stage, agency: dict[str, Any], environment: str, prefix: str) -> None:
    made = administer("issue_key", tenant_id=agency["tenant_id"], environment=environment, name="first")
    assert made["api_key"].startswith(prefix)
    assert stage.call("GET", READ, key=made["api_key"]).status == 404
    (key,) = (k for k in stage.call("GET", "/api/v1/keys", key=made["api_key"]).body["keys"] if k["name"] == "first")
    assert (key["environment"], key["scopes"], key["created_by"]) == (environment, SCOPES, None)


def test_a_lost_organisation_gets_a_way_back_in(stage: Stage, agency: dict[str, Any]) -> None:
    weak = administer("issue_key", tenant_id=agency["tenant_id"], scopes=["read"])["api_key"]
    assert stage.call("GET", "/api/v1/keys", key=weak).status == 403
    strong = administer("issue_key", tenant_id=agency["tenant_id"], scopes=["manage"])["api_key"]
    assert stage.call("GET", "/api/v1/keys", key=strong).status == 200


def test_a_grant_counts_once(agency: dict[str, Any]) -> None:
    wish = {"tenant_id": agency["tenant_id"], "credits": 5, "reference": "invoice-1"}
    before = administer("read_tenant", tenant_id=agency["tenant_id"])["credits"]["available"]
    assert administer("grant_credits", **wish)["credits"]["available"] == before + 5
    assert administer("grant_credits", **wish)["credits"]["available"] == before + 5


def test_a_plan_is_changed_at_once(stage: Stage) -> None:
    assert stage
    tenant_id = administer("create_tenant", name="Growing")["tenant_id"]
    team = administer("set_plan", tenant_id=tenant_id, plan="team")
    assert (team["plan"], team["credits"]["available"], team["max_running"]) == ("team", 500, 4)
    assert administer("set_plan", tenant_id=tenant_id, plan="team") == team


@pytest.mark.parametrize(
    ("event", "code", "named"),
    [
        ({}, "validation_error", "create_tenant"),
        ({"action": "drop_table"}, "validation_error", "create_tenant"),
        ({"action": ["create_tenant"]}, "validation_error", "create_tenant"),
        ({"action": "create_tenant"}, "validation_error", "name"),
        ({"action": "create_tenant", "name": "x", "credits": -1}, "validation_error", "credits"),
        ({"action": "create_tenant", "name": "x", "plan": "test"}, "validation_error", "plan"),
        ({"action": "create_tenant", "name": "x", "plan": "gold"}, "validation_error", "plan"),
        ({"action": "create_tenant", "name": "x", "webhook_url": "http://10.0.0.1/"}, "validation_error", "https"),
        ({"action": "create_tenant", "name": "x", "admin": True}, "validation_error", "admin"),
        ({"action": "read_tenant", "tenant_id": "ten_nobody"}, "not_found", "tenant"),
        ({"action": "issue_key", "tenant_id": "ten_" + "0" * 26}, "not_found", "tenant"),
        ({"action": "grant_credits", "tenant_id": "ten_" + "0" * 26, "credits": 1}, "validation_error", "reference"),
        ({"action": "set_plan", "tenant_id": "ten_" + "0" * 26, "plan": "team"}, "not_found", "tenant"),
    ],
)
def test_what_cannot_be_done_is_said(stage: Stage, event: dict[str, Any], code: str, named: str) -> None:
    assert stage
    result = handler("administer").handler(event, Context())
    assert result.keys() == {"error"}
    assert result["error"]["code"] == code
    assert named in result["error"]["message"]


def test_keys_are_issued_by_the_organisations_own_id(agency: dict[str, Any]) -> None:
    result = administer("issue_key", tenant_id=agency["test_tenant_id"])
    assert "environment" in result["error"]["message"]


def test_the_log_says_who_and_never_a_secret(stage: Stage) -> None:
    assert stage
    with log_of("administer") as log:
        made = administer("create_tenant", name="c4n4ry", webhook_url="https://c4n4ry.example.com/")
        key = administer("issue_key", tenant_id=made["tenant_id"], name="c4n4ry")["api_key"]
        administer("create_tenant", c4n4ry=1)
    written = log.getvalue()
    assert written.count('"message":"administered"') == 3
    assert made["tenant_id"] in written
    for secret in ("c4n4ry", key, key.split("_")[-1], made["webhook_secret"], MASTER):
        assert secret not in written
