"""The management API's answers as models, documented and checked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from roomwright.dialects.answers import Answer, DeliveryId, EndpointId, JobId, KeyId, Moment, Url
from roomwright.domain.account import Scope
from roomwright.domain.delivery import PING
from roomwright.domain.endpoint import EVENT_TYPES

ScopeName = Annotated[str, Field(json_schema_extra={"enum": [scope.value for scope in Scope]})]

EventType = Annotated[str, Field(json_schema_extra={"enum": list(EVENT_TYPES)})]
Secret = Annotated[str, Field(pattern="^whsec_[A-Za-z0-9+/=]+$")]


class Key(Answer):
    """What can be known of a key; never its secret."""

    key_id: KeyId
    name: str
    environment: Literal["live", "test"]
    public: bool
    """lies in web pages: it can only create source assets and generations, from its origins"""
    origins: list[str]
    scopes: list[ScopeName]
    status: Literal["active", "expired", "revoked"]
    created_at: Moment
    created_by: KeyId | None
    """the key that made it; null when the operator did"""
    last_used_at: Moment | None
    """to ten minutes"""
    expires_at: Moment | None
    revoked_at: Moment | None
    replaced_by: KeyId | None
    """the key that took over when this one was rotated"""


class IssuedKey(Key):
    """A key that was just made: the only answer that shows it."""

    api_key: str
    """shown once"""


class Keys(Answer):
    """Every key, newest first."""

    keys: list[Key]


class WebhookEndpoint(Answer):
    """A registered endpoint."""

    endpoint_id: EndpointId
    url: Url
    events: list[EventType]
    """what it is told of"""
    description: str
    status: Literal["pending", "active", "disabled"]
    """pending until it has answered its challenge"""
    reason: str | None
    """why it is pending or disabled"""
    failing_since: Moment | None
    """first failure after the last success"""
    previous_secret_until: Moment | None
    """until then deliveries are signed with the secret before as well"""
    created_at: Moment
    updated_at: Moment


class SecretEndpoint(WebhookEndpoint):
    """A registered endpoint, with the secret that signs what is sent there."""

    secret: Secret


class WebhookEndpoints(Answer):
    """Every endpoint, oldest first."""

    webhooks: list[WebhookEndpoint]


class DeletedEndpoint(Answer):
    """Gone. What was delivered stays in the jobs' logs until it expires."""

    endpoint_id: EndpointId
    deleted: Literal[True]


class DefaultWebhook(Answer):
    """Where the end of a job is told that names no address."""

    url: Url | None
    previous_secret_until: Moment | None


class SecretDefaultWebhook(DefaultWebhook):
    """The default, with the secret that signs what is sent to it and to addresses that jobs name."""

    secret: Secret


class LoggedAttempt(Answer):
    """One try to deliver."""

    number: int
    at: Moment
    duration_ms: int
    status_code: int | None
    """null when no answer came"""
    error: str | None
    url: Url | None
    """where it went, if that was not the delivery's `url`: the endpoint had moved"""
    response_excerpt: str
    """where a log would be too long for an answer, earlier attempts of each delivery are shown without it"""


class LoggedDelivery(Answer):
    """One message to one address, with every attempt."""

    delivery_id: DeliveryId
    """the `webhook-id` header: the same for every attempt"""
    job_id: JobId | None
    """null for a ping"""
    event_type: Annotated[str, Field(json_schema_extra={"enum": [*EVENT_TYPES, PING]})]
    url: Url
    status: Literal["pending", "delivered", "exhausted", "disabled"]
    created_at: Moment
    next_attempt_at: Moment | None
    """null once nothing more will be sent"""
    attempts: list[LoggedAttempt]


class DeliveryLog(Answer):
    """A page of an endpoint's log, oldest first."""

    deliveries: list[LoggedDelivery]
    next_cursor: str | None
    """null at the end"""


class ReplayAsked(Answer):
    """What is going to be sent again."""

    endpoint_id: EndpointId
    since: Moment
    until: Moment
