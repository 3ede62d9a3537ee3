"""Sources that come with the request: a URL, or a file among form fields in every common encoding."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roomwright.domain.job import JobStatus
from tests.contract.katalo.desk import ASSETS, JOBS, PHOTO, URL, Desk, refused, wanted
from tests.fakes import make
from tests.fakes.store import MemoryStores

BAD = "validation_error"
SENT = wanted("-", source_asset_id=..., source_url=URL)
FIELDS: list[tuple[str, str | bytes]] = [
    ("workflow", "staging"),
    ("capture_type", "photo"),
    ("mode", "furnish"),
    ("room_types", "Living Room"),
    ("style_preset", "modern"),
    ("include_alternates", "true"),
    ("reference", "listing-123-lr-1"),
    ("metadata", json.dumps(SENT["metadata"])),
    ("webhook.url", SENT["webhook"]["url"]),
]
FILE = ("file", PHOTO)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def fields(**changes: str) -> list[tuple[str, str | bytes]]:
    return [(name, changes.get(name, value)) for name, value in FIELDS]


def asset_of(desk: Desk, job_id: str) -> str:
    """The ingest that this job waits for."""
    store: MemoryStores = desk.stores
    (ingest_id,) = [a.ingest_id for a in store.table.assets.values() if a.job_id == job_id]
    return ingest_id


def test_a_source_url_is_ingested_first_and_then_staged(desk: Desk) -> None:
    made = desk.post(JOBS, SENT)
    assert (made.status, made.body["status"], made.body["source_asset_id"]) == (202, "ingesting", None)
    assert desk.account().reserved == 1
    (asset,) = desk.stores.table.assets.values()
    assert asset.correlation_id == made.headers["X-Request-Id"]
    desk.ingest(asset_of(desk, made.body["job_id"]))
    read = desk.call("GET", f"{JOBS}/{made.body['job_id']}")
    assert read.body["status"] == "queued"
    assert read.body["source_asset_id"].startswith("src_")
    desk.run(made.body["job_id"])
    desk.finish(made.body["job_id"])
    assert desk.call("GET", f"{JOBS}/{made.body['job_id']}").body["outputs"][0]["role"] == "primary"
    again = desk.post(JOBS, wanted(read.body["source_asset_id"]))
    assert (again.status, again.body["status"]) == (200, "succeeded"), "its result is known by the source's bytes"


def test_a_source_that_cannot_be_read_fails_the_job_and_charges_nothing(desk: Desk) -> None:
    made = desk.post(JOBS, SENT | {"source_url": "https://photos.example.com/gone.jpg"})
    desk.ingest(asset_of(desk, made.body["job_id"]))
    read = desk.call("GET", f"{JOBS}/{made.body['job_id']}")
    assert (read.body["status"], read.body["source_asset_id"]) == ("failed", None)
    assert read.body["failure"]["code"] == "source_unreachable"
    assert (desk.account().available, desk.account().reserved) == (200, 0)


def test_a_form_asks_for_the_same_job_as_json(desk: Desk) -> None:
    by_json = desk.post(JOBS, SENT)
    by_form = desk.post_form(*FIELDS, FILE)
    assert (by_form.status, by_form.body["status"]) == (202, "ingesting"), by_form.body
    own = {"job_id": None}
    assert by_form.body | own == by_json.body | own
    ours, theirs = (desk.job(answer.body["job_id"]).spec for answer in (by_form, by_json))
    assert (ours.webhook_url, ours.seed, ours.style) == (theirs.webhook_url, theirs.seed, theirs.style)
    assert desk.ingest(asset_of(desk, by_form.body["job_id"])).status == "ready"
    assert desk.job(by_form.body["job_id"]).status is JobStatus.QUEUED


def test_a_form_takes_hints_as_json(desk: Desk) -> None:
    made = desk.post_form(*FIELDS, ("hints", '{"ceiling_height_m": 2.4}'), FILE)
    assert made.body["hints"] == {"ceiling_height_m": 2.4}
    refused(desk.post_form(*FIELDS, ("hints", "high"), FILE), 422, BAD, "hints: send it as JSON")


ROOMS = ["Living Room", "Dining Room"]


@pytest.mark.parametrize(
    "rooms",
    [
        [("room_types", "Living Room"), ("room_types", "Dining Room")],
        [("room_types[]", "Living Room"), ("room_types[]", "Dining Room")],
        [("room_types", json.dumps(ROOMS))],
        [("room_types[]", "Living Room"), ("room_types", "dining_room")],
    ],
)
def test_a_list_of_rooms_in_every_encoding(desk: Desk, rooms: list[tuple[str, str]]) -> None:
    others = [field for field in FIELDS if field[0] != "room_types"]
    assert desk.post_form(*others, *rooms, FILE).body["room_types"] == ROOMS


@pytest.mark.parametrize("name", ["webhook.url", "webhook[url]", "webhook"])
def test_a_webhook_in_every_encoding(desk: Desk, name: str) -> None:
    url = "https://partner.example.com/hooks"
    value = json.dumps({"url": url}) if name == "webhook" else url
    made = desk.post_form(*[field for field in FIELDS if field[0] != "webhook.url"], (name, value), FILE)
    assert desk.job(made.body["job_id"]).spec.webhook_url == url


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("True", True), ("false", False), ("False", False)])
def test_a_boolean_in_every_case(desk: Desk, text: str, flag: bool) -> None:
    assert desk.post_form(*fields(include_alternates=text), FILE).body["include_alternates"] is flag


def test_a_form_may_name_a_url_or_an_asset_instead_of_a_file(desk: Desk) -> None:
    assert desk.post_form(*FIELDS, ("source_url", URL)).body["status"] == "ingesting"
    assert desk.post_form(*FIELDS, ("source_asset_id", desk.ready_asset())).body["status"] == "queued"


def test_the_same_form_again_is_the_same_job_and_another_file_a_conflict(desk: Desk) -> None:
    first = desk.post_form(*FIELDS, FILE, idempotency_key="f")
    again = desk.post_form(*FIELDS, FILE, idempotency_key="f")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (first.body, "true")
    other = desk.post_form(*FIELDS, ("file", b"another photo"), idempotency_key="f")
    refused(other, 409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("extra", "status", "code", "words"),
    [
        ([], 400, "bad_request", ("exactly one",)),
        ([FILE, ("source_url", URL)], 400, "bad_request", ("source_url, file", "mutually exclusive")),
        ([FILE, ("source_asset_id", "src_" + "0" * 26)], 400, "bad_request", ("mutually exclusive",)),
        ([FILE, FILE], 400, "bad_request", ("file", "twice")),
        ([FILE, ("mode", "furnish")], 400, "bad_request", ("mode", "twice")),
        ([FILE, ("webhook", "{}")], 400, "bad_request", ("webhook", "twice")),
        ([("file", b"")], 422, BAD, ("file", "empty")),
        ([FILE, ("colour", "red")], 422, BAD, ("colour", "no such field")),
        ([FILE, ("seed", "1.5")], 422, BAD, ("seed",)),
        ([FILE, ("seed", "-1")], 422, BAD, ("seed",)),
        ([FILE, ("seed", "9" * 30)], 422, BAD, ("seed",)),
        ([FILE, *[(f"x{n}", "1") for n in range(40)]], 400, "bad_request", ("32 parts",)),
        ([FILE, ("note", "n" * 100_000)], 422, BAD, ("note", "100,000")),
    ],
)
def test_bad_forms(
    desk: Desk, extra: list[tuple[str, str | bytes]], status: int, code: str, words: tuple[str, ...]
) -> None:
    refused(desk.post_form(*FIELDS, *extra), status, code, *words)
    assert not desk.stores.table.jobs


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"include_alternates": "yes"}, ("include_alternates", "boolean")),
        ({"metadata": "listing"}, ("metadata", "JSON")),
        ({"metadata": "[1]"}, ("metadata",)),
        ({"metadata": '{"a":' * 9000}, ("metadata", "JSON")),
        ({"metadata": '{"a": 1, "a": 2}'}, ("metadata", "twice")),
        ({"metadata": '{"a": NaN}'}, ("metadata", "JSON")),
        ({"room_types": '["Living Room"'}, ("room_types", "JSON")),
        ({"room_types": "[7]"}, ("room_types[0]",)),
        ({"room_types": "Dungeon"}, ("room_types[0]", "unknown")),
        ({"mode": "clean"}, ("room_types: not allowed", "style_preset: not allowed")),
    ],
)
def test_bad_values_are_refused_by_name(desk: Desk, changes: dict[str, str], words: tuple[str, ...]) -> None:
    refused(desk.post_form(*fields(**changes), FILE), 422, BAD, *words)


def test_bytes_that_are_no_text_are_refused(desk: Desk) -> None:
    refused(desk.post_form(*FIELDS, ("note", b"\xff\xfe"), FILE), 422, BAD, "note", "UTF-8")


def test_a_file_that_is_too_large_gets_an_upload_to_use_instead(desk: Desk) -> None:
    answer = desk.post_form(*FIELDS, ("file", b"\x89PNG" + bytes(4_000_000)), idempotency_key="large")
    refused(answer, 413, "payload_too_large", "error.upload", "source_asset_id")
    upload: dict[str, Any] = answer.body["error"]["upload"]
    assert upload["fields"]["Content-Type"] == "image/png"
    assert desk.call("GET", f"{ASSETS}/{upload['ingest_id']}").body["status"] == "awaiting_upload"
    assert not desk.stores.table.jobs
    wrong = desk.post_form(*fields(mode="clean"), ("file", bytes(4_000_000)))
    refused(wrong, 422, BAD, "room_types")


def test_fetches_have_a_limit_of_their_own() -> None:
    desk = Desk(plan="prepaid")
    answers = [desk.post(JOBS, SENT | {"source_url": f"{URL}?{n}"}) for n in range(61)]
    assert [a.status for a in answers[:50]] == [202] * 50
    refused(answers[50], 429, "rate_limited")
    assert "in flight" in answers[50].message or "jobs" in answers[50].message
    refused(answers[60], 429, "rate_limited", "60 requests")
    assert answers[60].headers["Retry-After"]
    assert desk.account(make.TENANT).in_flight == 50
