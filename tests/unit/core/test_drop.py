"""The drop folder: photos, their manifest, what comes back and what is said when nothing does."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from roomwright.dialects.drop import DropFolder
from roomwright.domain import ids, keys
from roomwright.domain.errors import ValidationError
from roomwright.domain.job import Failure, Job, JobStatus, Outcome, Output
from roomwright.domain.keys import Drop
from roomwright.usecases.receive_drop import MAX_MANIFEST_BYTES, receive_drop
from roomwright.usecases.return_drop import return_drop
from tests.fakes import make
from tests.fakes.make import OTHER, TENANT
from tests.fakes.ports import START, FakeClock, MemoryBlobs, MemoryQueue
from tests.fakes.store import MemoryStores

FOLDER = f"inbox/{TENANT}/bedroom/modern/"
PHOTO = FOLDER + "a b.jpg"
MANIFEST = FOLDER + "roomwright.json"


@dataclass
class Inbox:
    """One tenant's drop folder."""

    stores: MemoryStores = field(default_factory=MemoryStores)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)
    later: MemoryQueue = field(default_factory=MemoryQueue)
    returns: MemoryQueue = field(default_factory=MemoryQueue)
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        self.stores.create_tenant(make.account())
        self.store = self.stores.tenant(TENANT)

    def put(self, key: str, data: bytes = b"photo", etag: str = "e1", size: int | None = None) -> Job | None:
        """Upload, and hear S3's notice."""
        self.blobs.objects[key], self.blobs.etags[key] = data, etag
        return self.told(key, etag, len(data) if size is None else size)

    def told(self, key: str, etag: str = "e1", size: int = 5) -> Job | None:
        admission = receive_drop(
            self.stores, self.blobs, self.later, self.returns, self.clock, DropFolder(), key, etag, size
        )
        return admission.job if admission else None

    def note(self, key: str) -> dict[str, Any]:
        note: dict[str, Any] = json.loads(self.blobs.objects[key + ".error.json"])["error"]
        return note

    @property
    def notes(self) -> list[str]:
        return [key for key in self.blobs.objects if key.endswith(".error.json")]

    def end(self, job: Job, outcome: Outcome) -> Job:
        """However it got there."""
        where = (JobStatus.RUNNING, True) if outcome.outputs else (job.status, job.slot_held)
        before = replace(job, status=where[0], slot_held=where[1])
        self.stores.table.jobs[(TENANT, job.job_id)] = before
        self.stores.table.accounts[TENANT] = replace(self.store.account(), running=int(where[1]))
        return self.store.finish(before, outcome, START)[0]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def test_a_dropped_photo_is_one_job_per_content(inbox: Inbox) -> None:
    first = inbox.put(PHOTO)
    assert first
    assert (first.status, first.spec.room_types, first.spec.style) == (JobStatus.INGESTING, ("bedroom",), "modern")
    assert (first.spec.drop_key, first.spec.reference) == (PHOTO, "bedroom/modern/a b.jpg")
    assert first.correlation_id
    assert inbox.put(PHOTO) == first
    assert inbox.put(PHOTO, etag="e1-2") == first, "uploaded in parts, the same bytes have another ETag"
    second = inbox.put(PHOTO, b"other", etag="e2")
    assert second
    assert second.job_id != first.job_id
    assert second.correlation_id != first.correlation_id


def test_a_photo_that_was_replaced_or_removed_before_it_was_read_is_no_job(inbox: Inbox) -> None:
    """Or one picture would be staged, and paid for, under both notices."""
    inbox.blobs.objects[PHOTO], inbox.blobs.etags[PHOTO] = b"second photo", "e2"
    assert inbox.told(PHOTO, "e1") is None
    assert inbox.told(PHOTO, "e2")
    assert inbox.told(FOLDER + "gone.jpg") is None
    assert inbox.notes == []


def test_a_test_tenants_drop_is_a_test_job(inbox: Inbox) -> None:
    tenant_id = ids.test_tenant_id(TENANT)
    inbox.stores.create_tenant(make.account(tenant_id, 0, live=False, plan="test"))
    job = inbox.put(f"inbox/{tenant_id}/bedroom/modern/a.jpg")
    assert job
    assert (job.live, job.credits) == (False, 0)


def test_a_photo_dropped_before_its_manifest_has_the_folders_options(inbox: Inbox) -> None:
    first = inbox.put(PHOTO)
    assert inbox.put(MANIFEST, b'{"seed": 5}') is None, "a manifest is no photo"
    assert inbox.put(PHOTO) == first, "uploaded again it is the job that it was, and is not charged again"
    assert first
    assert first.spec.seed == 0
    after = inbox.put(FOLDER + "b.jpg")
    assert after
    assert after.spec.seed == 5
    assert inbox.notes == []


def test_a_photos_own_options_win_over_the_common_ones(inbox: Inbox) -> None:
    options = {
        "style_preset": "japandi",
        "metadata": {"listing": "l-1"},
        "include_alternates": True,
        "photos": {"a b.jpg": {"room_types": ["Home Office"], "seed": 7, "reference": "the study"}},
    }
    inbox.put(MANIFEST, json.dumps(options).encode())
    job, other = inbox.put(PHOTO), inbox.put(FOLDER + "b.jpg")
    assert job
    assert other
    assert (job.spec.room_types, job.spec.style, job.spec.seed) == (("home-office",), "japandi", 7)
    assert (job.spec.reference, job.spec.metadata) == ("the study", {"listing": "l-1"})
    assert (other.spec.room_types, other.spec.seed) == (("bedroom",), 0)
    assert job.spec.include_alternates
    assert other.spec.include_alternates


def test_a_name_is_the_same_however_its_letters_are_composed(inbox: Inbox) -> None:
    """File systems take names apart that keyboards put together."""
    inbox.put(MANIFEST, json.dumps({"photos": {"K\u00fcche.jpg": {"seed": 7}, "a\u0300.jpg": {"seed": 8}}}).encode())
    apart, together = inbox.put(FOLDER + "Ku\u0308che.jpg"), inbox.put(FOLDER + "\u00e0.jpg")
    assert apart
    assert together
    assert (apart.spec.seed, together.spec.seed) == (7, 8)
    assert apart.spec.drop_key == FOLDER + "Ku\u0308che.jpg"


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (b"{", "not valid JSON"),
        (b'{"seed": 1, "seed": 2}', "names a field twice"),
        (b'{"photos": {"a b.jpg": {"seed": 1, "seed": 2}}}', "names a field twice"),
        ('{"photos": {"\u00fc.jpg": {}, "u\u0308.jpg": {}}}'.encode(), "names a photo twice"),
        (b"[]", "must be a JSON object"),
        (b'{"photos": []}', "object of objects"),
        (b'{"photos": {"a b.jpg": 1}}', "object of objects"),
        (b'{"colour": "red"}', "colour: no such option"),
        (b'{"photos": {"a b.jpg": {"colour": "red"}}}', "photos['a b.jpg'].colour: no such option"),
        (b'{"style_preset": "rococo rage"}', "style_preset: unknown preset"),
        (b'{"workflow": "staging"}', "workflow: no such option"),
        (b'{"source_url": "https://example.com/a.jpg"}', "source_url: no such option"),
        (b'{"seed": "7"}', "seed: "),
        (b'{"webhook": {"url": "http://169.254.169.254/"}}', "webhook.url: "),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"photos": {"\\ud800": {"\\ud800": 1}}}', "no such option"),
        (b" " * (MAX_MANIFEST_BYTES + 1), "larger than"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_manifest_that_is_wrong_is_told_and_stages_nothing_by_mistake(
    inbox: Inbox, manifest: bytes, said: str
) -> None:
    assert inbox.put(MANIFEST, manifest) is None
    assert said in inbox.note(MANIFEST)["message"]
    assert inbox.notes == [MANIFEST + ".error.json"]
    if b"ud800" in manifest:
        return  # it is about another photo
    assert inbox.put(PHOTO) is None
    note = inbox.note(PHOTO)
    assert (note["code"], note["file"]) in {("validation_error", "a b.jpg"), ("operation_unavailable", "a b.jpg")}
    inbox.put(MANIFEST, b"{}")
    assert inbox.put(PHOTO), "corrected, the same photo is a job"


def test_the_documented_manifest_is_a_good_one() -> None:
    text = Path("docs/drop-folder.md").read_text("utf-8")
    (manifest,) = re.findall(r"```json\n(\{\n.*?)```", text, re.DOTALL)
    DropFolder().check(manifest.encode())
    drop = keys.parse_drop(FOLDER + "study.jpg")
    assert drop
    spec = DropFolder().describe(drop, manifest.encode())
    assert (spec.room_types, spec.reference) == (("home-office",), "listing-17")


def test_a_manifest_that_names_an_unknown_field_of_a_photo_is_told_with_the_photo(inbox: Inbox) -> None:
    with pytest.raises(ValidationError, match=r"photos\['x.jpg'\]\.room_types"):
        DropFolder().check(b'{"photos": {"x.jpg": {"room_types": ["Dungeon"]}}}')
    many = {"photos": {f"{n}.jpg": {"no": 1} for n in range(7)}}
    with pytest.raises(ValidationError, match=r"\(and 2 more\)"):
        DropFolder().check(json.dumps(many).encode())


def test_what_cannot_be_staged_gets_a_note_beside_it(inbox: Inbox) -> None:
    cellar = f"inbox/{TENANT}/cellar/modern/a.jpg"
    assert inbox.put(cellar) is None
    assert "unknown room" in inbox.note(cellar)["message"]
    assert inbox.told(cellar + ".error.json") is None, "a note is no drop"
    assert inbox.put(FOLDER + "big.jpg", size=10**9) is None
    assert inbox.note(FOLDER + "big.jpg")["code"] == "payload_too_large"
    assert inbox.put(f"inbox/{OTHER}/bedroom/modern/a.jpg") is None
    assert inbox.note(f"inbox/{OTHER}/bedroom/modern/a.jpg")["code"] == "not_found"


@pytest.mark.parametrize("key", [f"inbox/{TENANT}/a.jpg", f"inbox/{TENANT}/bedroom/a.jpg", f"inbox/{TENANT}/a/b/c/d"])
def test_a_file_in_the_wrong_place_is_told(inbox: Inbox, key: str) -> None:
    assert inbox.put(key) is None
    assert keys.parse_drop(key) is None
    assert "inbox/<tenant>/<room>/<style>/" in inbox.note(key)["message"]


@pytest.mark.parametrize("key", ["inbox/", "inbox/x/y/z", "inbox/x/y/z/a.jpg", FOLDER, f"inbox/{TENANT}/", "other/a"])
def test_folders_and_strangers_are_nothing(inbox: Inbox, key: str) -> None:
    assert inbox.put(key) is None
    assert inbox.notes == []


@pytest.mark.parametrize("length", [930, 1000, 1024 - len(FOLDER)])
def test_a_name_too_long_for_its_results_is_refused_and_can_be_told(inbox: Inbox, length: int) -> None:
    key = FOLDER + "ä" * (length // 2)
    assert inbox.put(key) is None
    (note,) = inbox.notes
    assert len(note.encode()) <= 1024
    assert "shorter name" in str(inbox.blobs.objects[note])


def test_a_drop_waits_its_turn_rather_than_being_refused(inbox: Inbox) -> None:
    inbox.stores.create_tenant(make.account(OTHER, max_in_flight=1))
    first, second = (f"inbox/{OTHER}/bedroom/modern/{name}.jpg" for name in "ab")
    running = inbox.put(first)
    assert running
    inbox.put(second)
    for _ in range(9):  # more often than a queue tries
        assert inbox.told(second) is None
    assert inbox.later.sent == [({"key": second, "etag": "e1", "size": "5"}, 900)] * 10
    inbox.stores.tenant(OTHER).finish(running, make.FAILURE, START)
    assert inbox.told(second)
    assert inbox.notes == []


def test_a_photo_uploaded_again_is_not_staged_again_but_its_results_come_again(inbox: Inbox) -> None:
    job = inbox.put(PHOTO)
    assert job
    assert inbox.put(PHOTO) == job
    assert inbox.returns.sent == [], "it will end by itself"
    inbox.end(job, make.SUCCESS)
    inbox.put(PHOTO)
    assert inbox.returns.sent == [({"tenant_id": TENANT, "job_id": job.job_id}, 0)]
    account = inbox.store.account()
    assert (account.available, account.spent, account.jobs_total) == (9, 1, 1)


def test_a_photo_that_failed_for_a_reason_that_may_pass_is_tried_again(inbox: Inbox) -> None:
    first = inbox.put(PHOTO)
    assert first
    inbox.end(first, make.FAILURE)
    second = inbox.put(PHOTO)
    assert second
    assert (second.job_id != first.job_id, second.status) == (True, JobStatus.INGESTING)
    assert inbox.put(PHOTO) == second
    inbox.end(second, Outcome(failure=Failure("room_not_understood", "No floor.", False)))
    third = inbox.put(PHOTO)
    assert third
    assert third.job_id == second.job_id, "what was seen will be seen again"
    assert inbox.store.account().available == 10


def test_results_are_laid_where_the_photo_was_dropped(inbox: Inbox) -> None:
    job = inbox.put(PHOTO)
    assert job
    prefix = keys.job_prefix(TENANT, job.job_id)
    stored = {
        f"{prefix}{folder}/staged.{kind}": f"{folder}{kind}".encode() for folder in "ab" for kind in ("jpg", "png")
    }
    inbox.blobs.objects |= stored | {prefix + "manifest.json": b"{}"}
    outputs = tuple(
        Output(role, {f"staged_{kind}": f"{prefix}{folder}/staged.{kind}" for kind in ("jpg", "png")})
        for role, folder in (("primary", "a"), ("alternate", "b"))
    )
    inbox.end(job, Outcome(outputs=outputs, manifest_key=prefix + "manifest.json"))
    for _ in range(2):  # events come more than once
        assert return_drop(inbox.stores, inbox.blobs, inbox.clock, TENANT, job.job_id) == 5
    results = f"results/{TENANT}/bedroom/modern/a b.jpg/"
    found = {key.removeprefix(results): data for key, data in inbox.blobs.objects.items() if key.startswith(results)}
    assert found == {
        "staged.jpg": b"ajpg",
        "staged.png": b"apng",
        "alternate/staged.jpg": b"bjpg",
        "alternate/staged.png": b"bpng",
        "manifest.json": b"{}",
    }
    assert list(found)[-1] == "manifest.json", "when it is there, everything is"
    assert inbox.notes == []


@pytest.mark.parametrize(
    ("outcome", "code", "retryable"), [(make.FAILURE, "engine_error", True), (Outcome(), "cancelled", False)]
)
def test_a_job_that_ends_without_a_picture_leaves_a_note(
    inbox: Inbox, outcome: Outcome, code: str, retryable: bool
) -> None:
    job = inbox.put(PHOTO)
    assert job
    assert return_drop(inbox.stores, inbox.blobs, inbox.clock, TENANT, job.job_id) == 0, "it has not ended"
    inbox.end(job, outcome)
    assert return_drop(inbox.stores, inbox.blobs, inbox.clock, TENANT, job.job_id) == 1
    note = inbox.note(PHOTO)
    assert (note["code"], note["retryable"], note["job_id"]) == (code, retryable, job.job_id)
    assert note["hint"]


def test_a_job_of_the_api_returns_nothing(inbox: Inbox) -> None:
    job = inbox.store.admit(make.job()).job
    inbox.end(job, make.FAILURE)
    before = dict(inbox.blobs.objects)
    assert return_drop(inbox.stores, inbox.blobs, inbox.clock, TENANT, job.job_id) == 0
    assert inbox.blobs.objects == before


def test_results_of_two_photos_never_meet() -> None:
    names = [("bedroom", "modern", "a.jpg"), ("bedroom", "modern", "a"), ("bedroom", "a", "modern"), ("b", "m", "..")]
    prefixes = [Drop(TENANT, *name).results for name in names]
    assert len(set(prefixes)) == len(prefixes)
    assert not any(one != other and one.startswith(other) for one in prefixes for other in prefixes)
