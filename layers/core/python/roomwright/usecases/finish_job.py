"""The last step of every job: publish what the engine's checks approved, or say why there is nothing.

An engine's answer is outside input: it is bounded, parsed, and held against the job it claims to be for. Nothing is
published without a certificate that every pixel outside the mask is the source's own, and without a manifest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf, isfinite

from pydantic import ValidationError as SchemaError

from engine_contract import Candidate, EngineResult, PlacedPiece
from roomwright.domain import keys, limits
from roomwright.domain.errors import NotFoundError, PayloadTooLargeError, StaleStateError
from roomwright.domain.job import Failure, Job, JobStatus, Outcome, Output, Piece
from roomwright.ports import BlobStore, Clock, Stores

MAX_TEXT = 500
PICTURES = frozenset({"staged_jpg", "staged_png"})
"""artifacts of which a candidate has one at least: what is shown and charged for"""
MOVES = 3
"""open states a job can pass through while it is being ended"""
_CHANGED = "its certificate does not prove that the room is unchanged"
_OUTRANKED = "approved, and not published: another candidate scored higher"
_ENGINE_ERROR = Failure(
    "engine_error", "The staging engine gave no usable answer.", True, "Send the job again; nothing was charged."
)
_TIMEOUT = Failure("timeout", "The staging engine took too long.", True, "Send the job again; nothing was charged.")


def finish_job(
    stores: Stores,
    blobs: BlobStore,
    clock: Clock,
    tenant_id: str,
    job_id: str,
    output_location: str | None = None,
    error: Mapping[str, str] | None = None,
) -> Job:
    """→ the job, ended, with what was stored for it counted. One that has ended already is returned unchanged.

    `output_location` is the s3 URI of an EngineResult; `error` is the state machine's {"Error", "Cause"}, whose
    cause stays in the execution's history. Raises NotFoundError, and StaleStateError for success of a job that never
    ran.
    """
    store = stores.tenant(tenant_id)
    for _ in range(MOVES):
        job = store.job(job_id)
        if job is None:
            raise NotFoundError(f"no job {job_id}")
        if job.status.terminal:
            _sweep_up(blobs, job)
            return job
        outcome = _outcome(blobs, job, output_location) if error is None else Outcome(failure=_of_error(error))
        outcome = replace(outcome, stored_bytes=blobs.stored_bytes(keys.job_prefix(tenant_id, job_id)))
        try:
            return store.finish(job, outcome, clock.now())[0]
        except StaleStateError:
            continue
    raise StaleStateError(f"job {job_id} moves faster than it can be ended")


def _sweep_up(blobs: BlobStore, job: Job) -> None:
    """What an engine wrote for a job that had been cancelled or given up meanwhile is shown to nobody, and counted as
    nobody's.
    """
    if job.status is not JobStatus.SUCCEEDED and not job.stored_bytes:
        blobs.erase(keys.job_prefix(job.tenant_id, job.job_id))


def _of_error(error: Mapping[str, str]) -> Failure:
    return _TIMEOUT if error.get("Error") in {"States.Timeout", "States.HeartbeatTimeout"} else _ENGINE_ERROR


def _outcome(blobs: BlobStore, job: Job, output_location: str | None) -> Outcome:
    raw = _read(blobs, output_location)
    result = _parse(raw, job) if raw else None
    if raw is None or result is None:
        return Outcome(failure=_ENGINE_ERROR)
    if result.failure:
        said = result.failure
        return Outcome(failure=Failure(said.code.value, said.message[:MAX_TEXT], said.retryable, said.hint[:MAX_TEXT]))
    judged = [_judged(candidate) for candidate in sorted(result.candidates, key=_score, reverse=True)]
    approved = [candidate for candidate in judged if candidate.approved]
    if not approved:
        return Outcome(failure=_checks_failed(judged))
    published = approved[: 2 if job.spec.include_alternates else 1]
    manifest_key = keys.manifest(job.tenant_id, job.job_id)
    blobs.put(manifest_key, _manifest(result, judged, published), "application/json")
    return Outcome(
        outputs=tuple(
            Output(
                "alternate" if n else "primary",
                {name: a.key for name, a in sorted(c.artifacts.items())},
                tuple(_piece(placed) for placed in c.pieces),
            )
            for n, c in enumerate(published)
        ),
        manifest_key=manifest_key,
        source_key=result.source.key if result.source else None,
    )


def _piece(placed: PlacedPiece) -> Piece:
    """Lengths to a millimetre, angles to a hundredth of a degree."""
    w, d, h = (round(metres, 3) for metres in placed.size_m)
    x, y, z = (round(metres, 3) for metres in placed.position_m)
    return Piece(placed.piece, placed.name, (w, d, h), (x, y, z), round(placed.yaw_deg, 2), tuple(placed.colours))


def _score(candidate: Candidate) -> float:
    return candidate.score if isfinite(candidate.score) else -inf


def _judged(candidate: Candidate) -> Candidate:
    """The candidate as the application sees it: no approval of an engine outweighs a certificate that does not hold."""
    if not candidate.approved or _room_unchanged(candidate):
        return candidate
    return candidate.model_copy(update={"approved": False, "reasons": [*candidate.reasons, _CHANGED]})


def _manifest(result: EngineResult, judged: list[Candidate], published: list[Candidate]) -> bytes:
    """The engine's answer, best candidate first, with the reason why each one that is not published stays private."""
    told = [
        candidate.model_copy(update={"reasons": [_OUTRANKED]})
        if candidate.approved and not any(candidate is chosen for chosen in published)
        else candidate
        for candidate in judged
    ]
    return result.model_copy(update={"candidates": told}).model_dump_json(by_alias=True, indent=1).encode()


def _read(blobs: BlobStore, location: str | None) -> bytes | None:
    """None for a place that is not the endpoint's own, an absent object, or one larger than any honest answer."""
    bucket, _, key = (location or "").removeprefix("s3://").partition("/")
    if bucket != blobs.bucket or not key.startswith(keys.RESULTS):
        return None
    try:
        return blobs.get(key, limits.MAX_RESULT_BYTES)
    except PayloadTooLargeError:
        return None


def _parse(raw: bytes, job: Job) -> EngineResult | None:
    """None unless it is a result for this very job, all of whose objects lie under the job's own prefix."""
    try:
        result = EngineResult.model_validate_json(raw)
    except SchemaError:
        return None
    prefix = keys.job_prefix(job.tenant_id, job.job_id)
    objects = [a.key for c in result.candidates for a in c.artifacts.values()]
    objects += [result.source.key] if result.source else []
    ours = all(key.startswith(prefix) and ".." not in key for key in objects)
    complete = all(PICTURES & c.artifacts.keys() for c in result.candidates)
    return result if ours and complete and result.job_id == job.job_id else None


def _room_unchanged(candidate: Candidate) -> bool:
    """Every proof that it carries holds: the lossless picture's, and the JPEG's where it claims one."""
    proofs = [proof for proof in (candidate.certificate, candidate.jpeg_certificate) if proof]
    return all(0 <= p.pixels_outside <= p.pixels and p.pixels_identical == p.pixels_outside for p in proofs)


def _checks_failed(candidates: list[Candidate]) -> Failure:
    reasons = "; ".join(dict.fromkeys(r for c in candidates for r in c.reasons))[:MAX_TEXT]
    return Failure(
        "checks_failed",
        f"No picture passed the quality checks{': ' + reasons if reasons else ''}.",
        False,
        "Send a photo that shows more of the floor, taken upright and in good light. Nothing was charged.",
    )
