"""Tell the owner how far the job is, without ever failing the job over it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from engine_contract import ObjectRef, Progress
from serving.storage import Storage

_log = logging.getLogger(__name__)
EVERY_SECONDS = 1.0
SAME_STAGE_SECONDS = 5.0
"""a write costs money: within one stage a number that moves a little is not worth it"""


class ProgressWriter:
    """A `Report`: writes `<output_prefix>progress.json` for a new stage, at most once a second.

    The fraction it tells never falls; `elapsed_s` counts from when the writer was made, which is when work begins.
    """

    def __init__(self, storage: Storage, prefix: ObjectRef, clock: Callable[[], float] = time.monotonic) -> None:
        self._storage, self._prefix, self._clock = storage, prefix, clock
        self._began, self._last, self._fraction = clock(), float("-inf"), 0.0
        self._told = ""
        self._stages: list[str] = []

    def __call__(self, stage: str, fraction: float) -> None:
        if stage not in self._stages:
            self._stages.append(stage)
        self._fraction = max(self._fraction, min(fraction, 1.0))
        now = self._clock()
        if now - self._last < (SAME_STAGE_SECONDS if stage == self._told else EVERY_SECONDS):
            return
        self._last, self._told = now, stage
        done = [known for known in self._stages if known != stage]
        told = Progress(stage=stage, fraction=self._fraction, stages_done=done, elapsed_s=round(now - self._began, 3))
        try:
            self._storage.put(
                self._prefix.bucket,
                f"{self._prefix.key}progress.json",
                told.model_dump_json().encode(),
                "application/json",
            )
        except (ClientError, BotoCoreError, OSError):
            _log.warning("progress not written", exc_info=True)
