"""What every API's answers are made of. The models document and check the answers; no request waits for them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from roomwright.dialects import envelope

Moment = AwareDatetime
"""RFC 3339, in UTC"""
Url = Annotated[str, Field(pattern=r"^https?://")]


def id_pattern(prefix: str) -> str:
    """What the ids of one kind look like. Clients should not read anything into them."""
    return rf"^{prefix}_[0-9A-Za-z]{{20,40}}$"


JobId = Annotated[str, Field(pattern=id_pattern("job"))]
SourceAssetId = Annotated[str, Field(pattern=id_pattern("src"))]
IngestId = Annotated[str, Field(pattern=id_pattern("ing"))]
DeliveryId = Annotated[str, Field(pattern=id_pattern("msg"))]
EndpointId = Annotated[str, Field(pattern=id_pattern("whe"))]
KeyId = Annotated[str, Field(pattern=r"^[0-9a-z]{16}$")]


class Answer(BaseModel):
    """Strict, so that an answer that drifts from its model fails its test."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class UploadForm(Answer):
    """How to upload: POST `fields` and then the file (as `file_field`), as multipart/form-data, to `url`."""

    method: Annotated[str, Field(pattern="^POST$")]
    url: Url
    fields: dict[str, str]
    file_field: str
    max_bytes: int
    expires_at: Moment


class ReservedUpload(UploadForm):
    """An upload to use instead of the request that was too large."""

    ingest_id: IngestId


class Problem(Answer):
    """Why a request was refused, and what to do."""

    code: Annotated[str, Field(json_schema_extra={"enum": sorted({*envelope.STATUS, "internal_error"})})]
    message: str
    retryable: bool
    """whether the same request may succeed later"""
    retry_after: int | None
    """seconds to wait before the next try; null when it would not help"""
    upload: ReservedUpload | None = None
    """(not in Katalo's contract) with 413 for a request with an image: where the image can go"""


class Error(Answer):
    """The one shape of every refusal."""

    error: Problem


EXAMPLE = "01jxm8w3kq5c7r9t2v4y6z8abc"
"""the part after the prefix, of ids in examples"""
PATH_IDS: dict[str, tuple[str, str]] = {
    "job_id": (id_pattern("job"), f"job_{EXAMPLE}"),
    "ingest_id": (id_pattern("ing"), f"ing_{EXAMPLE}"),
    "delivery_id": (id_pattern("msg"), f"msg_{EXAMPLE}"),
    "endpoint_id": (id_pattern("whe"), f"whe_{EXAMPLE}"),
    "key_id": (r"^[0-9a-z]{16}$", EXAMPLE[:16]),
}
"""parameter of a path → (what it looks like, an example)"""
