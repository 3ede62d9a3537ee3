"""The asynchronous inference endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine_contract import EngineRequest

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient


class AsyncEndpoint:
    """Implements the Engine port. The request goes inline (≤ 128 000 bytes): it names objects, it carries none."""

    def __init__(self, client: SageMakerRuntimeClient, endpoint_name: str) -> None:
        self._client, self._name = client, endpoint_name

    def start(self, request: EngineRequest, inference_id: str) -> None:
        self._client.invoke_endpoint_async(
            EndpointName=self._name,
            InferenceId=inference_id,
            ContentType="application/json",
            Accept="application/json",
            Body=request.model_dump_json(by_alias=True).encode(),
        )
