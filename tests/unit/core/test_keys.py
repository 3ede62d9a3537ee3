"""What one of an organisation's keys may do with the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from roomwright.domain import ids
from roomwright.domain.account import ApiKey, Principal, Scope
from roomwright.domain.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    StaleStateError,
    UnauthorizedError,
    ValidationError,
)
from roomwright.ports import Stores
from roomwright.usecases import manage_keys
from roomwright.usecases.authenticate import authenticate
from roomwright.usecases.issue_key import Issued, KeyWish, issue_key
from tests.fakes import make
from tests.fakes.make import HOUR, OTHER, TENANT
from tests.fakes.ports import FakeClock, FakeRandom
from tests.fakes.store import MemoryStores

TEST_TENANT = ids.test_tenant_id(TENANT)
DAY = timedelta(days=1)


class Keyring:
    """One organisation, both its environments, and its first live key."""

    def __init__(self, stores: Stores) -> None:
        self.stores, self.clock, self.random = stores, FakeClock(), FakeRandom()
        stores.create_tenant(make.account(TEST_TENANT, live=False, plan="test"))
        self.first = issue_key(stores, self.clock, self.random, TENANT, KeyWish(name="first"))

    def principal(self, issued: Issued) -> Principal:
        return authenticate(self.stores, self.clock, f"Bearer {issued.text}")

    def create(self, by: Issued | None = None, *, once: str = "once", live: bool = True, **wish: Any) -> Issued:
        caller = self.principal(by or self.first)
        return manage_keys.create_key(self.stores, self.clock, self.random, caller, KeyWish(**wish), once, live=live)

    def rotate(self, key: Issued, by: Issued | None = None, *, overlap: timedelta = DAY, once: str = "turn") -> Issued:
        caller = self.principal(by or self.first)
        return manage_keys.rotate_key(self.stores, self.clock, self.random, caller, key.key.key_id, overlap, once)

    def revoke(self, key: Issued, by: Issued | None = None) -> ApiKey:
        return manage_keys.revoke_key(self.stores, self.clock, self.principal(by or self.first), key.key.key_id)

    def works(self, issued: Issued) -> bool:
        try:
            self.principal(issued)
        except UnauthorizedError:
            return False
        return True


@pytest.fixture
def ring(stores: Stores) -> Keyring:
    """On both stores."""
    return Keyring(stores)


@pytest.fixture
def quick(memory: MemoryStores) -> Keyring:
    return Keyring(memory)


def test_a_key_made_by_another_works_and_says_who_made_it(ring: Keyring) -> None:
    made = ring.create(name="ci", scopes=frozenset({"read"}), once="a")
    assert ring.principal(made).scopes == {"read"}
    assert (made.key.created_by, made.key.name) == (ring.first.key.key_id, "ci")
    assert ring.first.key.created_by is None
    listed = manage_keys.list_keys(ring.stores, ring.principal(ring.first))
    assert {key.key_id for key in listed} == {made.key.key_id, ring.first.key.key_id}


def test_a_repeat_makes_no_second_key_and_keeps_the_first(ring: Keyring) -> None:
    made = ring.create(once="same")
    with pytest.raises(ConflictError, match=made.key.key_id):
        ring.create(once="same")
    assert ring.works(made)
    assert len(ring.stores.tenant(TENANT).keys()) == 2


def test_no_key_gives_what_it_lacks(ring: Keyring) -> None:
    weak = ring.create(scopes=frozenset({"read", "manage"}), once="weak")
    with pytest.raises(ForbiddenError, match="cancel, create, upload"):
        ring.create(by=weak, once="more")
    with pytest.raises(ForbiddenError, match="lacks"):
        ring.rotate(ring.first, by=weak)
    assert ring.works(ring.create(by=weak, scopes=frozenset({"read"}), once="less"))


def test_a_test_key_reaches_test_keys_only(ring: Keyring) -> None:
    testing = ring.create(live=False, once="t")
    assert (testing.key.tenant_id, testing.key.live) == (TEST_TENANT, False)
    second = ring.create(by=testing, live=False, once="t2")
    caller = ring.principal(testing)
    assert {key.key_id for key in manage_keys.list_keys(ring.stores, caller)} == {testing.key.key_id, second.key.key_id}
    with pytest.raises(ForbiddenError, match="test"):
        ring.create(by=testing, live=True, once="t3")
    for action in (
        lambda: manage_keys.read_key(ring.stores, caller, ring.first.key.key_id),
        lambda: ring.revoke(ring.first, by=testing),
        lambda: ring.rotate(ring.first, by=testing),
    ):
        with pytest.raises(NotFoundError):
            action()
    assert len(manage_keys.list_keys(ring.stores, ring.principal(ring.first))) == 3
    ring.revoke(second)
    assert not ring.works(second)


def test_another_organisations_keys_are_not_there(quick: Keyring) -> None:
    quick.stores.create_tenant(make.account(OTHER))
    theirs = issue_key(quick.stores, quick.clock, quick.random, OTHER, KeyWish())
    for action in (quick.revoke, quick.rotate):
        with pytest.raises(NotFoundError):
            action(theirs)
    assert quick.works(theirs)


@pytest.mark.parametrize("key_id", ["", "a" * 15, "a" * 17, "a" * 3000, "A" * 16, "a" * 15 + "\n", "../" + "a" * 13])
def test_what_is_no_key_id_is_not_looked_up(quick: Keyring, monkeypatch: pytest.MonkeyPatch, key_id: str) -> None:
    """A name longer than a table's key may be would be a fault of the table's."""
    principal = quick.principal(quick.first)
    monkeypatch.setattr(quick.stores, "key", lambda _: pytest.fail("looked up"))
    with pytest.raises(NotFoundError):
        manage_keys.read_key(quick.stores, principal, key_id)


def test_a_rotated_key_works_until_its_overlap_ends(ring: Keyring) -> None:
    old = ring.create(name="shop", scopes=frozenset({"read"}), once="o")
    new = ring.rotate(old, overlap=HOUR)
    assert new.key.name == "shop"
    assert new.key.scopes == {"read"}
    assert ring.works(old)
    assert ring.works(new)
    ring.clock.advance(HOUR - timedelta(seconds=1))
    assert ring.works(old)
    ring.clock.advance(timedelta(seconds=1))
    assert not ring.works(old)
    assert ring.works(new)
    stored = ring.stores.key(old.key.key_id)
    assert stored
    assert stored.replaced_by == new.key.key_id


def test_a_key_is_rotated_once(ring: Keyring) -> None:
    old = ring.create(once="o")
    new = ring.rotate(old)
    with pytest.raises(ConflictError, match="shown once"):
        ring.rotate(old)
    with pytest.raises(ConflictError, match=new.key.key_id):
        ring.rotate(old, once="again")
    assert ring.works(new)
    ring.revoke(old)
    with pytest.raises(ConflictError, match="shown once"):
        ring.rotate(old)
    assert ring.works(ring.rotate(new, once="next"))


def test_rotation_never_lengthens_a_keys_life(quick: Keyring) -> None:
    ends = quick.clock.now() + HOUR
    old = quick.create(expires_at=ends, once="o")
    new = quick.rotate(old, overlap=DAY)
    stored = quick.stores.key(old.key.key_id)
    assert stored
    assert (stored.expires_at, new.key.expires_at) == (ends, ends)
    for overlap in (timedelta(days=7, seconds=1), timedelta(seconds=-1)):
        with pytest.raises(ValidationError, match="overlap"):
            quick.rotate(new, overlap=overlap)


def test_an_ended_key_cannot_be_rotated(quick: Keyring) -> None:
    gone = quick.create(once="g")
    quick.revoke(gone)
    with pytest.raises(ConflictError, match="ended"):
        quick.rotate(gone)


def test_revocation_acts_at_once_and_stays_as_it_was(ring: Keyring) -> None:
    made = ring.create(once="m")
    assert ring.works(made)
    first = ring.revoke(made)
    assert not ring.works(made)
    ring.clock.advance(HOUR)
    assert ring.revoke(made).revoked_at == first.revoked_at


def test_the_last_live_key_that_manages_keys_stays(ring: Keyring) -> None:
    with pytest.raises(ConflictError, match="last"):
        ring.revoke(ring.first)
    ring.create(scopes=frozenset({"read"}), once="r")
    ring.create(live=False, once="t")
    with pytest.raises(ConflictError, match="last"):
        ring.revoke(ring.first)
    second = ring.rotate(ring.first)
    ring.revoke(ring.first)
    assert ring.works(second)
    with pytest.raises(ConflictError, match="last"):
        ring.revoke(second, by=second)


def test_a_key_on_its_way_out_does_not_count_as_another(ring: Keyring) -> None:
    spare = ring.create(once="s")
    newer = ring.rotate(spare)
    ring.revoke(ring.first)
    with pytest.raises(ConflictError, match="last"):
        ring.revoke(newer, by=newer)


def test_a_race_with_a_change_is_tried_again(quick: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    made, store = quick.create(once="m"), type(quick.stores.tenant(TENANT))
    real, lost = store.change_key, iter([True])

    def contended(self: Any, before: ApiKey, after: ApiKey) -> None:
        if next(lost, False):
            raise StaleStateError("somebody was first")
        real(self, before, after)

    monkeypatch.setattr(store, "change_key", contended)
    quick.revoke(made)
    assert not quick.works(made)


def test_there_are_at_most_fifty_active_keys(quick: Keyring) -> None:
    made = [quick.create(once=f"k{number}") for number in range(49)]
    with pytest.raises(ConflictError, match="50"):
        quick.create(once="one more")
    quick.revoke(made[0])
    assert quick.works(quick.create(once="one more"))
    assert quick.works(quick.rotate(made[1])), "a full ring can still be rotated"


def test_a_key_of_the_operator_needs_no_idempotency_key(quick: Keyring) -> None:
    again = issue_key(quick.stores, quick.clock, quick.random, TENANT, KeyWish(name="first"))
    assert again.key.key_id != quick.first.key.key_id
    assert replace(again.key, key_id="", secret_sha256="") == replace(quick.first.key, key_id="", secret_sha256="")


def test_ids_of_keys_differ_by_organisation(quick: Keyring) -> None:
    """One idempotency key in two organisations names two keys: neither can stop or learn of the other's."""
    quick.stores.create_tenant(make.account(OTHER))
    theirs = Principal(OTHER, "k", live=True, scopes=frozenset(Scope))
    ours = quick.create(once="same")
    other = manage_keys.create_key(quick.stores, quick.clock, quick.random, theirs, KeyWish(), "same", live=True)
    assert ours.key.key_id != other.key.key_id
