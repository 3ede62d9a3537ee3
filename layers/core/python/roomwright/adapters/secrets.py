"""Signing keys of tenants and endpoints, derived from the deployment's one master secret."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_SHORTEST_MASTER = 32


class MasterSecret:
    """Implements the Secrets port. The master is read once per process and never written anywhere."""

    def __init__(self, client: SecretsManagerClient, arn: str) -> None:
        self._client, self._arn = client, arn
        self._master: bytes | None = None

    def webhook_key(self, subject: str, version: int) -> bytes:
        """32 bytes. Raising a subject's version gives it a new key without touching others'."""
        return hmac.new(self._read(), f"{subject}/{version}".encode(), hashlib.sha256).digest()

    def _read(self) -> bytes:
        if self._master is None:
            text = self._client.get_secret_value(SecretId=self._arn)["SecretString"]
            master = str(json.loads(text)["master"]).encode()
            if len(master) < _SHORTEST_MASTER:
                raise ValueError(f"the webhook master secret must have at least {_SHORTEST_MASTER} characters")
            self._master = master
        return self._master
