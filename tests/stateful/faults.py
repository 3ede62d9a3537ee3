"""Trouble at any port: every call of every port goes through here and may crash, repeat or wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any


class Trouble(StrEnum):
    """What can happen to one call."""

    CRASH_BEFORE = "crash before the effect"
    CRASH_AFTER = "crash after the effect"
    DUPLICATE = "the effect happens twice"
    DELAY = "others go first"


class Crash(BaseException):
    """The process is gone: not an Exception, so no handler of errors can survive it."""


class Faults:
    """Counts calls; `plan` says which of them meet trouble (1-based), `next_of` which is the next of its name to."""

    def __init__(self, plan: Mapping[int, Trouble]) -> None:
        self.plan = plan
        self.calls: list[str] = []
        self.next_of: dict[str, Trouble] = {}
        self.fired = 0
        self.others: Callable[[], None] = lambda: None

    def call(self, name: str, effect: Callable[[], Any]) -> Any:
        self.calls.append(name)
        trouble = self.plan.get(len(self.calls)) or self.next_of.pop(name, None)
        self.fired += trouble is not None
        if trouble is Trouble.CRASH_BEFORE:
            raise Crash
        if trouble is Trouble.DELAY:
            self.others()
        result = effect()
        if trouble is Trouble.DUPLICATE:
            result = effect()
        if trouble is Trouble.CRASH_AFTER:
            raise Crash
        return result

    def port(self, target: Any, name: str) -> Any:
        """`target` with trouble at each of its methods."""
        return _Troubled(target, name, self)


class _Troubled:
    def __init__(self, target: Any, name: str, faults: Faults) -> None:
        self._target, self._name, self._faults = target, name, faults

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._target, attribute)
        if not callable(found):
            return found
        if attribute == "tenant":  # a door, not a call
            return lambda tenant_id: _Troubled(found(tenant_id), "store", self._faults)

        def effect(*args: Any, **named: Any) -> Any:
            result = found(*args, **named)
            return list(result) if isinstance(result, Iterator) else result

        return lambda *args, **named: self._faults.call(f"{self._name}.{attribute}", lambda: effect(*args, **named))
