"""The renderer's largest kernel compiles for CUDA: to PTX, by the compiler inside Warp's wheel. Nothing runs on a GPU.

Every kernel is the same dialect and calls the same functions; compiling all of them takes four times as long.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import warp as wp

from atelier.render import kernels

pytestmark = pytest.mark.engine

_TURING = 75
"""compute capability of the oldest card of a GPU endpoint (T4); newer ones take its PTX"""


def test_the_furniture_kernel_compiles_to_ptx(tmp_path: Path) -> None:
    alone = wp.get_module("tests.perf.test_render_cuda.alone")
    wp.set_module_options({"enable_backward": False}, alone)
    wp.Kernel(kernels.furniture.func, module=alone)  # type: ignore[no-untyped-call]
    try:
        files = wp.compile_aot_module(alone, arch=_TURING, module_dir=tmp_path, use_ptx=True)
    except RuntimeError as error:
        if "CUDA" not in str(error):
            raise
        pytest.skip(f"this build of Warp has no CUDA compiler: {error}")
    assert ".entry furniture_" in "".join(Path(f).read_text() for f in files)
