"""SageMaker's runtime API in front of one inference container.

InvokeEndpoint and InvokeEndpointAsync, with the header names of botocore's model of `sagemaker-runtime` and the
notification of https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html.
An asynchronous request is on disk before it is answered, so that a kill loses none: it is sent to the
container again. One worker, as one instance of an endpoint has one container.
"""

from __future__ import annotations

import base64
import http.client
import json
import logging
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.files import write_json
from local.front.http import Request, Response, json_response

MAX_SYNC_BODY = 25 * 1024 * 1024
MAX_INLINE_BODY = 128_000
DEFAULT_INVOCATION_S = 900
RETRY_S = 1.0
_PATH = re.compile(r"/endpoints/([A-Za-z0-9-]{1,63})/(invocations|async-invocations)")
_HEADER = "x-amzn-sagemaker-"

logger = logging.getLogger("sagemaker_runtime")


@dataclass(frozen=True)
class Endpoint:
    """What the deployed pipeline stack says of its endpoint."""

    name: str
    bucket: str
    success_topic: str
    error_topic: str
    results_prefix: str = "inference/results/"
    failures_prefix: str = "inference/failures/"


class ContainerError(Exception):
    """The container answered with an error: SageMaker tries no second time."""


class ContainerBusyError(Exception):
    """The container is not ready for work: it warms up, or still does a job that nobody waits for."""


class SageMakerRuntime:
    """`s3` and `sns` are boto3 clients; `endpoint` is None while nothing is deployed."""

    def __init__(
        self, container_port: int, spool: Path, endpoint: Callable[[], Endpoint | None], s3: Any, sns: Any
    ) -> None:
        self._port, self._spool, self._endpoint, self._s3, self._sns = container_port, spool, endpoint, s3, sns
        self._wake = threading.Event()
        spool.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        threading.Thread(target=self._work, daemon=True, name="async-inference").start()

    def answer(self, request: Request) -> Response:
        endpoint, match = self._endpoint(), _PATH.fullmatch(request.path)
        if request.method != "POST" or match is None:
            return _refuse("UnknownOperationException", "Only InvokeEndpoint and InvokeEndpointAsync are here.", 404)
        if endpoint is None or match.group(1) != endpoint.name:
            return _refuse("ValidationError", f"Endpoint {match.group(1)} of account 000000000000 not found.")
        if match.group(2) == "invocations":
            return self._invoke(request)
        return self._accept(request, endpoint)

    def _invoke(self, request: Request) -> Response:
        try:
            return Response(200, *self._call(request.body, _forwarded(request.headers), timeout=60.0))
        except ContainerError as error:
            return _refuse("ModelError", str(error), 424)
        except (ContainerBusyError, OSError, http.client.HTTPException):
            return _refuse("ServiceUnavailable", "The container does not answer.", 503)

    def _accept(self, request: Request, endpoint: Endpoint) -> Response:
        location = request.headers.get(_HEADER + "inputlocation")
        if bool(location) == bool(request.body):
            return _refuse("ValidationError", "Give either InputLocation or Body.")
        if len(request.body) > MAX_INLINE_BODY:
            return _refuse("ValidationError", f"Body is larger than {MAX_INLINE_BODY} bytes.")
        name = str(uuid.uuid4())
        inference_id = request.headers.get(_HEADER + "inference-id") or name
        output = f"s3://{endpoint.bucket}/{endpoint.results_prefix}{name}.out"
        failure = f"s3://{endpoint.bucket}/{endpoint.failures_prefix}{name}-error.out"
        write_json(
            self._spool / f"{time.time_ns():020d}-{name}.json",
            {
                "inference_id": inference_id,
                "input_location": location,
                "body": base64.b64encode(request.body).decode(),
                "headers": _forwarded(request.headers),
                "timeout": int(request.headers.get(_HEADER + "invocationtimeoutseconds") or DEFAULT_INVOCATION_S),
                "output": output,
                "failure": failure,
                "received": _timestamp(),
            },
        )
        self._wake.set()
        places = {_HEADER + "outputlocation": output, _HEADER + "failurelocation": failure}
        return json_response(202, {"InferenceId": inference_id}, places)

    def _work(self) -> None:
        while True:
            self._wake.clear()
            for path in sorted(self._spool.glob("*.json")):
                self._until_done(path)
            self._wake.wait(RETRY_S)

    def _until_done(self, path: Path) -> None:
        """Work on one request until its result and its notification are out, however often AWS is away."""
        record = json.loads(path.read_text("utf-8"))
        result: tuple[bytes, dict[str, str]] | ContainerError | None = None
        while True:
            endpoint = self._endpoint()
            try:
                if endpoint is not None:
                    result = result or self._infer(record)
                    self._publish(record, result, endpoint)
                    path.unlink()
                    return
            except Exception as error:  # noqa: BLE001 - the emulator may be down in any way; the request stays
                logger.warning("%s: %r; trying again", record["inference_id"], error)
            time.sleep(RETRY_S)

    def _infer(self, record: Mapping[str, Any]) -> tuple[bytes, dict[str, str]] | ContainerError:
        """Call the container until it answers: it may be starting, or killed while it worked."""
        body = base64.b64decode(record["body"])
        if record["input_location"]:
            bucket, key = split_s3(record["input_location"])
            body = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        deadline = time.monotonic() + record["timeout"]
        while time.monotonic() < deadline:
            try:
                return self._call(body, record["headers"], timeout=max(1.0, deadline - time.monotonic()))
            except ContainerError as error:
                return error
            except (ContainerBusyError, OSError, http.client.HTTPException):
                time.sleep(RETRY_S)
        return ContainerError("Inference response not received from the container in time")

    def _call(self, body: bytes, headers: Mapping[str, str], timeout: float) -> tuple[bytes, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=timeout)
        try:
            connection.request("POST", "/invocations", body, dict(headers))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status == 503:
            raise ContainerBusyError
        if answer.status != 200:
            party = "client" if 400 <= answer.status < 500 else "server"
            text = content.decode("utf-8", "replace")[:1024]
            raise ContainerError(f"Received {party} error ({answer.status}) from primary with message {text!r}")
        return content, {"content-type": answer.getheader("content-type") or "application/octet-stream"}

    def _publish(
        self, record: Mapping[str, Any], result: tuple[bytes, dict[str, str]] | ContainerError, endpoint: Endpoint
    ) -> None:
        if isinstance(result, ContainerError):
            content, kind, failure = str(result).encode(), "text/plain", str(result)
        else:
            content, kind, failure = result[0], result[1]["content-type"], None
        bucket, key = split_s3(record["output"] if failure is None else record["failure"])
        self._s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType=kind)
        message = notification(record, endpoint.name, kind, failure)
        topic = endpoint.success_topic if failure is None else endpoint.error_topic
        self._sns.publish(TopicArn=topic, Message=json.dumps(message))


def notification(
    record: Mapping[str, Any], endpoint_name: str, content_type: str, failure: str | None
) -> dict[str, Any]:
    """The message SageMaker publishes when an asynchronous inference ends."""
    request = {
        "contentType": record["headers"].get("content-type", "application/octet-stream"),
        "endpointName": endpoint_name,
    }
    if record["input_location"]:
        request["inputLocation"] = record["input_location"]
    ended: dict[str, Any] = (
        {
            "invocationStatus": "Completed",
            "responseParameters": {"contentType": content_type, "outputLocation": record["output"]},
        }
        if failure is None
        else {
            "invocationStatus": "Failed",
            "failureReason": f"ClientError: {failure}",
            "responseParameters": {"failureLocation": record["failure"]},
        }
    )
    return {
        "awsRegion": "us-east-1",
        "eventTime": _timestamp(),
        "receivedTime": record["received"],
        "requestParameters": request,
        **ended,
        "inferenceId": record["inference_id"],
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }


def split_s3(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _forwarded(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers a container sees (SageMaker renames the two of content negotiation)."""
    kept = {
        "content-type": headers.get(_HEADER + "content-type") or headers.get("content-type", "application/json"),
        "accept": headers.get(_HEADER + "accept") or headers.get("accept", "application/json"),
    }
    for name in ("inference-id", "custom-attributes"):
        if _HEADER + name in headers:
            kept["X-Amzn-SageMaker-" + name.title()] = headers[_HEADER + name]
    return kept


def _timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _refuse(kind: str, message: str, status: int = 400) -> Response:
    return json_response(status, {"message": message}, {"x-amzn-errortype": kind})
