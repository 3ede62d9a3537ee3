"""The management API's operations (not in Katalo's contract): what each takes and answers."""

from __future__ import annotations

from collections.abc import Mapping

from roomwright.dialects.answers import EXAMPLE
from roomwright.dialects.contract import Example, Link, Operation, Query
from roomwright.dialects.manage.answers import (
    DefaultWebhook,
    DeletedEndpoint,
    DeliveryLog,
    IssuedKey,
    Key,
    Keys,
    LoggedDelivery,
    ReplayAsked,
    SecretDefaultWebhook,
    SecretEndpoint,
    WebhookEndpoint,
    WebhookEndpoints,
)
from roomwright.dialects.manage.models import CreateKey, RotateKey
from roomwright.dialects.manage.webhooks_models import (
    ChangeEndpoint,
    CreateEndpoint,
    ReplayRange,
    RotateSecret,
    SetDefault,
)
from roomwright.domain.account import Scope

TAGS: Mapping[str, str] = {
    "Keys": "API keys of the organisation.",
    "Webhooks": "Registered endpoints, the default callback, and what was delivered.",
}

KEY = EXAMPLE[:16]
JOB = f"job_{EXAMPLE}"
SINCE = "2026-11-01T00:00:00Z"
DELIVERY = f"msg_{EXAMPLE}"
"""delivered, in the examples"""
ENDPOINT = f"whe_{EXAMPLE}"
"""active, in the examples"""
PENDING = "whe_01jxn9x4kq5c7r9t2v4y6z8abd"
"""not verified, in the examples"""
_RECEIVER = "https://partner.example.com/webhooks/roomwright"
_ONE = {"endpoint_id": ENDPOINT}
_OF_ENDPOINT = {"endpoint_id": "$response.body#/endpoint_id"}
_ENDPOINT_LINKS = tuple(
    Link(name, operation, _OF_ENDPOINT)
    for name, operation in {
        "read": "getWebhook",
        "change": "changeWebhook",
        "delete": "deleteWebhook",
        "verify": "verifyWebhook",
        "ping": "pingWebhook",
        "rotate": "rotateWebhookSecret",
        "deliveries": "listWebhookDeliveries",
        "replay": "replayWebhookDeliveries",
    }.items()
)
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


_WEBHOOKS: tuple[Operation, ...] = (
    Operation(
        "getDefaultWebhook",
        "GET",
        "/webhooks/default",
        "Webhooks",
        "Read the default callback",
        Scope.MANAGE,
        {200: DefaultWebhook},
        (Example("now", 200),),
        ours=True,
    ),
    Operation(
        "setDefaultWebhook",
        "PUT",
        "/webhooks/default",
        "Webhooks",
        "Set the default callback",
        Scope.MANAGE,
        {200: SecretDefaultWebhook},
        (Example("an address", 200, {"url": _RECEIVER}), Example("none", 200, {"url": None})),
        bodies=(SetDefault,),
        refusals=frozenset({409}),
        ours=True,
    ),
    Operation(
        "rotateDefaultSecret",
        "POST",
        "/webhooks/default/rotate-secret",
        "Webhooks",
        "Replace the organisation's signing secret",
        Scope.MANAGE,
        {200: SecretDefaultWebhook},
        (Example("with a day of overlap", 200, {}), Example("at once", 200, {"overlap_seconds": 0})),
        description="It signs what goes to the default callback and to the addresses that jobs name.",
        bodies=(RotateSecret,),
        body_required=False,
        refusals=frozenset({409}),
        ours=True,
    ),
    Operation(
        "listWebhooks",
        "GET",
        "/webhooks",
        "Webhooks",
        "List the registered endpoints",
        Scope.MANAGE,
        {200: WebhookEndpoints},
        (Example("all", 200),),
        ours=True,
    ),
    Operation(
        "createWebhook",
        "POST",
        "/webhooks",
        "Webhooks",
        "Register an endpoint",
        Scope.MANAGE,
        {201: SecretEndpoint},
        (
            Example("of the usual events", 201, {"url": _RECEIVER}),
            Example(
                "of some events",
                201,
                {"url": _RECEIVER, "events": ["generation.failed"], "description": "alerts"},
            ),
        ),
        description=(
            "It is told of nothing until it has answered its challenge: a signed POST of "
            '`{"type": "webhook.verification", "challenge": …}`, to answer with a 2xx whose body is the challenge.'
        ),
        bodies=(CreateEndpoint,),
        idempotent=True,
        links=_ENDPOINT_LINKS,
        ours=True,
    ),
    Operation(
        "getWebhook",
        "GET",
        "/webhooks/{endpoint_id}",
        "Webhooks",
        "Read an endpoint",
        Scope.MANAGE,
        {200: WebhookEndpoint},
        (Example("one", 200, path=_ONE),),
        ours=True,
    ),
    Operation(
        "changeWebhook",
        "PATCH",
        "/webhooks/{endpoint_id}",
        "Webhooks",
        "Change an endpoint",
        Scope.MANAGE,
        {200: WebhookEndpoint},
        (
            Example("its events", 200, {"events": ["generation.completed"]}, path=_ONE),
            Example("off", 200, {"status": "disabled"}, path=_ONE),
        ),
        description="What is not named stays. A new address is challenged, and so is an endpoint set active again.",
        bodies=(ChangeEndpoint,),
        refusals=frozenset({409}),
        ours=True,
    ),
    Operation(
        "verifyWebhook",
        "POST",
        "/webhooks/{endpoint_id}/verify",
        "Webhooks",
        "Send the challenge again",
        Scope.MANAGE,
        {202: WebhookEndpoint},
        (
            Example("a pending one", 202, path={"endpoint_id": PENDING}),
            Example("an active one", 409, path=_ONE),
        ),
        refusals=frozenset({409}),
        ours=True,
    ),
    Operation(
        "pingWebhook",
        "POST",
        "/webhooks/{endpoint_id}/ping",
        "Webhooks",
        "Send a signed test message",
        Scope.MANAGE,
        {202: LoggedDelivery},
        (Example("one", 202, path=_ONE),),
        idempotent=True,
        ours=True,
    ),
    Operation(
        "rotateWebhookSecret",
        "POST",
        "/webhooks/{endpoint_id}/rotate-secret",
        "Webhooks",
        "Replace an endpoint's secret",
        Scope.MANAGE,
        {200: SecretEndpoint},
        (Example("with an hour of overlap", 200, {"overlap_seconds": 3600}, path=_ONE),),
        bodies=(RotateSecret,),
        body_required=False,
        refusals=frozenset({409}),
        ours=True,
    ),
    Operation(
        "listWebhookDeliveries",
        "GET",
        "/webhooks/{endpoint_id}/deliveries",
        "Webhooks",
        "Read what was sent to an endpoint",
        Scope.MANAGE,
        {200: DeliveryLog},
        (Example("the first page", 200, path=_ONE, query={"limit": "10"}),),
        query=(
            Query("limit", "deliveries in a page", {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}),
            Query("cursor", "`next_cursor` of the page before", {"type": "string"}),
        ),
        ours=True,
    ),
    Operation(
        "replayWebhookDeliveries",
        "POST",
        "/webhooks/{endpoint_id}/replay",
        "Webhooks",
        "Send again what was created in a range of time",
        Scope.MANAGE,
        {202: ReplayAsked},
        (Example("since then", 202, {"since": SINCE}, path=_ONE),),
        bodies=(ReplayRange,),
        refusals=frozenset({409}),
        ours=True,
    ),
    Operation(
        "replayDelivery",
        "POST",
        "/generations/{job_id}/deliveries/{delivery_id}/replay",
        "Webhooks",
        "Send one delivery again",
        Scope.MANAGE,
        {202: LoggedDelivery},
        (Example("one", 202, path={"job_id": JOB, "delivery_id": DELIVERY}),),
        refusals=frozenset({409}),
        ours=True,
    ),
    Operation(
        "deleteWebhook",
        "DELETE",
        "/webhooks/{endpoint_id}",
        "Webhooks",
        "Remove an endpoint",
        Scope.MANAGE,
        {200: DeletedEndpoint},
        (Example("one", 200, path=_ONE),),
        ours=True,
    ),
)

OPERATIONS: tuple[Operation, ...] = (*_KEYS, *_WEBHOOKS)
