"""The endpoint's notification wakes the state machine that waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roomwright.domain.errors import BadRequestError
from roomwright.domain.ids import is_id
from roomwright.ports import StateMachine, Stores

MAX_CAUSE = 1000
ENGINE_CRASHED = "EngineCrashed"


def resume_job(stores: Stores, machine: StateMachine, notification: Mapping[str, Any]) -> bool:
    """`notification` is SageMaker's asynchronous inference notification (JSON), success or error.

    → whether a job was waiting for it: a notification for a job that has ended is dropped. Raises BadRequestError
    for one that names no job of ours.
    """
    tenant_id, _, job_id = str(notification.get("inferenceId", "")).partition("/")
    if not (is_id("ten", tenant_id) and is_id("job", job_id)):
        raise BadRequestError("the notification's inferenceId is not <tenant_id>/<job_id>")
    job = stores.tenant(tenant_id).job(job_id)
    if job is None or job.task_token is None:
        return False
    answer = notification.get("responseParameters") or {}
    location = answer.get("outputLocation") if isinstance(answer, Mapping) else None
    if notification.get("invocationStatus") == "Completed" and isinstance(location, str):
        machine.resume(job.task_token, {"output_location": location})
    else:
        cause = str(notification.get("failureReason", "no reason given"))[:MAX_CAUSE]
        machine.fail(job.task_token, ENGINE_CRASHED, cause)
    return True
