"""Run the gateway, the SageMaker runtime and the inbox: `python -m local.front STATE_DIRECTORY`.

AWS's own variables (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, …) say where the local AWS is.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
from pathlib import Path

import boto3
from botocore.config import Config

from local.files import read_json
from local.front import gateway, inbox, sagemaker_runtime
from local.front.http import json_response, serve
from local.settings import load_settings

MAX_WEBHOOK = 1024 * 1024


class Deployment:
    """What is deployed, read again when the launcher wrote it anew."""

    def __init__(self, file: Path, apigateway: object) -> None:
        self._file, self._client = file, apigateway
        self._seen: int | None = None
        self._api: gateway.Api | None = None
        self._lock = threading.Lock()

    def outputs(self) -> dict[str, str]:
        outputs: dict[str, str] = read_json(self._file).get("outputs", {})
        return outputs

    def api(self) -> gateway.Api | None:
        with self._lock:
            changed = self._file.stat().st_mtime_ns if self._file.exists() else None
            if changed is not None and changed != self._seen:
                outputs = self.outputs()
                self._api = gateway.read_api(self._client, outputs["ApiId"], outputs["ApiStage"])
                self._seen = changed
            return self._api

    def endpoint(self) -> sagemaker_runtime.Endpoint | None:
        outputs = self.outputs()
        if not outputs:
            return None
        return sagemaker_runtime.Endpoint(
            outputs["EndpointName"], outputs["BucketName"], outputs["SuccessTopicArn"], outputs["ErrorTopicArn"]
        )


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    state = Path(sys.argv[1])
    ports = load_settings(state / "stack.json").ports
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 3})
    s3, sns, apigateway = (boto3.client(name, config=config) for name in ("s3", "sns", "apigateway"))
    deployment = Deployment(state / "deployed.json", apigateway)
    door = gateway.Gateway(ports.aws, deployment.api)
    serve(ports.api, door.answer, gateway.MAX_BODY, door.too_large)
    runtime = sagemaker_runtime.SageMakerRuntime(ports.engine, state / "inferences", deployment.endpoint, s3, sns)
    runtime.start()
    serve(ports.sagemaker, runtime.answer, sagemaker_runtime.MAX_SYNC_BODY, lambda: json_response(413, {}))
    hooks = inbox.Inbox(state / "webhooks.jsonl", lambda: read_json(state / "tenant.json").get("webhook_secret"))
    serve(ports.inbox, hooks.answer, MAX_WEBHOOK, lambda: json_response(413, {}))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    threading.Event().wait()


if __name__ == "__main__":
    main()
