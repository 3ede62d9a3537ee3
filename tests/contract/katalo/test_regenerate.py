"""Regenerate: another picture of the same source, with what its parent allows to change."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.katalo.desk import JOBS, Desk, refused, wanted
from tests.fakes import make

BAD = "validation_error"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def parent(desk: Desk) -> dict[str, Any]:
    """A succeeded job."""
    return desk.staged(wanted(desk.ready_asset())).body


def path(parent: dict[str, Any]) -> str:
    return f"{JOBS}/{parent['job_id']}/regenerate"


def test_a_regenerated_job_is_its_parents_but_for_its_seed(desk: Desk, parent: dict[str, Any]) -> None:
    made = desk.post(path(parent), {})
    assert (made.status, made.body["status"]) == (202, "queued")
    assert made.body["parent_job_id"] == parent["job_id"]
    own = {"job_id", "parent_job_id", "status", "outputs", "source_image_url", "created_at", "completed_at",
           "updated_at"}  # fmt: skip
    assert {n: v for n, v in made.body.items() if n not in own} == {n: v for n, v in parent.items() if n not in own}
    job, before = desk.job(made.body["job_id"]), desk.job(parent["job_id"])
    assert job.spec.seed != before.spec.seed, "the same seed would be the same picture"
    assert job.spec.webhook_url == before.spec.webhook_url
    assert job.correlation_id == made.headers["X-Request-Id"]


def test_each_regeneration_has_a_seed_of_its_own_and_a_replay_the_same(desk: Desk, parent: dict[str, Any]) -> None:
    made = [desk.post(path(parent), {}, idempotency_key=f"r-{n}").body["job_id"] for n in range(5)]
    first = desk.job(parent["job_id"]).spec.seed
    assert [desk.job(job_id).spec.seed for job_id in made] == [first + n for n in range(1, 6)]
    again = desk.post(path(parent), {}, idempotency_key="r-0")
    assert (again.body["job_id"], again.headers["Idempotency-Replayed"]) == (made[0], "true")
    refused(desk.post(path(parent), {"reference": "x"}, idempotency_key="r-0"), 409, "idempotency_conflict")
    other = desk.staged(wanted(parent["source_asset_id"], style_preset="boho")).body
    refused(desk.post(path(other), {}, idempotency_key="r-0"), 409, "idempotency_conflict")


def test_what_is_sent_replaces_the_parents(desk: Desk, parent: dict[str, Any]) -> None:
    changes = {
        "include_alternates": False,
        "reference": "listing-123-lr-2",
        "metadata": {"listing_id": "listing-123", "attempt": 2},
        "room_types": ["bedroom"],
        "style_preset": "Bohemian",
        "seed": 7,
    }
    made = desk.post(path(parent), changes | {"webhook": {"url": "https://hooks.example.com/other"}})
    canonical = {"room_types": ["Bedroom"], "style_preset": "boho"}
    for name, value in ((n, v) for n, v in (changes | canonical).items() if n != "seed"):
        assert made.body[name] == value, name
    spec = desk.job(made.body["job_id"]).spec
    assert (spec.seed, spec.webhook_url) == (7, "https://hooks.example.com/other")


def test_null_takes_away_what_a_job_can_be_without(desk: Desk, parent: dict[str, Any]) -> None:
    made = desk.post(path(parent), {"reference": None, "style_preset": None, "webhook": None})
    assert (made.body["reference"], made.body["style_preset"]) == (None, None)
    assert desk.job(made.body["job_id"]).spec.webhook_url is None


def test_hints_are_the_parents_until_others_are_sent(desk: Desk) -> None:
    known = {"ceiling_height_m": 2.6}
    parent = desk.staged(wanted(desk.ready_asset(), hints=known)).body
    assert desk.post(path(parent), {}).body["hints"] == known
    assert desk.post(path(parent), {"hints": {"camera_height_m": 1.5}}).body["hints"] == {"camera_height_m": 1.5}
    assert desk.post(path(parent), {"hints": {}}).body["hints"] is None


def test_an_empty_body_is_enough(desk: Desk, parent: dict[str, Any]) -> None:
    assert desk.call("POST", path(parent), idempotency_key="fresh").status == 202


def test_a_regeneration_never_meets_the_cache(desk: Desk, parent: dict[str, Any]) -> None:
    seed = desk.job(parent["job_id"]).spec.seed
    made = desk.post(path(parent), {"seed": seed})
    assert (made.status, made.body["status"]) == (202, "queued"), "asked for by name, still not answered from it"
    desk.run(made.body["job_id"])
    desk.finish(made.body["job_id"])
    hit = desk.post(JOBS, wanted(parent["source_asset_id"]))
    assert desk.job(hit.body["job_id"]).cached_from == parent["job_id"], "nor does it replace what the cache holds"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"mode": "clean"}, ("mode", "parent's")),
        ({"workflow": "staging"}, ("workflow", "create a new generation")),
        ({"capture_type": "photo"}, ("capture_type",)),
        ({"source_asset_id": "src_" + "0" * 26}, ("source_asset_id",)),
        ({"source_url": "https://example.com/a.jpg"}, ("source_url",)),
        ({"colour": "red"}, ("colour", "no such field")),
        ({"room_types": ["Dungeon"]}, ("room_types[0]", "unknown")),
        ({"room_types": []}, ("room_types", "required")),
        ({"room_types": ["Bedroom", "Living Room"]}, ("room_types", "family")),
        ({"style_preset": "brutalist"}, ("style_preset", "unknown")),
        ({"metadata": None, "seed": -1}, ("seed",)),
        ({"webhook": {"url": "https://10.0.0.1/"}}, ("webhook.url", "public")),
        ({"include_alternates": "yes"}, ("include_alternates",)),
    ],
)
def test_refusals(desk: Desk, parent: dict[str, Any], body: dict[str, Any], words: tuple[str, ...]) -> None:
    before = desk.account()
    refused(desk.post(path(parent), body), 422, BAD, *words)
    assert desk.account() == before


def test_the_parent_decides_which_fields_may_change(desk: Desk) -> None:
    wire = {"workflow": "staging", "capture_type": "photo", "mode": "clean"}
    spec = make.job().spec.__class__("clear", desk.ready_asset(), wire=wire)
    job_id = desk.stores.tenant(make.TENANT).admit(make.job(spec=spec)).job.job_id
    answer = desk.post(f"{JOBS}/{job_id}/regenerate", {"style_preset": "modern", "room_types": ["Bedroom"]})
    refused(answer, 422, BAD, "style_preset: cannot be changed", "room_types: cannot be changed", "mode 'clean'")
    refused(desk.post(f"{JOBS}/{job_id}/regenerate", {}), 422, "operation_unavailable", "Available")


def test_a_failed_or_cancelled_parent_can_be_tried_again(desk: Desk) -> None:
    job_id = desk.post(JOBS, wanted(desk.ready_asset())).body["job_id"]
    desk.call("DELETE", f"{JOBS}/{job_id}")
    assert desk.post(f"{JOBS}/{job_id}/regenerate", {}).status == 202


def test_it_needs_a_key_that_creates_and_an_idempotency_key(desk: Desk, parent: dict[str, Any]) -> None:
    refused(desk.post(path(parent), {}, idempotency_key=None), 400, "bad_request", "Idempotency-Key")
    refused(desk.post(f"{JOBS}/job_{'0' * 26}/regenerate", {}), 404, "not_found")
