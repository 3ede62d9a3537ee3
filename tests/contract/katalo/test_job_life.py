"""A job after it was accepted: progress, estimates, waiting for it, its pictures, its failures, and calling it off."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from roomwright.domain import rate_limits
from roomwright.domain.account import PUBLIC_SCOPES
from roomwright.domain.job import Failure, JobStatus, Outcome
from roomwright.domain.keys import job_prefix
from roomwright.domain.plans import PLANS
from roomwright.domain.rate_limits import PER_KEY, Quota
from roomwright.usecases.issue_key import KeyWish
from tests.contract.katalo.desk import JOBS, Desk, refused, wanted
from tests.contract.katalo.test_generations import ENVELOPE
from tests.fakes import engine, make
from tests.fakes.ports import START


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def job_id(desk: Desk) -> str:
    return str(desk.post(JOBS, wanted(desk.ready_asset())).body["job_id"])


def at(seconds: float) -> str:
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def report(desk: Desk, job_id: str, fraction: float, elapsed_s: float) -> None:
    """What the engine says while it works."""
    told = {"stage": "render", "fraction": fraction, "stages_done": ["perceive"], "elapsed_s": elapsed_s}
    desk.blobs.objects[job_prefix(make.TENANT, job_id) + "progress.json"] = json.dumps(told).encode()


def test_a_queued_job_is_estimated_by_the_line_before_it(desk: Desk) -> None:
    asset = desk.ready_asset()
    jobs = []
    for n in range(25):
        jobs.append(desk.post(JOBS, wanted(asset, seed=n)).body["job_id"])
        desk.clock.advance(timedelta(microseconds=1))
    times = [desk.call("GET", f"{JOBS}/{job_id}").body["estimated_completion_at"] for job_id in jobs]
    # ten run at once, thirty seconds each as long as nothing better is known
    assert times == [at(30)] * 10 + [at(60)] * 10 + [at(90)] * 5
    desk.run(jobs[0])
    desk.clock.advance(timedelta(seconds=12))
    desk.finish(jobs[0])
    assert desk.call("GET", f"{JOBS}/{jobs[-1]}").body["estimated_completion_at"] == at(12 + 3 * 12)


def test_a_running_job_is_estimated_by_the_pace_of_its_engine(desk: Desk, job_id: str) -> None:
    desk.run(job_id)
    read = desk.call("GET", f"{JOBS}/{job_id}").body
    assert (read["status"], read["progress"], read["estimated_completion_at"]) == ("running", None, at(30))
    desk.clock.advance(timedelta(seconds=10))
    report(desk, job_id, 0.25, 10)
    read = desk.call("GET", f"{JOBS}/{job_id}").body
    assert (read["progress"]["stage"], read["progress"]["fraction"]) == ("render", 0.25)
    assert read["estimated_completion_at"] == at(10 + 30)
    report(desk, job_id, 0.0, 10)
    assert desk.call("GET", f"{JOBS}/{job_id}").body["estimated_completion_at"] == at(30)
    report(desk, job_id, 0.02, 5000)
    deadline = desk.job(job_id).deadline_at
    assert desk.call("GET", f"{JOBS}/{job_id}").body["estimated_completion_at"] == at((deadline - START).seconds)
    desk.clock.advance(timedelta(seconds=60))
    report(desk, job_id, 0.0, 70)
    assert desk.call("GET", f"{JOBS}/{job_id}").body["estimated_completion_at"] == at(70), "never in the past"


def test_an_ended_or_ingesting_job_has_no_estimate(desk: Desk, job_id: str) -> None:
    desk.run(job_id)
    desk.finish(job_id)
    report(desk, job_id, 0.5, 10)
    read = desk.call("GET", f"{JOBS}/{job_id}").body
    assert (read["progress"], read["estimated_completion_at"]) == (None, None)
    waiting = desk.post(JOBS, wanted("-", source_asset_id=..., source_url="https://example.com/a.jpg")).body
    assert desk.call("GET", f"{JOBS}/{waiting['job_id']}").body["estimated_completion_at"] is None


def test_a_read_waits_until_the_job_has_ended(desk: Desk, job_id: str) -> None:
    desk.run(job_id)
    desk.meanwhile = [lambda: desk.finish(job_id) if sum(desk.naps) >= 3 else None]
    read = desk.call("GET", f"{JOBS}/{job_id}", headers={"Prefer": "wait=10"})
    assert (read.status, read.body["status"]) == (200, "succeeded")
    assert read.headers["Preference-Applied"] == "wait=10"
    assert sum(desk.naps) == 3


@pytest.mark.parametrize(("sent", "granted"), [("wait=4", 4), ("respond-async, wait=60", 20), ('Wait="2"', 2)])
def test_a_wait_ends_at_its_time(desk: Desk, job_id: str, sent: str, granted: int) -> None:
    read = desk.call("GET", f"{JOBS}/{job_id}", headers={"Prefer": sent})
    assert (read.status, read.body["status"]) == (200, "queued")
    assert (read.headers["Preference-Applied"], sum(desk.naps)) == (f"wait={granted}", granted)


@pytest.mark.parametrize("sent", ["", "wait", "wait=", "wait=-1", "wait=soon", "return=minimal"])
def test_a_preference_that_says_nothing_is_ignored(desk: Desk, job_id: str, sent: str) -> None:
    read = desk.call("GET", f"{JOBS}/{job_id}", headers={"Prefer": sent})
    assert "Preference-Applied" not in read.headers
    assert not desk.naps


def test_create_and_regenerate_wait_too_and_say_when_the_job_has_ended(desk: Desk) -> None:
    def engine() -> None:
        for (_, job_id), job in list(desk.stores.table.jobs.items()):
            if job.status is JobStatus.QUEUED and sum(desk.naps) >= 2:
                desk.run(job_id)
                desk.finish(job_id)

    asset = desk.ready_asset()
    late = desk.post(JOBS, wanted(asset), headers={"Prefer": "wait=1"})
    assert (late.status, late.body["status"]) == (202, "queued")
    assert late.body["estimated_completion_at"] is not None
    desk.meanwhile = [engine]
    made = desk.post(JOBS, wanted(asset, seed=1), headers={"Prefer": "wait=9"})
    assert (made.status, made.body["status"], len(made.body["outputs"])) == (200, "succeeded", 1)
    again = desk.post(f"{JOBS}/{made.body['job_id']}/regenerate", {}, headers={"Prefer": "wait=9"})
    assert (again.status, again.body["status"]) == (200, "succeeded")


def test_who_waits_too_often_is_answered_at_once(desk: Desk, job_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PER_KEY[Quota.WAIT] == 30
    monkeypatch.setitem(rate_limits.PER_KEY, Quota.WAIT, 3)
    for _ in range(3 * PLANS[desk.account().plan].rate):
        assert "Preference-Applied" in desk.call("GET", f"{JOBS}/{job_id}", headers={"Prefer": "wait=1"}).headers
    desk.naps.clear()
    at_once = desk.call("GET", f"{JOBS}/{job_id}", headers={"Prefer": "wait=1"})
    assert (at_once.status, desk.naps) == (200, [])
    assert "Preference-Applied" not in at_once.headers
    assert '"key";q=6000;' in at_once.headers["RateLimit-Policy"], "what it limits is not the request"
    made = desk.post(JOBS, wanted(desk.ready_asset(), seed=1), headers={"Prefer": "wait=1"})
    assert (made.status, desk.naps) == (202, [])
    desk.run(job_id)
    desk.finish(job_id)
    ended = desk.call("GET", f"{JOBS}/{job_id}", headers={"Prefer": "wait=1"})
    assert "Preference-Applied" in ended.headers, "nothing is held by what has ended"


def test_only_what_was_approved_is_ever_shown(desk: Desk, job_id: str) -> None:
    desk.run(job_id)
    desk.finish(job_id, [(0.2, True), (0.99, False), (0.9, True), (0.5, True)])
    read = desk.call("GET", f"{JOBS}/{job_id}")
    assert set(read.body) == ENVELOPE
    assert [output["role"] for output in read.body["outputs"]] == ["primary", "alternate"]
    primary, alternate = read.body["outputs"]
    assert primary["image_url"] == primary["artifacts"]["staged_jpg"]
    prefix = job_prefix(make.TENANT, job_id)
    assert f"{prefix}2/staged_jpg" in primary["image_url"], "the best that was approved"
    assert f"{prefix}3/staged_jpg" in alternate["image_url"]
    placed = {**engine.PIECE, "size_m": [1.62, 0.8, 0.75], "position_m": [-0.412, 3.2, 0.0]}
    assert [output["pieces"] for output in (primary, alternate)] == [[placed], [placed]]
    text = json.dumps(read.body)
    assert "floats" not in text
    assert "manifest" not in text
    assert not any(f"{prefix}{kept}/" in text for kept in (0, 1))
    assert prefix in read.body["source_image_url"]


def test_nothing_approved_fails_the_job_with_its_reasons_and_gives_the_credit_back(desk: Desk, job_id: str) -> None:
    desk.run(job_id)
    desk.finish(job_id, [(0.9, False), (0.8, False)])
    read = desk.call("GET", f"{JOBS}/{job_id}").body
    assert (read["status"], read["outputs"], read["failure"]["code"]) == ("failed", [], "checks_failed")
    assert "a chair floats" in read["failure"]["message"]
    assert (desk.account().available, desk.account().reserved) == (200, 0)


def test_a_failed_job_says_why_and_what_next(desk: Desk, job_id: str) -> None:
    failure = Failure("room_not_understood", "No floor was found.", False, "Send a photo that shows the floor.")
    desk.stores.tenant(make.TENANT).finish(desk.run(job_id), Outcome(failure=failure), desk.clock.now())
    read = desk.call("GET", f"{JOBS}/{job_id}").body
    assert read["failure"] == {
        "code": "room_not_understood",
        "message": "No floor was found.",
        "retryable": False,
        "hint": "Send a photo that shows the floor.",
    }


@pytest.mark.parametrize("state", ["ingesting", "queued", "running"])
def test_an_open_job_can_be_called_off(desk: Desk, state: str) -> None:
    asset = desk.ready_asset()
    source = {"source_asset_id": ..., "source_url": "https://example.com/a.jpg"} if state == "ingesting" else {}
    job_id = desk.post(JOBS, wanted(asset, **source)).body["job_id"]
    if state == "running":
        desk.run(job_id)
    answer = desk.call("DELETE", f"{JOBS}/{job_id}")
    assert (answer.status, answer.body["status"], answer.body["failure"]["code"]) == (200, "failed", "cancelled")
    assert answer.body["completed_at"] == at(0)
    account = desk.account()
    assert (account.available, account.reserved, account.in_flight, account.running) == (200, 0, 0, 0)
    assert account.jobs_cancelled == 1
    again = desk.call("DELETE", f"{JOBS}/{job_id}")
    assert (again.status, again.body) == (200, answer.body)
    assert desk.account() == account


def test_what_has_ended_cannot_be_called_off(desk: Desk, job_id: str) -> None:
    desk.run(job_id)
    desk.finish(job_id)
    refused(desk.call("DELETE", f"{JOBS}/{job_id}"), 409, "conflict", "succeeded")
    assert desk.job(job_id).status is JobStatus.SUCCEEDED
    refused(desk.call("DELETE", f"{JOBS}/job_{'0' * 26}"), 404, "not_found")


def test_an_engines_late_answer_about_a_cancelled_job_changes_nothing(desk: Desk, job_id: str) -> None:
    desk.run(job_id)
    desk.call("DELETE", f"{JOBS}/{job_id}")
    assert desk.finish(job_id).status is JobStatus.CANCELLED
    assert desk.call("GET", f"{JOBS}/{job_id}").body["outputs"] == []


def test_a_public_key_sees_no_pictures(desk: Desk) -> None:
    origin = "https://www.example.com"
    public = desk.issue(wish=KeyWish(PUBLIC_SCOPES, public=True, origins=(origin,)))
    asset = desk.ready_asset()
    desk.staged(wanted(asset))
    elsewhere = desk.post(JOBS, wanted(asset), key=public, headers={"Origin": origin})
    refused(elsewhere, 403, "forbidden", "webhook")
    made = desk.post(JOBS, wanted(asset, webhook=...), key=public, headers={"Origin": origin})
    assert (made.status, made.body["status"]) == (200, "succeeded")
    assert (made.body["outputs"], made.body["source_image_url"]) == ([], None)
    for method, path in (("GET", made.body["job_id"]), ("DELETE", made.body["job_id"])):
        refused(desk.call(method, f"{JOBS}/{path}", key=public, headers={"Origin": origin}), 403, "forbidden")
    again = desk.post(f"{JOBS}/{made.body['job_id']}/regenerate", {}, key=public, headers={"Origin": origin})
    refused(again, 403, "forbidden")
