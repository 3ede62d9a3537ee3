"""One render's timing, progress and threads."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from atelier.model import Report
from atelier.render.runtime import DEVICE, upload

THREADS = min(os.cpu_count() or 1, 8)


class Job:
    """Timing, progress and the thread pool of one render."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lock = Lock()
        self._stage, self._from, self._to = "", 0.0, 0.0
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, begin: float, end: float) -> Iterator[None]:
        """A stage that takes the render from one share of its usual time to another."""
        start = time.perf_counter()
        self._stage, self._from, self._to = name, begin, end
        self._report(name, begin)
        yield
        self.seconds[name] = time.perf_counter() - start

    def launch(
        self,
        kernel: Any,
        ids: NDArray[Any],
        world: Any,
        *inputs: Any,
        share: tuple[float, float] | None = None,
    ) -> None:
        """Run `kernel(world, first, ids, *inputs)` over ids on all cores, in chunks that start at `first`.

        A CPU launch is a serial loop that releases the GIL, so chunks on threads use every core; each id writes
        only its own output, so the order does not matter: neighbours together find the tree's nodes in the cache.
        share: the part of its stage's time, told as it goes.
        """
        if not len(ids):
            return
        on_device = upload(ids.astype(np.int32), int)
        wp.load_module(kernel.module, device=DEVICE)
        chunk = max(256, -(-len(ids) // (THREADS * 12)))
        done = 0

        def one(first: int) -> None:
            nonlocal done
            count = min(chunk, len(ids) - first)
            wp.launch(kernel, dim=count, inputs=[world, first, on_device, *inputs], device=DEVICE, record_tape=False)
            if share:
                with self._lock:
                    done += count
                    within = share[0] + (share[1] - share[0]) * done / len(ids)
                    self._report(self._stage, self._from + (self._to - self._from) * within)

        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(one, range(0, len(ids), chunk)))
