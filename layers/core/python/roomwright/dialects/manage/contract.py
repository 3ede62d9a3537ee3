"""The management API's operations (not in Katalo's contract): what each takes and answers."""

from __future__ import annotations

from collections.abc import Mapping

from roomwright.dialects.answers import EXAMPLE
from roomwright.dialects.contract import Example, Link, Operation
from roomwright.dialects.manage.answers import IssuedKey, Key, Keys
from roomwright.dialects.manage.models import CreateKey, RotateKey
from roomwright.domain.account import Scope

TAGS: Mapping[str, str] = {
    "Keys": "API keys of the organisation.",
    "Webhooks": "Registered endpoints, the default callback, and what was delivered.",
}

KEY = EXAMPLE[:16]
_OF_KEY = {"key_id": "$response.body#/key_id"}
_KEY_LINKS = (
    Link("read", "getKey", _OF_KEY),
    Link("rotate", "rotateKey", _OF_KEY),
    Link("revoke", "revokeKey", _OF_KEY),
)

_KEYS: tuple[Operation, ...] = (
    Operation(
        "listKeys",
        "GET",
        "/keys",
        "Keys",
        "List the keys, ended ones too",
        Scope.MANAGE,
        {200: Keys},
        (Example("all", 200),),
        ours=True,
    ),
    Operation(
        "createKey",
        "POST",
        "/keys",
        "Keys",
        "Make a key, which is shown this once",
        Scope.MANAGE,
        {201: IssuedKey},
        (
            Example("for a backend", 201, {"name": "listings", "scopes": ["read", "upload", "create"]}),
            Example("for tests", 201, {"name": "ci", "environment": "test", "scopes": ["read", "upload", "create"]}),
            Example(
                "for a web page",
                201,
                {
                    "name": "website",
                    "public": True,
                    "origins": ["https://www.example.com"],
                    "scopes": ["upload", "create"],
                },
            ),
        ),
        description="A repeat of the request cannot show the secret again: it is a conflict that names the key made.",
        bodies=(CreateKey,),
        idempotent=True,
        links=_KEY_LINKS,
        ours=True,
    ),
    Operation(
        "getKey",
        "GET",
        "/keys/{key_id}",
        "Keys",
        "Read a key",
        Scope.MANAGE,
        {200: Key},
        (Example("one", 200, path={"key_id": KEY}),),
        ours=True,
    ),
    Operation(
        "rotateKey",
        "POST",
        "/keys/{key_id}/rotate",
        "Keys",
        "Replace a key by a new one with the same rights",
        Scope.MANAGE,
        {201: IssuedKey},
        (
            Example("with a day of overlap", 201, {}, path={"key_id": KEY}),
            Example("at once", 201, {"overlap_seconds": 0}, path={"key_id": KEY}),
        ),
        description="The old key goes on working for `overlap_seconds`: a day unless told otherwise, a week at most.",
        bodies=(RotateKey,),
        body_required=False,
        idempotent=True,
        links=_KEY_LINKS,
        ours=True,
    ),
    Operation(
        "revokeKey",
        "DELETE",
        "/keys/{key_id}",
        "Keys",
        "Revoke a key: it opens nothing from the next request on",
        Scope.MANAGE,
        {200: Key},
        (Example("one", 200, path={"key_id": KEY}),),
        description="Revoking it again changes nothing. The last live key that can manage keys is not revoked.",
        refusals=frozenset({409}),
        ours=True,
    ),
)

OPERATIONS: tuple[Operation, ...] = _KEYS
