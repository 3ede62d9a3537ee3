"""Ask a registered endpoint whether it wants to be one: nobody is sent events who has not agreed to them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from roomwright.domain import ids, signatures
from roomwright.domain.delivery import TIMEOUT_S
from roomwright.domain.endpoint import Endpoint, EndpointStatus, agreed
from roomwright.domain.errors import UnsafeUrlError
from roomwright.ports import DeliveryError, HttpAnswer
from roomwright.usecases.deliver_webhook import Sending, delivered, note_receiver, pace, signing_keys

WAITS = (timedelta(seconds=10), timedelta(minutes=5))
"""before the second and the third time it is asked; after that its owner asks for another challenge"""
_ASKS = 'Answer 2xx with the value of "challenge", as text or as {"challenge": "…"}.'


def challenge_message(tenant_id: str, endpoint_id: str, number: int = 1) -> Mapping[str, str]:
    """What asks for the challenge to be sent."""
    return {"tenant_id": tenant_id, "endpoint_id": endpoint_id, "challenge": str(number)}


def challenge_endpoint(with_: Sending, tenant_id: str, endpoint_id: str, number: int) -> Endpoint | None:
    """Send the challenge and judge the answer. → the endpoint afterwards; None if it was deleted meanwhile.

    Raises StaleStateError when it was changed meanwhile: asked again, it is asked at its new address.
    """
    store = with_.stores.tenant(tenant_id)
    endpoint = store.endpoint(endpoint_id)
    if endpoint is None or endpoint.status is not EndpointStatus.PENDING:
        return endpoint
    wait = pace(with_, tenant_id, endpoint.url)
    if wait:
        with_.queue.send(challenge_message(tenant_id, endpoint_id, number), min(900, math.ceil(wait.total_seconds())))
        return endpoint
    problem = _problem(with_, endpoint)
    now = with_.clock.now()
    if problem is None:
        return store.change_endpoint(agreed(endpoint, now))
    changed = store.change_endpoint(replace(endpoint, reason=problem, updated_at=now))
    if number <= len(WAITS):
        with_.queue.send(challenge_message(tenant_id, endpoint_id, number + 1), int(WAITS[number - 1].total_seconds()))
    return changed


def _problem(with_: Sending, endpoint: Endpoint) -> str | None:
    """Ask. → why the answer is not the one that was asked for, in words for the endpoint's owner; None if it is."""
    challenge, began = with_.random.token(16).hex(), with_.clock.now()
    body = json.dumps({"type": "webhook.verification", "challenge": challenge}).encode()
    store = with_.stores.tenant(endpoint.tenant_id)
    keys = signing_keys(with_.secrets, store, endpoint.tenant_id, endpoint, began)
    message_id = ids.derived_id("msg", endpoint.tenant_id, "challenge", challenge)
    headers = {"content-type": "application/json", **signatures.standard_headers(keys, message_id, began, body)}
    answer, problem = None, ""
    try:
        answer = with_.sender.post(endpoint.url, body, headers, TIMEOUT_S[with_.lane])
    except DeliveryError as error:
        problem = f"The challenge got no answer: {error}."
    except UnsafeUrlError as error:
        problem = f"The challenge was not sent: {error.message}"
    note_receiver(with_, endpoint.tenant_id, endpoint.url, began, answered=answer is not None)
    if answer is None:
        return problem
    if not delivered(answer):
        return f"The challenge was answered with status {answer.status_code}. {_ASKS}"
    return None if _agrees(answer, challenge) else f"The challenge was answered with something else. {_ASKS}"


def _agrees(answer: HttpAnswer, challenge: str) -> bool:
    text = answer.excerpt.strip()
    if text == challenge:
        return True
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("challenge") == challenge
