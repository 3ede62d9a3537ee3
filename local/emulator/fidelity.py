"""Where MiniStack 1.5.33 differs from AWS in a way that our functions would notice.

Each patch names private parts of one pinned version; tests/e2e holds the behaviour, so an upgrade that
breaks or no longer needs one is seen.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, stepfunctions

RUNTIME_VARIABLE = "ROOMWRIGHT_LAMBDA_PYTHON"
BATCHES_AT_ONCE = 3
"""of one queue, whatever its mapping allows: AWS scales out; on a laptop each batch more starts one process more,
and after a restart with work waiting all of them start cold together"""

_EXCEPTION_LINE = re.compile(r"^(?:[\w.<>]+\.)?(\w+)(?::|$)")


def exception_name(log: str) -> str | None:
    """The class of the exception that ended a Python traceback (its message may have several lines)."""
    _, found, trace = log.rpartition("Traceback (most recent call last):\n")
    if not found:
        return None
    for line in trace.splitlines():
        if line and not line[0].isspace():
            match = _EXCEPTION_LINE.match(line)
            return match.group(1) if match else None
    return None


def failed_stream_batch(event: Any, body: Any) -> bool:
    """Whether a function that read a table's stream named records that it could not handle."""
    records = event.get("Records") if isinstance(event, dict) else None
    if not records or records[0].get("eventSource") != "aws:dynamodb":
        return False
    try:
        answer = json.loads(body) if isinstance(body, str | bytes) else body
    except ValueError:
        return False
    return isinstance(answer, dict) and bool(answer.get("batchItemFailures"))


def apply() -> None:
    """Install every patch. Call once, before MiniStack starts."""
    _own_runtime()
    _name_exceptions()
    _retry_stream_failures()
    _fail_tasks_whose_function_failed()
    _bound_batches()


def _bound_batches() -> None:
    allowed = lambda_svc._sqs_esm_concurrency

    def patched(*args: Any, **kwargs: Any) -> int:
        return min(int(allowed(*args, **kwargs)), BATCHES_AT_ONCE)

    lambda_svc._sqs_esm_concurrency = patched


def _own_runtime() -> None:
    """Functions run on an interpreter that has boto3 and nothing else, as in Lambda."""
    detect = lambda_runtime._detect_runtime_binary
    python = os.environ[RUNTIME_VARIABLE]

    def patched(runtime: str) -> tuple[str, str]:
        binary, script = detect(runtime)
        return (python if runtime.startswith("python") else binary), script

    lambda_runtime._detect_runtime_binary = patched


def _name_exceptions() -> None:
    """Lambda reports the exception's class as `errorType`; Retry and Catch match on it."""
    execute = lambda_svc._execute_function_warm

    def patched(*args: Any, **kwargs: Any) -> Any:
        result = execute(*args, **kwargs)
        body = result.get("body") if isinstance(result, dict) else None
        if isinstance(body, dict) and body.get("errorType") == "Runtime.HandlerError":
            body["errorType"] = exception_name(result.get("log", "")) or "Runtime.HandlerError"
        return result

    lambda_svc._execute_function_warm = patched


def _retry_stream_failures() -> None:
    """ReportBatchItemFailures on a table's stream: the batch comes again, as for a raised error."""
    execute = lambda_svc._execute_function

    def patched(func: Any, event: Any) -> Any:
        result = execute(func, event)
        if not result.get("error") and failed_stream_batch(event, result.get("body")):
            return {**result, "error": True, "body": {"errorType": "BatchItemFailures", "errorMessage": ""}}
        return result

    lambda_svc._execute_function = patched


def _fail_tasks_whose_function_failed() -> None:
    """With `.waitForTaskToken` a function that raises fails the task at once; MiniStack would wait on."""
    call = stepfunctions._call_lambda

    def patched(function: str, event: Any) -> Any:
        try:
            return call(function, event)
        except stepfunctions._ExecutionError as error:
            token = event.get("task_token") if isinstance(event, dict) else None
            waiting = stepfunctions._task_tokens.get(token) if token else None
            if waiting is not None:
                waiting["error"] = {"Error": error.error, "Cause": error.cause}
                waiting["event"].set()
            raise

    stepfunctions._call_lambda = patched
