"""What every test process does before it loads anything."""

from __future__ import annotations

import os

# Two test processes on two cores: OpenBLAS's own threads, read when numpy loads, would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
