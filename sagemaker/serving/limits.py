"""What one request may cost."""

from __future__ import annotations

import resource
import sys

MAX_BODY_BYTES = 128_000
"""the inline limit of asynchronous inference."""
MAX_SOURCE_BYTES = 40 * 1024 * 1024
MAX_MANIFEST_BYTES = 2 * 1024 * 1024


def peak_memory_mb() -> float:
    """The process's largest resident size so far, MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
