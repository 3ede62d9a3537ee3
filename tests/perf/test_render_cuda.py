"""The renderer's kernels compile for CUDA: to PTX, by the compiler inside Warp's wheel. Nothing here runs on a GPU."""

from __future__ import annotations

from pathlib import Path

import pytest
import warp as wp

from atelier.render import kernels
from atelier.render.kernels.structs import MODULE

pytestmark = pytest.mark.engine

_TURING = 75
"""compute capability of the oldest card of a GPU endpoint (T4); newer ones take its PTX"""


def test_every_kernel_compiles_to_ptx(tmp_path: Path) -> None:
    try:
        files = wp.compile_aot_module(MODULE, arch=_TURING, module_dir=tmp_path, use_ptx=True)
    except RuntimeError as error:
        if "CUDA" not in str(error):
            raise
        pytest.skip(f"this build of Warp has no CUDA compiler: {error}")
    ptx = "".join(Path(f).read_text() for f in files)
    for name in kernels.__all__:
        assert f".entry {name}_" in ptx, name
