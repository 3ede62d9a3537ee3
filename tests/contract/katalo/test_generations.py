"""Generations: what a request may say, what it must not, and what its answer gives back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.contract.katalo.desk import JOBS, Desk, refused, wanted
from tests.fakes import make

ENVELOPE = {
    "job_id", "parent_job_id", "source_asset_id", "status", "workflow", "capture_type", "mode", "room_types",
    "style_preset", "include_alternates", "reference", "metadata", "hints", "failure", "outputs", "outputs_erased_at",
    "source_image_url",
    "progress", "estimated_completion_at", "created_at", "completed_at", "updated_at",
}  # fmt: skip


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def asset(desk: Desk) -> str:
    return desk.ready_asset()


def test_create_answers_the_job_envelope_and_echoes_what_was_sent(desk: Desk, asset: str) -> None:
    made = desk.post(JOBS, wanted(asset))
    assert made.status == 202
    assert set(made.body) == ENVELOPE
    sent = wanted(asset)
    for name in ("source_asset_id", "workflow", "capture_type", "mode", "room_types", "style_preset", "reference"):
        assert made.body[name] == sent[name]
    assert json.dumps(made.body["metadata"]) == json.dumps(sent["metadata"])
    assert (made.body["status"], made.body["outputs"], made.body["failure"]) == ("queued", [], None)
    assert (made.body["parent_job_id"], made.body["completed_at"]) == (None, None)
    assert made.body["created_at"].endswith("Z")
    read = desk.call("GET", f"{JOBS}/{made.body['job_id']}")
    assert (read.status, read.body | {"estimated_completion_at": None}) == (200, made.body)
    assert read.headers["Cache-Control"] == "no-store"
    assert desk.job(made.body["job_id"]).correlation_id == made.headers["X-Request-Id"]


def test_replay_and_conflict(desk: Desk, asset: str) -> None:
    first = desk.post(JOBS, wanted(asset), idempotency_key="g-1")
    again = desk.post(JOBS, wanted(asset), idempotency_key="g-1")
    assert again.status == 202
    assert again.body == first.body
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    reordered = dict(reversed(wanted(asset).items()))
    assert desk.post(JOBS, reordered, idempotency_key="g-1").body["job_id"] == first.body["job_id"]
    changed = desk.post(JOBS, wanted(asset, style_preset="boho"), idempotency_key="g-1")
    refused(changed, 409, "idempotency_conflict", "Idempotency-Key")
    assert desk.post(JOBS, wanted(asset), idempotency_key="g-2").body["job_id"] != first.body["job_id"]


def test_hints_come_back_to_a_hundred_thousandth_and_nothing_that_was_not_sent(desk: Desk, asset: str) -> None:
    window = [[0.6, 0.2], [0.8, 0.2], [0.8, 0.5000001]]
    made = desk.post(JOBS, wanted(asset, hints={"ceiling_height_m": 2.6, "windows": [window], "doors": []}))
    rounded = [[0.6, 0.2], [0.8, 0.2], [0.8, 0.5]]
    assert made.body["hints"] == {"ceiling_height_m": 2.6, "windows": [rounded], "doors": []}
    assert desk.post(JOBS, wanted(asset)).body["hints"] is None
    assert (
        desk.job(made.body["job_id"]).config_fingerprint
        != desk.job(desk.post(JOBS, wanted(asset, hints={"windows": [window]})).body["job_id"]).config_fingerprint
    )


def test_every_wrong_hint_is_named(desk: Desk, asset: str) -> None:
    line = [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]]
    bad = desk.post(JOBS, wanted(asset, hints={"camera_height_m": 9, "windows": [line], "sofa": 1}))
    refused(bad, 422, "validation_error", "hints.camera_height_m", "hints.windows[0]", "corners in order", "hints.sofa")
    many = [[[n / 70, 0.9 * (n % 2)] for n in range(50)] + [[1, 1]]] * 6
    refused(desk.post(JOBS, wanted(asset, hints={"doors": many})), 422, "validation_error", "hints", "256 corners")


@pytest.mark.parametrize(
    ("sent", "given_back"),
    [("scandi", "scandi"), ("Scandinavian", "scandi"), ("japandi", "japandia"), ("ART_DECO", "art-deco")],
)
def test_a_style_comes_back_as_its_canonical_preset(desk: Desk, asset: str, sent: str, given_back: str) -> None:
    made = desk.post(JOBS, wanted(asset, style_preset=sent))
    assert (made.status, made.body["style_preset"]) == (202, given_back)


@pytest.mark.parametrize(
    ("names", "labels"),
    [
        (["bedroom"], ["Bedroom"]),
        (["home_office"], ["Home Office"]),
        (["livingroom", "dining-room"], ["Living Room", "Dining Room"]),
        (["Dining Room", "Living Room", "living room"], ["Dining Room", "Living Room"]),
        (["Living Room", "Kitchen"], ["Living Room", "Kitchen"]),
    ],
)
def test_rooms_are_resolved_to_their_labels_main_room_first(
    desk: Desk, asset: str, names: list[str], labels: list[str]
) -> None:
    made = desk.post(JOBS, wanted(asset, room_types=names))
    assert (made.status, made.body.get("room_types")) == (202, labels), made.body


def test_only_what_is_required_is_enough(desk: Desk, asset: str) -> None:
    names = ("style_preset", "include_alternates", "reference", "metadata", "webhook")
    made = desk.post(JOBS, wanted(asset, mode="refurnish", **dict.fromkeys(names, ...)))
    assert made.status == 202
    assert [made.body[n] for n in names[:4]] == [None, False, None, {}]


NOT_NOW = "operation_unavailable"
PRO = {"workflow": "pro_capture", "mode": ..., "room_types": ..., "style_preset": ...}
BAD = "validation_error"
REFUSALS: list[tuple[str, dict[str, Any], int, str, tuple[str, ...]]] = [
    ("no workflow", {"workflow": ...}, 422, BAD, ("workflow", "required")),
    ("bad workflow", {"workflow": "paint"}, 422, BAD, ("workflow",)),
    ("no capture", {"capture_type": ...}, 422, BAD, ("capture_type", "required")),
    ("bad capture", {"capture_type": "video"}, 422, BAD, ("capture_type",)),
    ("no mode", {"mode": ...}, 422, BAD, ("mode", "required")),
    ("bad mode", {"mode": "dream"}, 422, BAD, ("mode",)),
    ("clean", {"mode": "clean", "room_types": ..., "style_preset": ...}, 422, NOT_NOW, ("clean", "'furnish'")),
    ("pro capture", PRO, 422, NOT_NOW, ("pro_capture", "Available")),
    ("pro capture with rooms", PRO | {"room_types": ["Bedroom"]}, 422, BAD, ("room_types", "not allowed")),
    ("pro capture with style", PRO | {"style_preset": "modern"}, 422, BAD, ("style_preset", "not allowed")),
    ("clean with rooms", {"mode": "clean", "style_preset": ...}, 422, BAD, ("room_types", "not allowed")),
    ("clean with style", {"mode": "clean", "room_types": ...}, 422, BAD, ("style_preset", "not allowed")),
    ("panorama", {"capture_type": "panorama360", "mode": ...}, 422, NOT_NOW, ("panorama360", "Available")),
    ("panorama without style", {"capture_type": "panorama360", "mode": ..., "style_preset": ...}, 422, BAD,
     ("style_preset", "required")),
    ("floor plan", {"capture_type": "floorplan", "mode": ...}, 422, NOT_NOW, ("floorplan", "Available")),
    ("mode on panorama", {"capture_type": "panorama360"}, 422, BAD, ("mode", "not allowed")),
    ("mode on pro capture", {"workflow": "pro_capture"}, 422, BAD, ("mode", "not allowed")),
    ("pro panorama", {"workflow": "pro_capture", "capture_type": "panorama360", "mode": ...}, 422, BAD,
     ("capture_type",)),
    ("no rooms", {"room_types": ...}, 422, BAD, ("room_types",)),
    ("empty rooms", {"room_types": []}, 422, BAD, ("room_types",)),
    ("unknown room", {"room_types": ["Living Room", "Dungeon"]}, 422, BAD, ("room_types[1]", "Living Room")),
    ("garage", {"room_types": ["Garage"]}, 422, NOT_NOW, ("Garage", "Available: Living Room")),
    ("laundry", {"room_types": ["Laundry Room"]}, 422, NOT_NOW, ("Laundry Room", "Available: Living Room")),
    ("two families", {"room_types": ["Living Room", "Bathroom"]}, 422, BAD, ("family",)),
    ("bedroom and living", {"room_types": ["Bedroom", "Living Room"]}, 422, BAD, ("family",)),
    ("nine rooms", {"room_types": ["Bedroom"] * 9}, 422, BAD, ("room_types",)),
    ("rooms as text", {"room_types": "Bedroom"}, 422, BAD, ("room_types",)),
    ("room as number", {"room_types": [7]}, 422, BAD, ("room_types[0]",)),
    ("unknown style", {"style_preset": "brutalist"}, 422, BAD, ("style_preset", "japandia")),
    ("style as list", {"style_preset": ["modern"]}, 422, BAD, ("style_preset",)),
    ("alternates as text", {"include_alternates": "yes"}, 422, BAD, ("include_alternates",)),
    ("alternates as number", {"include_alternates": 1}, 422, BAD, ("include_alternates",)),
    ("long reference", {"reference": "r" * 501}, 422, BAD, ("reference",)),
    ("surrogate reference", {"reference": "\ud800"}, 422, BAD, ("reference",)),
    ("21 pairs", {"metadata": {f"k{n}": n for n in range(21)}}, 422, BAD, ("metadata",)),
    ("nested metadata", {"metadata": {"a": {"b": 1}}}, 422, BAD, ("metadata.a",)),
    ("list metadata", {"metadata": {"a": [1]}}, 422, BAD, ("metadata.a",)),
    ("metadata as list", {"metadata": ["a"]}, 422, BAD, ("metadata",)),
    ("infinite metadata", {"metadata": {"a": float("inf")}}, 400, "bad_request", ("JSON",)),
    ("huge metadata number", {"metadata": {"a": 10**40}}, 422, BAD, ("metadata.a",)),
    ("long metadata", {"metadata": {"a": "v" * 501}}, 422, BAD, ("metadata.a",)),
    ("empty metadata key", {"metadata": {"": 1}}, 422, BAD, ("metadata",)),
    ("webhook text", {"webhook": "https://example.com"}, 422, BAD, ("webhook",)),
    ("webhook without url", {"webhook": {}}, 422, BAD, ("webhook.url", "required")),
    ("webhook http", {"webhook": {"url": "http://example.com/"}}, 422, BAD, ("webhook.url", "https")),
    ("webhook userinfo", {"webhook": {"url": "https://a:b@example.com/"}}, 422, BAD, ("webhook.url", "user name")),
    ("webhook private", {"webhook": {"url": "https://192.168.0.7/"}}, 422, BAD, ("webhook.url", "public")),
    ("webhook loopback", {"webhook": {"url": "https://[::1]/"}}, 422, BAD, ("webhook.url", "public")),
    ("webhook extra", {"webhook": {"url": "https://example.com/", "secret": "x"}}, 422, BAD, ("webhook.secret",)),
    ("unknown field", {"styl_preset": "modern"}, 422, BAD, ("styl_preset", "no such field")),
    ("negative seed", {"seed": -1}, 422, BAD, ("seed",)),
    ("seed as text", {"seed": "1"}, 422, BAD, ("seed",)),
    ("private url", {"source_asset_id": ..., "source_url": "https://10.0.0.1/a.jpg"}, 422, BAD,
     ("source_url", "public")),
    ("http url", {"source_asset_id": ..., "source_url": "http://example.com/"}, 422, BAD, ("source_url", "https")),
    ("file in JSON", {"source_asset_id": ..., "file": "aGk="}, 422, BAD, ("file", "multipart")),
    ("inline and asset", {"source_url": "https://example.com/a.jpg"}, 400, "bad_request", ("mutually exclusive",)),
    ("no source", {"source_asset_id": ...}, 400, "bad_request", ("source_asset_id", "exactly one")),
    ("null source", {"source_asset_id": None}, 400, "bad_request", ("exactly one",)),
    ("asset as number", {"source_asset_id": 1}, 422, BAD, ("source_asset_id",)),
    ("malformed asset", {"source_asset_id": "src_../../x"}, 422, BAD, ("source asset",)),
    ("unknown asset", {"source_asset_id": "src_" + "0" * 26}, 422, BAD, ("source asset",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "status", "code", "words"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_refusals(changes: dict[str, Any], status: int, code: str, words: tuple[str, ...]) -> None:
    desk = Desk()
    asset, before = desk.ready_asset(), desk.account()
    refused(desk.post(JOBS, wanted(asset, **changes)), status, code, *words)
    assert desk.account() == before


def test_assets_that_are_not_ready_or_failed_are_refused(desk: Desk) -> None:
    made = desk.post("/api/v1/source-assets", {"source_url": "https://photos.example.com/gone.jpg"})
    source = "src_" + made.body["ingest_id"].removeprefix("ing_")
    refused(desk.post(JOBS, wanted(source)), 422, BAD, "not ready", "Poll")
    desk.ingest(made.body["ingest_id"])
    refused(desk.post(JOBS, wanted(source)), 422, BAD, "could not be read")


def test_another_organisations_asset_and_job_look_like_none(desk: Desk, asset: str) -> None:
    unknown = "src_" + "0" * 26
    theirs = desk.post(JOBS, wanted(asset), key=desk.other_key)
    nobodys = desk.post(JOBS, wanted(unknown), key=desk.other_key)
    assert theirs.status == nobodys.status == 422
    assert theirs.message.replace(asset, "X") == nobodys.message.replace(unknown, "X")
    job_id = desk.post(JOBS, wanted(asset)).body["job_id"]
    for method, tail in (("GET", ""), ("GET", "/deliveries"), ("DELETE", ""), ("POST", "/regenerate")):
        options: dict[str, Any] = {"key": desk.other_key}
        options |= {"idempotency_key": "fresh", "body": "{}"} if method == "POST" else {}
        theirs = desk.call(method, f"{JOBS}/{job_id}{tail}", **options)
        nobodys = desk.call(method, f"{JOBS}/job_{'0' * 26}{tail}", **options)
        refused(theirs, 404, "not_found")
        assert theirs.body == nobodys.body
    assert desk.job(job_id).status == "queued"


SEEDS = ("job_01JXJOBABCDEFGHIJKL0123456", "src_01JXSRCABCDEFGHIJKL012345")


def test_ids_of_any_documented_shape_are_looked_up(desk: Desk) -> None:
    refused(desk.call("GET", f"{JOBS}/{SEEDS[0]}"), 404, "not_found")
    refused(desk.post(JOBS, wanted(SEEDS[1])), 422, BAD, SEEDS[1])
    refused(desk.call("GET", f"{JOBS}/job_{'x' * 41}"), 404, "not_found")


def test_what_lies_under_such_ids_works(desk: Desk) -> None:
    source, store = SEEDS[1], desk.stores.tenant(make.TENANT)
    ingest_id = "ing_" + source.removeprefix("src_")
    queued = make.asset(ingest_id=ingest_id, source_asset_id=source)
    store.put_asset(queued)
    store.finish_asset(make.ready(queued, sha256="5" * 64), queued.deadline_at)
    assert desk.call("GET", f"/api/v1/source-assets/{ingest_id}").body["source_asset_id"] == source
    wire = {"workflow": "staging", "capture_type": "photo", "mode": "refurnish"}
    spec = make.job().spec.__class__("stage", source, ("living-room",), "modern", wire=wire)
    store.admit(make.job(job_id=SEEDS[0], spec=spec))
    desk.run(SEEDS[0])
    desk.finish(SEEDS[0])
    assert desk.call("GET", f"{JOBS}/{SEEDS[0]}").body["status"] == "succeeded"
    again = desk.post(f"{JOBS}/{SEEDS[0]}/regenerate", {"include_alternates": True})
    assert (again.status, again.body["parent_job_id"], again.body["source_asset_id"]) == (202, *SEEDS)
    assert desk.post(JOBS, wanted(source)).status == 202
