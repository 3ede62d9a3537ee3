"""An organisation's keys over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.contract.katalo.stage import Answer, Stage, log_of
from tests.contract.katalo.test_source_assets import ASSETS, refused

KEYS = "/api/v1/keys"
FIELDS = {
    "key_id",
    "name",
    "environment",
    "public",
    "origins",
    "scopes",
    "status",
    "created_at",
    "created_by",
    "last_used_at",
    "expires_at",
    "revoked_at",
    "replaced_by",
}
PAGE = "https://www.agency.example"


def create(stage: Stage, **wish: Any) -> Answer:
    options = {name: wish.pop(name) for name in ("key", "idempotency_key") if name in wish}
    return stage.post(KEYS, {"name": "test", "scopes": ["read"], **wish}, **options)


def works(stage: Stage, api_key: str) -> bool:
    answer = stage.call("GET", f"{ASSETS}/ing_{'0' * 26}", key=api_key)
    assert answer.status in (401, 404)
    return answer.status == 404


def test_a_new_key_is_shown_once_and_works_at_once(stage: Stage) -> None:
    made = create(stage, name="Shop", scopes=["read", "upload"])
    assert made.status == 201
    assert made.body.keys() == FIELDS | {"api_key"}
    assert (made.body["name"], made.body["environment"], made.body["scopes"]) == ("Shop", "live", ["read", "upload"])
    assert made.body["created_by"] == stage.key.split("_")[2]
    assert works(stage, made.body["api_key"])
    read = stage.call("GET", f"{KEYS}/{made.body['key_id']}")
    assert read.body.keys() == FIELDS
    assert read.body["last_used_at"] is not None
    listed = stage.call("GET", KEYS).body["keys"]
    assert made.body["key_id"] in [key["key_id"] for key in listed]
    assert made.body["api_key"].split("_")[-1][:32] not in str(listed) + str(read.body)


def test_a_replay_cannot_show_the_secret_again(stage: Stage) -> None:
    made = create(stage, idempotency_key="again")
    replay = create(stage, idempotency_key="again")
    refused(replay, 409, "conflict", made.body["key_id"])
    assert "api_key" not in replay.body
    assert works(stage, made.body["api_key"])


def test_writes_that_create_want_an_idempotency_key(stage: Stage) -> None:
    refused(create(stage, idempotency_key=None), 400, "bad_request", "Idempotency-Key")
    path = f"{KEYS}/{create(stage).body['key_id']}/rotate"
    refused(stage.call("POST", path), 400, "bad_request", "Idempotency-Key")


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["admin"]}, "scopes[0]"),
        ({"scopes": "read"}, "scopes"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"environment": "prod"}, "environment"),
        ({"secret": "mine"}, "secret"),
        ({"live": True}, "live"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2099-01-01T00:00:00"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-01:00"}, "expires_at"),
        ({"public": True}, "scopes"),
        ({"public": True, "scopes": ["upload"]}, "origins"),
        ({"origins": [PAGE]}, "origins"),
        ({"public": True, "scopes": ["upload"], "origins": ["*"]}, "origins"),
        ({"public": True, "scopes": ["upload"], "origins": [f"{PAGE}{n}" for n in range(11)]}, "origins"),
    ],
)
def test_a_wrong_wish_is_refused_by_field(stage: Stage, wish: dict[str, Any], named: str) -> None:
    refused(create(stage, **wish), 422, "validation_error", named)


def test_only_keys_that_manage_may_look(stage: Stage) -> None:
    key_id = stage.key.split("_")[2]
    for method, path in [("GET", KEYS), ("GET", f"{KEYS}/{key_id}"), ("DELETE", f"{KEYS}/{key_id}")]:
        refused(stage.call(method, path, key=stage.reading_key), 403, "forbidden", "manage")
        refused(stage.call(method, path, key=None), 401, "unauthorized")
    refused(create(stage, key=stage.reading_key), 403, "forbidden", "manage")
    refused(stage.call("POST", f"{KEYS}/{key_id}/rotate", key=stage.reading_key), 403, "forbidden", "manage")


def test_a_key_cannot_give_what_it_lacks(stage: Stage) -> None:
    weak = create(stage, scopes=["manage", "read"]).body["api_key"]
    refused(create(stage, key=weak, scopes=["create"]), 403, "forbidden", "create")
    strong = stage.key.split("_")[2]
    answer = stage.call("POST", f"{KEYS}/{strong}/rotate", key=weak, idempotency_key="fresh")
    refused(answer, 403, "forbidden", "create")


def test_another_organisations_keys_are_not_there(stage: Stage) -> None:
    theirs = stage.other_key.split("_")[2]
    for method, path in [("GET", f"{KEYS}/{theirs}"), ("DELETE", f"{KEYS}/{theirs}"), ("GET", f"{KEYS}/nonsense")]:
        refused(stage.call(method, path), 404, "not_found")
    refused(stage.call("POST", f"{KEYS}/{theirs}/rotate", idempotency_key="fresh"), 404, "not_found")
    assert works(stage, stage.other_key)
    assert theirs not in [key["key_id"] for key in stage.call("GET", KEYS).body["keys"]]


def test_test_keys_live_apart(stage: Stage) -> None:
    made = create(stage, environment="test", scopes=["manage", "read", "upload"])
    testing = made.body["api_key"]
    assert testing.startswith("rw_test_")
    refused(create(stage, key=testing, environment="live"), 403, "forbidden", "test")
    second = create(stage, key=testing, environment="test")
    seen = {key["environment"] for key in stage.call("GET", KEYS, key=testing).body["keys"]}
    assert (second.status, seen) == (201, {"test"})
    refused(stage.call("GET", f"{KEYS}/{stage.key.split('_')[2]}", key=testing), 404, "not_found")
    assert {key["environment"] for key in stage.call("GET", KEYS).body["keys"]} == {"live", "test"}
    ingest = stage.ready_asset()
    answer = stage.call("GET", f"{ASSETS}/{ingest.replace('src_', 'ing_')}", key=testing)
    refused(answer, 404, "not_found")


def test_rotation_overlaps(stage: Stage) -> None:
    old = create(stage, name="rotated").body
    path = f"{KEYS}/{old['key_id']}/rotate"
    new = stage.post(path, {"overlap_seconds": 3600}, idempotency_key="turn")
    assert (new.status, new.body["name"], new.body["scopes"]) == (201, "rotated", ["read"])
    assert works(stage, old["api_key"])
    assert works(stage, new.body["api_key"])
    stored = stage.call("GET", f"{KEYS}/{old['key_id']}").body
    assert (stored["status"], stored["replaced_by"]) == ("active", new.body["key_id"])
    left = datetime.fromisoformat(stored["expires_at"]) - datetime.fromisoformat(new.body["created_at"])
    assert left == timedelta(hours=1)
    refused(stage.post(path, {"overlap_seconds": 3600}, idempotency_key="turn"), 409, "conflict", "shown once")
    refused(stage.post(path, {}, idempotency_key="other"), 409, "conflict", new.body["key_id"])
    for overlap in (-1, 7 * 86400 + 1, 1.5, "1"):
        again = stage.post(f"{KEYS}/{new.body['key_id']}/rotate", {"overlap_seconds": overlap})
        refused(again, 422, "validation_error", "overlap_seconds")


def test_rotation_needs_no_body_and_can_end_the_old_key_now(stage: Stage) -> None:
    first = create(stage).body
    second = stage.call("POST", f"{KEYS}/{first['key_id']}/rotate", idempotency_key="fresh")
    assert second.status == 201
    third = stage.post(f"{KEYS}/{second.body['key_id']}/rotate", {"overlap_seconds": 0})
    assert not works(stage, second.body["api_key"])
    assert works(stage, third.body["api_key"])
    assert stage.call("GET", f"{KEYS}/{second.body['key_id']}").body["status"] == "expired"


def test_the_idempotency_key_that_made_a_key_may_rotate_it(stage: Stage) -> None:
    """Found by schemathesis: both keys had one id, and the table takes no two writes to one item at a time."""
    first = stage.post(KEYS, {"name": "once", "scopes": ["read"]}, idempotency_key="the-same")
    second = stage.post(f"{KEYS}/{first.body['key_id']}/rotate", {}, idempotency_key="the-same")
    assert (first.status, second.status) == (201, 201)
    assert second.body["key_id"] != first.body["key_id"]


def test_revocation_acts_on_the_next_request(stage: Stage) -> None:
    made = create(stage).body
    assert works(stage, made["api_key"])
    revoked = stage.call("DELETE", f"{KEYS}/{made['key_id']}")
    assert (revoked.status, revoked.body["status"]) == (200, "revoked")
    assert not works(stage, made["api_key"])
    again = stage.call("DELETE", f"{KEYS}/{made['key_id']}")
    assert (again.status, again.body["revoked_at"]) == (200, revoked.body["revoked_at"])


def test_the_last_key_that_manages_stays(stage: Stage) -> None:
    answer = stage.call("DELETE", f"{KEYS}/{stage.other_key.split('_')[2]}", key=stage.other_key)
    refused(answer, 409, "conflict", "last")
    assert works(stage, stage.other_key)


def test_neither_keys_nor_names_reach_the_log(stage: Stage) -> None:
    with log_of("manage_api") as log:
        made = create(stage, name="c4n4ry").body
        create(stage, name="c4n4ry", scopes=["c4n4ry"])
        stage.call("POST", f"{KEYS}/{made['key_id']}/rotate", idempotency_key="c4n4ry")
        stage.call("DELETE", f"{KEYS}/c4n4ry")
    written = log.getvalue()
    assert '"message":"refused"' in written
    for secret in ("c4n4ry", made["api_key"], made["api_key"].split("_")[-1], stage.key.split("_")[-1]):
        assert secret not in written
