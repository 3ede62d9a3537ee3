"""The text of an API key: `rw_<live|test>_<key id>_<secret><check>`, and `rwpub_…` of a public one.

The check (CRC-32 of all before it, 30 bits) refuses a typing error without a look-up and lets scanners of leaked
secrets know one. Only the SHA-256 of the secret is kept: the secret is random, so a slow hash would add nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import zlib
from dataclasses import dataclass, field

from roomwright.domain.ids import base32

_ID = "[0-9a-z]{16}"
_SHAPE = re.compile(rf"((rw|rwpub)_(live|test)_({_ID})_([0-9a-z]{{32}}))([0-9a-z]{{6}})")


@dataclass(frozen=True)
class KeyText:
    """A well-formed key."""

    live: bool
    public: bool
    key_id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """What its owner sends."""
        kind, environment = "rwpub" if self.public else "rw", "live" if self.live else "test"
        head = f"{kind}_{environment}_{self.key_id}_{self.secret}"
        return head + _check(head)

    def matches(self, secret_sha256: str) -> bool:
        """In constant time."""
        return hmac.compare_digest(sha256(self.secret), secret_sha256)


def sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _check(head: str) -> str:
    return base32((zlib.crc32(head.encode()) & (2**30 - 1)).to_bytes(4))[-6:]


def is_key_id(value: str) -> bool:
    """Whether a value from outside has the shape of a key's id."""
    return re.fullmatch(_ID, value) is not None


def compose(live: bool, id_bytes: bytes, secret_bytes: bytes, *, public: bool = False) -> KeyText:
    """10 bytes name the key, 20 random ones are its secret (160 bits)."""
    return KeyText(live, public, base32(id_bytes), base32(secret_bytes))


def parse(text: str) -> KeyText | None:
    """None for anything that cannot be one of our keys."""
    shape = _SHAPE.fullmatch(text)
    if shape is None or _check(shape[1]) != shape[6]:
        return None
    return KeyText(live=shape[3] == "live", public=shape[2] == "rwpub", key_id=shape[4], secret=shape[5])
