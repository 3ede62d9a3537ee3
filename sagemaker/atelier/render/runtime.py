"""Warp, set up before its first use: quiet, with its kernel cache in a folder of ours."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

DEVICE = "cpu"
_NOTICE = b"Could not find or load the NVIDIA CUDA driver"


def cache_dir() -> Path:
    """Where compiled kernels are kept: $ROOMWRIGHT_CACHE_DIR/warp, else .local/cache/warp in the checkout."""
    configured = os.environ.get("ROOMWRIGHT_CACHE_DIR")
    root = Path(configured) if configured else Path(__file__).resolve().parents[3] / ".local" / "cache"
    return root / "warp"


wp.config.log_level = wp.LOG_WARNING
wp.config.kernel_cache_dir = str(cache_dir())
# Its temporary folder is only cleaned up at interpreter exit, with a ResourceWarning; there is one module to compile.
wp.config.use_precompiled_headers = False


@contextmanager
def _without_driver_notice() -> Iterator[None]:
    """Leave out the line that Warp's library writes to descriptor 2 where there is no GPU; pass on all others."""
    kept = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            said.seek(0)
            os.write(2, b"".join(line for line in said if _NOTICE not in line))


with _without_driver_notice():
    wp.init()  # type: ignore[no-untyped-call]


def upload(values: NDArray[Any], dtype: Any) -> Any:
    """A Warp array on the render device holding a copy of `values`, whose last axis fits a vector `dtype`."""
    return wp.array(np.array(values, order="C"), dtype=dtype, device=DEVICE)


def upload_vec3(values: NDArray[Any]) -> Any:
    """Like `upload` for (..., 3) values, flattened to one row each."""
    return upload(np.asarray(values, np.float32).reshape(-1, 3), wp.vec3)


def zeros(count: int, dtype: Any) -> Any:
    """`count` zeros on the render device."""
    return wp.zeros(count, dtype=dtype, device=DEVICE)


def download(array: Any) -> NDArray[Any]:
    """The array's values; on a CPU device a view, which keeps the array alive."""
    return np.asarray(array.numpy())
