"""The job's state machine: one execution per job, resumed by its task token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_CAUSE_LIMIT = 32_768


class StepFunctions:
    """Implements the StateMachine port."""

    def __init__(self, client: SFNClient, machine_arn: str) -> None:
        self._client, self._arn = client, machine_arn

    def start(self, job_id: str, payload: Mapping[str, str]) -> None:
        try:
            self._client.start_execution(stateMachineArn=self._arn, name=job_id, input=json.dumps(dict(payload)))
        except self._client.exceptions.ExecutionAlreadyExists:
            return

    def resume(self, task_token: str, output: Mapping[str, str]) -> None:
        gone = (self._client.exceptions.TaskTimedOut, self._client.exceptions.TaskDoesNotExist)
        try:
            self._client.send_task_success(taskToken=task_token, output=json.dumps(dict(output)))
        except gone:
            return

    def fail(self, task_token: str, error: str, cause: str) -> None:
        gone = (self._client.exceptions.TaskTimedOut, self._client.exceptions.TaskDoesNotExist)
        try:
            self._client.send_task_failure(taskToken=task_token, error=error[:256], cause=cause[:_CAUSE_LIMIT])
        except gone:
            return
