"""What the operator of a deployment can do: JSON in, JSON out. IAM decides who may call it; nothing here logs.

The result of a refused action is `{"error": {code, message, …}}`, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from roomwright.dialects import envelope
from roomwright.dialects.moments import timestamp
from roomwright.dialects.web import parsed
from roomwright.domain import ids
from roomwright.domain.account import Account, Scope
from roomwright.domain.errors import RoomwrightError, ValidationError
from roomwright.domain.signatures import secret_text
from roomwright.domain.urls import HostPort, checked_url
from roomwright.ports import Clock, Random, Secrets, Stores
from roomwright.usecases.create_tenant import create_tenant
from roomwright.usecases.grant_credits import grant_credits
from roomwright.usecases.issue_key import MAX_NAME, MAX_ORIGINS, KeyWish, issue_key
from roomwright.usecases.set_plan import set_plan

MAX_CREDITS = 100_000_000
_Tenant = Annotated[str, Field(min_length=1, max_length=64)]


class _Action(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CreateTenant(_Action):
    """A new organisation: its live tenant, and beside it its test tenant."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
    credits: Annotated[int, Field(ge=0, le=MAX_CREDITS)] = 0
    plan: str = "prepaid"
    webhook_url: Annotated[str, Field(max_length=2048)] | None = None
    reference: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """names the organisation (a contract, a customer number): the same one again makes no second one"""


class GrantCredits(_Action):
    """`reference` names the grant (an invoice, an order): the same one again grants nothing more."""

    tenant_id: _Tenant
    credits: Annotated[int, Field(ge=1, le=MAX_CREDITS)]
    reference: Annotated[str, Field(min_length=1, max_length=255)]


class IssueKey(_Action):
    """A key made by the operator: an organisation's first, or its way back when it has lost the last."""

    tenant_id: _Tenant
    environment: Literal["live", "test"] = "live"
    name: Annotated[str, Field(max_length=MAX_NAME)] = "operator"
    scopes: list[Scope] = list(Scope)
    public: bool = False
    origins: Annotated[list[str], Field(max_length=MAX_ORIGINS)] = []
    expires_at: AwareDatetime | None = None


class SetPlan(_Action):
    tenant_id: _Tenant
    plan: str


class ReadTenant(_Action):
    tenant_id: _Tenant


@dataclass(frozen=True)
class Operator:
    stores: Stores
    clock: Clock
    random: Random
    secrets: Secrets
    egress_allow: frozenset[HostPort]

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """`{"action": …, …}` → the action's result, or why it was refused."""
        actions: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "create_tenant": lambda given: self._create_tenant(parsed(CreateTenant, given)),
            "grant_credits": lambda given: self._grant_credits(parsed(GrantCredits, given)),
            "issue_key": lambda given: self._issue_key(parsed(IssueKey, given)),
            "set_plan": lambda given: self._set_plan(parsed(SetPlan, given)),
            "read_tenant": lambda given: self._tenant(parsed(ReadTenant, given).tenant_id),
        }
        try:
            action = actions.get(str(event.get("action")))
            if action is None:
                raise ValidationError(f"action: one of {', '.join(actions)}")
            return action({name: value for name, value in event.items() if name != "action"})
        except RoomwrightError as error:
            return envelope.of(error)[1]

    def _create_tenant(self, wish: CreateTenant) -> dict[str, Any]:
        """The answer shows the secret that the tenant's webhooks are signed with."""
        if wish.webhook_url is not None:
            checked_url(wish.webhook_url, self.egress_allow)
        made = create_tenant(
            self.stores,
            self.clock,
            self.random,
            wish.name,
            wish.credits,
            plan=wish.plan,
            webhook_url=wish.webhook_url,
            reference=wish.reference,
        )
        secret = secret_text(self.secrets.webhook_key(made.tenant_id, made.webhook_key_version))
        return {**self._tenant(made.tenant_id), "webhook_secret": secret}

    def _grant_credits(self, wish: GrantCredits) -> dict[str, Any]:
        grant_credits(self.stores, self.clock, wish.tenant_id, wish.credits, wish.reference)
        return self._tenant(wish.tenant_id)

    def _issue_key(self, wish: IssueKey) -> dict[str, Any]:
        account = self.stores.tenant(wish.tenant_id).account()
        if not account.live:
            raise ValidationError("tenant_id: name the organisation's own tenant, and environment 'test'")
        tenant_id = wish.tenant_id if wish.environment == "live" else ids.test_tenant_id(wish.tenant_id)
        scopes, origins = frozenset(wish.scopes), tuple(wish.origins)
        key = KeyWish(scopes, wish.name, wish.public, origins, wish.expires_at)
        issued = issue_key(self.stores, self.clock, self.random, tenant_id, key)
        return {"tenant_id": tenant_id, "key_id": issued.key.key_id, "api_key": issued.text}

    def _set_plan(self, wish: SetPlan) -> dict[str, Any]:
        set_plan(self.stores, self.clock, wish.tenant_id, wish.plan)
        return self._tenant(wish.tenant_id)

    def _tenant(self, tenant_id: str) -> dict[str, Any]:
        account = self.stores.tenant(tenant_id).account()
        tests = {"test_tenant_id": ids.test_tenant_id(tenant_id)} if account.live else {}
        return {**_account(account), **tests}


def _account(account: Account) -> dict[str, Any]:
    return {
        "tenant_id": account.tenant_id,
        "name": account.name,
        "environment": "live" if account.live else "test",
        "plan": account.plan,
        "credits": {
            "available": account.available,
            "reserved": account.reserved,
            "spent": account.spent,
            "granted": account.granted,
        },
        "overage": {"available": account.overage_available, "spent": account.overage_spent},
        "in_flight": account.in_flight,
        "running": account.running,
        "max_in_flight": account.max_in_flight,
        "max_running": account.max_running,
        "period_ends_at": timestamp(account.period_ends_at),
        "webhook_url": account.webhook_url,
    }
