"""The commands of Katalo's own documentation, word for word, and what of them a client changes: host and key.

Source: Katalo's public documentation, "Generations", as of 2026-11-22.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

HOST = "https://app.katalo.ai"
KEY = "$KATALO_API_KEY"

SOURCE_ASSET = "src_01JXSRCABCDEFGHIJKL012345"
JOB = "job_01JXJOBABCDEFGHIJKL0123456"

CREATE = r"""
curl https://app.katalo.ai/api/v1/generations \
  -X POST \
  -H "Authorization: Bearer $KATALO_API_KEY" \
  -H "Idempotency-Key: generation-listing-123-lr-1" \
  -H "Content-Type: application/json" \
  -d '{
    "source_asset_id": "src_01JXSRCABCDEFGHIJKL012345",
    "workflow": "staging",
    "capture_type": "photo",
    "mode": "refurnish",
    "room_types": ["Living Room", "Kitchen"],
    "style_preset": "modern",
    "include_alternates": true,
    "reference": "listing-123-lr-1",
    "metadata": {
      "listing_id": "listing-123",
      "partner": "acme"
    },
    "webhook": {
      "url": "https://partner.example.com/webhooks/katalo"
    }
  }'
"""

READ = r"""
curl https://app.katalo.ai/api/v1/generations/job_01JXJOBABCDEFGHIJKL0123456 \
  -H "Authorization: Bearer $KATALO_API_KEY"
"""

REGENERATE = r"""
curl https://app.katalo.ai/api/v1/generations/job_01JXJOBABCDEFGHIJKL0123456/regenerate \
  -X POST \
  -H "Authorization: Bearer $KATALO_API_KEY" \
  -H "Idempotency-Key: regenerate-listing-123-lr-2" \
  -H "Content-Type: application/json" \
  -d '{
    "include_alternates": true,
    "reference": "listing-123-lr-2",
    "metadata": {
      "listing_id": "listing-123",
      "attempt": 2
    }
  }'
"""

COMMANDS = {"create": CREATE, "read": READ, "regenerate": REGENERATE}


@dataclass
class Request:
    """What curl would send."""

    method: str = "GET"
    path: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None

    @property
    def content(self) -> Any:
        return json.loads(self.body or "null")


def words(command: str, host: str, key: str) -> list[str]:
    """The command's arguments after `curl`, with only host and key changed."""
    assert command.count(HOST) == 1
    assert command.count(KEY) == 1
    one_line = command.replace("\\\n", " ")  # which a shell does and shlex does not
    program, *arguments = shlex.split(one_line.replace(HOST, host).replace(KEY, key))
    assert program == "curl"
    return arguments


def parsed(command: str, key: str) -> Request:
    """The request that curl makes of a command: -d makes it a POST, as curl does it."""
    request, arguments = Request(), iter(words(command, HOST, key))
    for argument in arguments:
        match argument:
            case "-X":
                request.method = next(arguments)
            case "-H":
                name, _, value = next(arguments).partition(": ")
                request.headers[name] = value
            case "-d":
                request.body = next(arguments)
            case _:
                assert argument.startswith(HOST), argument
                request.path = urlsplit(argument).path
    return request
