"""One API's operations as data: the OpenAPI document, its examples and the tests of both are made from these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from roomwright.domain.account import Scope


@dataclass(frozen=True)
class Example:
    """A request as somebody would send it, and the status it gets. Every one is run as a test."""

    name: str
    status: int
    body: Mapping[str, Any] | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Query:
    """An optional parameter of the query string."""

    name: str
    summary: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Link:
    """Where an answer leads: an operation, and what of the answer its parameters and (part of) its body are."""

    name: str
    operation: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Operation:
    """One method on one path (below `web.BASE`, its parameters in braces).

    `scope` None: no key is asked for. `bodies`: the JSON objects taken, any one of them; `form`: schema of the
    multipart form taken. `answers`: status → model of its body. `refusals` are the statuses beside those that every
    operation of its kind has (`openapi.refusals`).
    """

    name: str
    method: str
    path: str
    tag: str
    summary: str
    scope: Scope | None
    answers: Mapping[int, type[BaseModel] | None]
    examples: tuple[Example, ...]
    description: str = ""
    bodies: tuple[type[BaseModel], ...] = ()
    form: Mapping[str, Any] | None = None
    body_required: bool = True
    query: tuple[Query, ...] = ()
    idempotent: bool = False
    """needs an Idempotency-Key"""
    waits: bool = False
    """takes Prefer: wait=n"""
    refusals: frozenset[int] = frozenset()
    links: tuple[Link, ...] = ()
    ours: bool = False
    """not in Katalo's contract"""
    kinds: tuple[str, ...] = ("application/json",)
    """media types of its answers"""
