"""Tell the owner how far the job is, and hear whether anybody still waits: neither ever fails the job."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from engine_contract import ObjectRef, Progress
from serving.storage import Storage, TooLargeError

_log = logging.getLogger(__name__)
EVERY_SECONDS = 1.0
SAME_STAGE_SECONDS = 5.0
"""a write costs money: within one stage a number that moves a little is not worth it"""
_STOP_BYTES = 1024


class StoppedError(Exception):
    """Nobody waits for this job's result any more."""


class ProgressWriter:
    """A `Report`: writes `<output_prefix>progress.json` for a new stage, at most once a second.

    The fraction it tells never falls; `elapsed_s` counts from when the writer was made, which is when work begins.
    Raises StoppedError, then and ever after, when it finds the owner's `stop.json` beside what it writes.
    """

    def __init__(self, storage: Storage, prefix: ObjectRef, clock: Callable[[], float] = time.monotonic) -> None:
        self._storage, self._prefix, self._clock = storage, prefix, clock
        self._began, self._last, self._fraction = clock(), float("-inf"), 0.0
        self._told = ""
        self._stopped = False
        self._stages: list[str] = []

    def __call__(self, stage: str, fraction: float) -> None:
        if self._stopped:
            raise StoppedError
        if stage not in self._stages:
            self._stages.append(stage)
        self._fraction = max(self._fraction, min(fraction, 1.0))
        now = self._clock()
        if now - self._last < (SAME_STAGE_SECONDS if stage == self._told else EVERY_SECONDS):
            return
        self._last, self._told = now, stage
        done = [known for known in self._stages if known != stage]
        told = Progress(stage=stage, fraction=self._fraction, stages_done=done, elapsed_s=round(now - self._began, 3))
        bucket, prefix = self._prefix.bucket, self._prefix.key
        try:
            self._storage.put(bucket, f"{prefix}progress.json", told.model_dump_json().encode(), "application/json")
            self._stopped = self._storage.get(bucket, f"{prefix}stop.json", _STOP_BYTES) is not None
        except (ClientError, BotoCoreError, OSError, TooLargeError):
            _log.warning("progress not written, or no word heard of a stop", exc_info=True)
        if self._stopped:
            raise StoppedError
