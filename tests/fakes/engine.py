"""Engine results as a container would answer them."""

from __future__ import annotations

from typing import Any

from engine_contract import EngineResult

SHA = "0" * 64
PIECE = {
    "piece": "sofa",
    "name": "two-seater",
    "size_m": (1.62, 0.8, 0.75),
    "position_m": (-0.41239, 3.2, 0.0),
    "yaw_deg": 90.0,
    "colours": ["#aabbcc"],
}


def candidate(prefix: str, name: str = "a", *, approved: bool = True, identical: int = 90) -> dict[str, Any]:
    """One candidate of 100 pixels, 90 of them outside the mask."""
    return {
        "approved": approved,
        "reasons": [] if approved else ["a chair floats"],
        "score": 0.9,
        "artifacts": {
            kind: {"key": f"{prefix}{name}/{kind}", "content_type": "image/png", "sha256": SHA}
            for kind in ("staged_png", "staged_jpg")
        },
        "checks": [],
        "certificate": {
            "source_sha256": SHA,
            "staged_sha256": SHA,
            "mask_sha256": SHA,
            "pixels": 100,
            "pixels_outside": 90,
            "pixels_identical": identical,
        },
        "pieces": [PIECE],
    }


def result(job_id: str, prefix: str, candidates: list[dict[str, Any]] | None = None, **changes: Any) -> bytes:
    """JSON of an EngineResult; `changes` replace top-level fields."""
    value = {
        "schema": "roomwright.engine.v1",
        "job_id": job_id,
        "operation": "stage",
        "engine": "fake/1",
        "seed": 0,
        "candidates": [candidate(prefix)] if candidates is None else candidates,
        "source": {"key": f"{prefix}source.png", "content_type": "image/png", "sha256": SHA},
        **changes,
    }
    return EngineResult.model_validate(value).model_dump_json(by_alias=True).encode()


def failure(job_id: str, code: str = "room_not_understood") -> bytes:
    """A refusal."""
    said = {"code": code, "message": "No floor was seen.", "hint": "Show the floor.", "retryable": False}
    return result(job_id, "", [], failure=said, source=None)


def notification(tenant_id: str, job_id: str, location: str | None) -> dict[str, Any]:
    """SageMaker's asynchronous notification; without a location, of a crashed container."""
    common = {"inferenceId": f"{tenant_id}/{job_id}", "eventName": "InferenceResult", "eventVersion": "1.0"}
    if location is None:
        return {**common, "invocationStatus": "Failed", "failureReason": "ModelError"}
    return {**common, "invocationStatus": "Completed", "responseParameters": {"outputLocation": location}}
