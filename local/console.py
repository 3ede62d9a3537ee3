"""What a person sees while the local run works."""

from __future__ import annotations

import sys
import threading
import time


class Console:
    """Lines with the seconds since the start. `done` of the same line is safe from several threads."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        with self._lock:
            print(f"[{time.monotonic() - self._start:6.1f}s] {text}", flush=True)

    def plain(self, text: str) -> None:
        with self._lock:
            print(text, flush=True)

    def warn(self, text: str) -> None:
        with self._lock:
            print(text, file=sys.stderr, flush=True)
