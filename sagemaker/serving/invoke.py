"""One request from source to manifest: fetch, run the engine, write the outputs, answer."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from atelier.result import Engine, File, Picture, Staged
from engine_contract import Artifact, Candidate, EngineFailure, EngineRequest, EngineResult, FailureCode
from serving.limits import MAX_MANIFEST_BYTES, MAX_SOURCE_BYTES, peak_memory_mb
from serving.progress import ProgressWriter, StoppedError
from serving.storage import Storage, TooLargeError

_log = logging.getLogger(__name__)
_JSON = "application/json"


def invoke(request: EngineRequest, engine: Engine, storage: Storage) -> EngineResult:
    """Do the request's work once: a finished job with the same request is answered from its manifest.

    Refusals are results with `failure` set; so is work that its owner stopped, which writes no manifest. Exceptions
    of the engine or of S3 pass through: the caller answers 500 and the request may be repeated.
    """
    digest = request_digest(request, engine)
    if (known := _finished(request, digest, storage)) is not None:
        _log.info("answered from the manifest", extra={"job_id": request.job_id})
        return known
    started = time.perf_counter()
    try:
        staged = _run(request, engine, storage)
    except StoppedError:
        _log.info("job stopped", extra={"job_id": request.job_id})
        return _stopped(request, engine.name)
    result = _written(request, engine.name, staged, storage, digest)
    _log.info(
        "job finished",
        extra={
            "job_id": request.job_id,
            "operation": request.operation,
            "failure": staged.failure.code if staged.failure else None,
            "approved": sum(p.approved for p in staged.pictures),
            "seconds": round(time.perf_counter() - started, 2),
            "peak_memory_mb": result.peak_memory_mb,
        },
    )
    return result


def request_digest(request: EngineRequest, engine: Engine) -> str:
    """What makes two requests the same work: every field of the request and the engine's version."""
    return hashlib.sha256(f"{engine.name}\n{request.model_dump_json(by_alias=True)}".encode()).hexdigest()


def _finished(request: EngineRequest, digest: str, storage: Storage) -> EngineResult | None:
    prefix = request.output_prefix
    try:
        body = storage.get(prefix.bucket, f"{prefix.key}manifest.json", MAX_MANIFEST_BYTES)
        known = EngineResult.model_validate_json(body) if body else None
    except (ValidationError, TooLargeError):
        _log.warning("unreadable manifest; the job is done again", extra={"job_id": request.job_id})
        return None
    return known if known and known.numbers.get("request_sha256") == digest else None


def _run(request: EngineRequest, engine: Engine, storage: Storage) -> Staged:
    try:
        source = storage.get(request.source.bucket, request.source.key, MAX_SOURCE_BYTES)
    except TooLargeError as error:
        return _refused(
            f"The source has {error.size} bytes.", f"Send an image of at most {MAX_SOURCE_BYTES // 2**20} MiB."
        )
    if source is None:
        return _refused("The source object does not exist.", "Upload the photo again and submit a new job.")
    return engine.run(request, source, ProgressWriter(storage, request.output_prefix))


def _refused(message: str, hint: str) -> Staged:
    return Staged(failure=EngineFailure(code=FailureCode.SOURCE_UNREADABLE, message=message, hint=hint))


def _stopped(request: EngineRequest, name: str) -> EngineResult:
    failure = EngineFailure(code=FailureCode.STOPPED, message="The job was ended meanwhile.", hint="Send it again.")
    return EngineResult(
        job_id=request.job_id,
        operation=request.operation,
        engine=name,
        seed=request.seed,
        failure=failure,
        peak_memory_mb=round(peak_memory_mb(), 1),
    )


def _written(request: EngineRequest, name: str, staged: Staged, storage: Storage, digest: str) -> EngineResult:
    """Writes every output, then the manifest: a manifest never names an object that is not there."""
    candidates = [
        _candidate(picture, request, _folder(picture, i), storage) for i, picture in enumerate(staged.pictures)
    ]
    result = EngineResult(
        job_id=request.job_id,
        operation=request.operation,
        engine=name,
        seed=request.seed,
        failure=staged.failure,
        candidates=candidates,
        source=_store(staged.source, request, "", storage) if staged.source else None,
        seconds={k: round(v, 3) for k, v in staged.seconds.items()},
        peak_memory_mb=round(peak_memory_mb(), 1),
        numbers=_with_digest(staged.numbers, digest),
    )
    body = result.model_dump_json(by_alias=True, indent=1).encode()
    storage.put(request.output_prefix.bucket, f"{request.output_prefix.key}manifest.json", body, _JSON)
    return result


def _with_digest(numbers: Mapping[str, Any], digest: str) -> dict[str, Any]:
    return {**numbers, "request_sha256": digest}


def _folder(picture: Picture, index: int) -> str:
    """The first approved picture lies at the top; what was not approved is kept where nobody takes it for an output."""
    if not picture.approved:
        return f"rejected/{index}/"
    return f"candidates/{index}/" if index else ""


def _candidate(picture: Picture, request: EngineRequest, folder: str, storage: Storage) -> Candidate:
    return Candidate(
        approved=picture.approved,
        reasons=list(picture.reasons),
        score=picture.score,
        artifacts={k: _store(f, request, folder, storage) for k, f in picture.files.items()},
        checks=list(picture.checks),
        certificate=picture.certificate,
        pieces=list(picture.pieces),
        jpeg_certificate=picture.jpeg_certificate,
    )


def _store(file: File, request: EngineRequest, folder: str, storage: Storage) -> Artifact:
    key = f"{request.output_prefix.key}{folder}{file.name}"
    storage.put(request.output_prefix.bucket, key, file.body, file.content_type)
    return Artifact(
        key=key,
        content_type=file.content_type,
        sha256=hashlib.sha256(file.body).hexdigest(),
        width=file.width,
        height=file.height,
    )
