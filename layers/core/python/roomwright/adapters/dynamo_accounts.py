"""A tenant's account and its ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from roomwright.adapters import dynamo_items as items
from roomwright.adapters.dynamo_codec import JSON, Item, attributes, json_text, number
from roomwright.adapters.dynamo_items import LEDGER, LEDGER_LINE
from roomwright.adapters.dynamo_partition import Partition
from roomwright.adapters.dynamo_table import RefusedError, Write, names_in, new
from roomwright.domain.account import Account, LedgerEntry, grant_entry, renewal_entry
from roomwright.domain.errors import BadRequestError, NotFoundError, StaleStateError
from roomwright.ports import Page

NO_TENANT = "There is no such tenant."
BALANCES = ("available", "granted", "overage_available", "overage_granted")
"""what a renewal moves: added to, because jobs may end meanwhile"""
_CURSOR = re.compile(r"[0-9TZ:.-]{27}#led_[0-9a-z]{26}")


class DynamoAccounts(Partition):
    """Credits, counters, limits and period; every line of what happened to them."""

    def account(self) -> Account:
        item = self.table.get(items.account_key(self.tenant_id))
        if item is None:
            raise NotFoundError(NO_TENANT)
        return items.account_of(item)

    def renew(self, before: Account, after: Account, now: datetime) -> bool:
        self.require_own(before, after)
        was = {"period_ends_at": before.period_ends_at, "plan": before.plan, "available": before.available}
        values: Item = {f":was_{name}": value for name, value in attributes(was).items()}
        condition = "#available = :was_available AND (#plan = :was_plan OR attribute_not_exists(#plan)) AND "
        known = "#period_ends_at = :was_period_ends_at"
        condition += known if before.period_ends_at else "attribute_not_exists(#period_ends_at)"
        names = ("plan", "max_in_flight", "max_running", "max_stored_bytes", "period_started_at", "period_ends_at")
        sets = attributes({name: getattr(after, name) for name in names})
        sets["period_opening" + JSON] = json_text(dict(after.period_opening))
        moves = {name: getattr(after, name) - getattr(before, name) for name in BALANCES}
        entry = renewal_entry(before, after, now)
        try:
            self.table.transact(
                self.account_write(moves, condition, values, sets=sets),
                *([new(items.ledger_item(entry))] if entry else []),
            )
        except RefusedError as refused:
            self._require_tenant(refused.found[0])
            return False
        return True

    def grant(self, credits: int, entry_id: str, now: datetime) -> Account:
        """The marker is what can be written only once: the ledger's key has a time in it."""
        entry = grant_entry(self.tenant_id, entry_id, credits, now)
        add = self.account_write({"available": credits, "granted": credits}, "attribute_exists(pk)")
        marker = new(items.grant_item(self.tenant_id, entry_id))
        try:
            self.table.transact(marker, add, new(items.ledger_item(entry)))
        except RefusedError as refused:
            self._require_tenant(refused.found[1])
        return self.account()

    def change_account_webhooks(
        self, url: str | None, key_version: int, previous_until: datetime | None, was_version: int
    ) -> None:
        fields = {"webhook_url": url, "webhook_key_version": key_version, "webhook_previous_until": previous_until}
        write = self.account_write(
            {},
            "#webhook_key_version = :was",
            {":was": number(was_version)},
            sets=attributes(fields),
            gone=[name for name, value in fields.items() if value is None],
        )
        try:
            self.table.update(write["Update"])
        except RefusedError as refused:
            self._require_tenant(refused.found[0])
            raise StaleStateError("the webhook key was changed meanwhile") from None

    def ledger(self, limit: int, cursor: str | None = None) -> Page[LedgerEntry]:
        if cursor is not None and not _CURSOR.fullmatch(cursor):
            raise BadRequestError("Send the cursor as it came, or none.")
        after = LEDGER_LINE + cursor if cursor else None
        found = list(self.table.query(self.pk, LEDGER_LINE, limit + 1, newest_first=True, after=after))
        page = found[:limit]
        more = page[-1]["sk"]["S"].removeprefix(LEDGER_LINE) if len(found) > limit else None
        return Page(tuple(LEDGER.decode(item) for item in page), more)

    def account_write(
        self,
        moves: Mapping[str, int],
        condition: str,
        values: Item | None = None,
        *,
        starting: tuple[str, str] | None = None,
        sets: Item | None = None,
        gone: list[str] | None = None,
    ) -> Write:
        """Additions to the account's counters, one job ADDed to or DELETEd from `starting`, and attributes set.

        In `condition`, every attribute is written `#name`; `values` are its placeholders.
        """
        clauses: dict[str, list[str]] = {"SET": [], "REMOVE": [f"#{n}" for n in gone or []], "ADD": [], "DELETE": []}
        given: Item = dict(values or {})
        for name, value in (sets or {}).items():
            clauses["SET"].append(f"#{name} = :new_{name}")
            given[f":new_{name}"] = value
        for name, by in moves.items():
            if by:
                clauses["ADD"].append(f"#{name} :by_{name}")
                given[f":by_{name}"] = number(by)
        if starting:
            verb, job_id = starting
            clauses[verb].append("#starting :starting")
            given[":starting"] = {"SS": [job_id]}
        expression = " ".join(f"{verb} {', '.join(what)}" for verb, what in clauses.items() if what)
        write = {
            "Key": items.account_key(self.tenant_id),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names_in(f"{expression} {condition}"),
        }
        return {"Update": write | ({"ExpressionAttributeValues": given} if given else {})}

    def _require_tenant(self, found: Mapping[str, object] | None) -> None:
        """`found` is what an account's condition was refused by: nothing, if there is no account."""
        if found is not None and not found:
            raise NotFoundError(NO_TENANT)
