"""The asynchronous inference endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine_contract import EngineRequest

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient


class AsyncEndpoint:
    """Implements the Engine port. The request goes inline (≤ 128 000 bytes): it names objects, it carries none."""

    def __init__(self, client: SageMakerRuntimeClient, endpoint_name: str, timeout_s: int) -> None:
        """`timeout_s` (60 to 3600): nobody waits for an answer after that, so the endpoint drops what is older."""
        self._client, self._name, self._timeout_s = client, endpoint_name, timeout_s

    def start(self, request: EngineRequest, inference_id: str) -> None:
        self._client.invoke_endpoint_async(
            EndpointName=self._name,
            InferenceId=inference_id,
            ContentType="application/json",
            Accept="application/json",
            RequestTTLSeconds=self._timeout_s,
            InvocationTimeoutSeconds=self._timeout_s,
            Body=request.model_dump_json(by_alias=True).encode(),
        )
