"""What every store must do with API keys and request counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from roomwright.domain import errors
from roomwright.ports import Stores
from tests.fakes import make
from tests.fakes.make import HOUR, OTHER, TENANT
from tests.fakes.ports import START

LATER = START + timedelta(minutes=1)


def test_a_key_reads_back_and_unknown_ones_do_not(stores: Stores) -> None:
    key = make.key(
        expires_at=LATER, name="Häus", public=True, origins=("https://a.example",), scopes=frozenset({"create"})
    )
    stores.put_key(key)
    assert stores.key(key.key_id) == key
    assert stores.key("abd") is None


def test_a_key_is_made_once(stores: Stores) -> None:
    stores.put_key(make.key())
    with pytest.raises(errors.ConflictError):
        stores.put_key(make.key(secret_sha256="6" * 64))
    assert stores.key(make.key().key_id) == make.key()
    assert stores.tenant(TENANT).keys() == [make.key()]


def test_a_tenants_keys_are_listed_newest_first_and_nobody_elses(stores: Stores) -> None:
    mine = [make.key(f"k{n:015}", created_at=START + timedelta(minutes=n)) for n in range(3)]
    for key in (*mine, make.key("other", OTHER)):
        stores.put_key(key)
    assert stores.tenant(TENANT).keys() == mine[::-1]
    assert stores.tenant(OTHER).keys() == [make.key("other", OTHER)]


def test_no_number_of_newer_keys_hides_an_old_one(stores: Stores) -> None:
    made = [make.key(f"k{n:015}", created_at=START + timedelta(minutes=n)) for n in range(102)]
    for key in made:
        stores.put_key(key)
    assert stores.tenant(TENANT).keys() == made[::-1]


def test_what_changes_of_a_key_is_seen_at_once(stores: Stores) -> None:
    store, key = stores.tenant(TENANT), make.key(expires_at=START + HOUR)
    stores.put_key(key)
    revoked = replace(key, revoked_at=LATER, expires_at=None, name="old")
    store.change_key(key, revoked)
    assert stores.key(key.key_id) == revoked
    assert store.keys() == [revoked]
    with pytest.raises(errors.StaleStateError):
        store.change_key(key, replace(key, name="late"))
    assert stores.key(key.key_id) == revoked
    with pytest.raises(errors.StaleStateError):
        store.change_key(make.key("never"), make.key("never", revoked_at=LATER))
    assert stores.key("never") is None


def test_changing_a_key_keeps_what_others_note_on_it(stores: Stores) -> None:
    key = make.key()
    stores.put_key(key)
    stores.touch_key(key, LATER)
    stores.tenant(TENANT).change_key(key, replace(key, revoked_at=LATER))
    assert stores.key(key.key_id) == replace(key, revoked_at=LATER, last_used_at=LATER)


def test_a_key_is_changed_by_its_own_tenant_alone(stores: Stores) -> None:
    stores.create_tenant(make.account(OTHER))
    key = make.key()
    stores.put_key(key)
    with pytest.raises(ValueError, match="another tenant"):
        stores.tenant(OTHER).change_key(key, replace(key, revoked_at=LATER))
    stolen = replace(key, tenant_id=OTHER)
    with pytest.raises((errors.StaleStateError, ValueError)):
        stores.tenant(OTHER).change_key(stolen, replace(stolen, revoked_at=LATER))
    assert stores.key(key.key_id) == key


def test_a_new_key_and_the_end_of_the_old_one_are_one_step(stores: Stores) -> None:
    old, new = make.key(), make.key("new", created_at=LATER)
    stores.put_key(old)
    stores.put_key(new, replaces=replace(old, expires_at=START + HOUR, replaced_by="new"))
    after = stores.key(old.key_id)
    assert after == replace(old, expires_at=START + HOUR, replaced_by="new")
    assert stores.tenant(TENANT).keys() == [new, after]


@pytest.mark.parametrize("meanwhile", [{"revoked_at": LATER}, {"replaced_by": "other"}])
def test_a_key_that_was_revoked_or_replaced_meanwhile_gets_no_successor(
    stores: Stores, meanwhile: dict[str, Any]
) -> None:
    old = make.key()
    stores.put_key(old)
    now: dict[str, Any] = {"revoked_at": old.revoked_at, "replaced_by": old.replaced_by, **meanwhile}
    stores.tenant(TENANT).change_key(old, make.key(**now))
    with pytest.raises(errors.StaleStateError):
        stores.put_key(make.key("new"), replaces=replace(old, expires_at=LATER, replaced_by="new"))
    assert stores.key("new") is None
    assert stores.tenant(TENANT).keys() == [make.key(**now)]


@pytest.mark.parametrize("owner", [None, OTHER])
def test_only_a_key_of_the_same_tenant_is_replaced(stores: Stores, owner: str | None) -> None:
    if owner:
        stores.put_key(make.key("theirs", owner))
    with pytest.raises(errors.StaleStateError):
        stores.put_key(make.key("new"), replaces=make.key("theirs", expires_at=LATER, replaced_by="new"))
    assert stores.key("new") is None


def test_use_is_noted_by_who_read_the_last_note(stores: Stores) -> None:
    key = make.key()
    stores.put_key(key)
    stores.touch_key(key, LATER)
    stores.touch_key(key, START + HOUR)
    touched = stores.key(key.key_id)
    assert touched == replace(key, last_used_at=LATER)
    stores.touch_key(touched, START + HOUR)
    assert stores.key(key.key_id) == replace(key, last_used_at=START + HOUR)
    stores.touch_key(make.key("never"), LATER)
    assert stores.key("never") is None


def test_requests_are_counted_by_subject_name_and_window(stores: Stores) -> None:
    assert stores.count("ten_a", ["key:1 read", "ttl"], LATER) == {"key:1 read": 1, "ttl": 1}
    assert stores.count("ten_a", ["key:1 read"], LATER) == {"key:1 read": 2}
    assert stores.count("ten_a", ["key:2 read", "ttl"], LATER) == {"key:2 read": 1, "ttl": 2}
    assert stores.count("ten_b", ["ttl"], LATER) == {"ttl": 1}
    assert stores.count("ten_a", ["ttl"], START + HOUR) == {"ttl": 1}
