"""The tenant's default callback: where a job's end is told when the job names no address, and the key that signs it.

The same key signs what goes to jobs' own addresses.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from roomwright.domain.account import Account
from roomwright.domain.endpoint import rotated
from roomwright.domain.urls import HostPort
from roomwright.ports import Clock, TenantStore
from roomwright.usecases.manage_endpoints import OVERLAP, checked


def set_default_url(store: TenantStore, url: str | None, allow: Collection[HostPort]) -> Account:
    """None for no default. → the account afterwards. Raises ValidationError, StaleStateError (rotated meanwhile)."""
    if url is not None:
        checked(url, allow)
    account = store.account()
    version, until = account.webhook_key_version, account.webhook_previous_until
    store.change_account_webhooks(url, version, until, was_version=version)
    return store.account()


def rotate_default_secret(store: TenantStore, clock: Clock, overlap: timedelta = OVERLAP) -> Account:
    """A new key for the default callback. → the account afterwards. Raises StaleStateError (rotated meanwhile)."""
    account = store.account()
    was = account.webhook_key_version
    version, until = rotated(was, account.webhook_previous_until, overlap, clock.now())
    if version != was:
        store.change_account_webhooks(account.webhook_url, version, until, was_version=was)
    return store.account()
