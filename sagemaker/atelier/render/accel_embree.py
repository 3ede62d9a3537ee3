"""Ray tracing by the Embree 4 library inside the `embreex` wheel, called straight from Warp kernels.

Warp's own BVH gives the same hits at half the speed; it is used where the library is not found or fails
its self-test. The library's file name carries a hash and the ray layout is Embree 4's: `embreex` is pinned.
"""

from __future__ import annotations

import ctypes
import sys
import weakref
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from atelier.model import F32, I32

_TRIANGLES = 0
_INDEX_BUFFER, _VERTEX_BUFFER = 0, 1
_UINT3, _FLOAT3 = 0x5003, 0x9003
_BUILD_MEDIUM = 1
"""the best tree takes three times as long to build and saves less than that on a picture's rays"""


def _library_files() -> tuple[Path, Path] | None:
    """Paths of the TBB and Embree libraries bundled with embreex (auditwheel on Linux, delocate on macOS)."""
    spec = find_spec("embreex")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    folder = package / ".dylibs" if sys.platform == "darwin" else package.parent / "embreex.libs"
    tbb, embree = sorted(folder.glob("libtbb*")), sorted(folder.glob("libembree4*"))
    return (tbb[0], embree[0]) if tbb and embree else None


@cache
def load_library() -> ctypes.CDLL | None:
    """The Embree library with its prototypes declared, or None where it is not to be had."""
    files = _library_files()
    if files is None:
        return None
    try:
        # Not RTLD_GLOBAL: the denoiser would then run in this TBB, held to Embree's one thread, and not in its own.
        ctypes.CDLL(str(files[0]))
        lib = ctypes.CDLL(str(files[1]))
    except OSError:
        return None
    p, size = ctypes.c_void_p, ctypes.c_size_t
    prototypes = {
        "rtcNewDevice": (p, [ctypes.c_char_p]),
        "rtcNewScene": (p, [p]),
        "rtcNewGeometry": (p, [p, ctypes.c_int]),
        "rtcSetSharedGeometryBuffer": (
            None,
            [p, ctypes.c_int, ctypes.c_uint, ctypes.c_int, p, size, size, size],
        ),
        "rtcCommitGeometry": (None, [p]),
        "rtcAttachGeometry": (ctypes.c_uint, [p, p]),
        "rtcReleaseGeometry": (None, [p]),
        "rtcSetSceneBuildQuality": (None, [p, ctypes.c_int]),
        "rtcJoinCommitScene": (None, [p]),
        "rtcReleaseScene": (None, [p]),
        "rtcReleaseDevice": (None, [p]),
        "rtcGetDeviceError": (ctypes.c_int, [p]),
    }
    for name, (result, arguments) in prototypes.items():
        function = getattr(lib, name)
        function.restype, function.argtypes = result, arguments
    return lib


class EmbreeScene:
    """One committed triangle mesh. Buffers are shared with Embree, so this object keeps them alive.

    Attributes are addresses for a kernel: `scene`, `intersect` (rtcIntersect1), `occluded` (rtcOccluded1).
    """

    def __init__(self, vertices: F32, faces: I32) -> None:
        """vertices (V, 3) metres, faces (F, 3). Raises RuntimeError when Embree is missing or refuses."""
        lib = load_library()
        if lib is None:
            raise RuntimeError("Embree was not found in the embreex package; install embreex or use Warp's BVH")
        # Embree reads vertices 16 bytes at a time: the buffer needs room behind its last one.
        self._vertices = np.ascontiguousarray(np.concatenate([vertices, np.zeros((4, 3), np.float32)]), np.float32)
        self._faces = np.ascontiguousarray(faces, np.uint32)
        # One build thread: the tree, and with it the order of equal hits, must not depend on timing.
        device = lib.rtcNewDevice(b"threads=1")
        scene = lib.rtcNewScene(device)
        lib.rtcSetSceneBuildQuality(scene, _BUILD_MEDIUM)
        geometry = lib.rtcNewGeometry(device, _TRIANGLES)
        buffers = (
            (_INDEX_BUFFER, _UINT3, self._faces, len(faces)),
            (_VERTEX_BUFFER, _FLOAT3, self._vertices, len(vertices)),
        )
        for kind, layout, data, count in buffers:
            lib.rtcSetSharedGeometryBuffer(geometry, kind, 0, layout, data.ctypes.data, 0, 12, count)
        lib.rtcCommitGeometry(geometry)
        lib.rtcAttachGeometry(scene, geometry)
        lib.rtcReleaseGeometry(geometry)
        # Joined: a plain commit leaves TBB a worker that finds no work for its one thread and asks again for ever.
        lib.rtcJoinCommitScene(scene)
        self._release = weakref.finalize(self, _release, lib, scene, device)
        error = lib.rtcGetDeviceError(device)
        if error:
            raise RuntimeError(
                f"Embree refused the scene (error {error}): {len(vertices)} vertices, {len(faces)} faces"
            )
        self.scene = int(scene)
        self.intersect = _address(lib.rtcIntersect1)
        self.occluded = _address(lib.rtcOccluded1)


def _address(function: object) -> int:
    return int(ctypes.cast(function, ctypes.c_void_p).value or 0)  # type: ignore[arg-type]


def _release(lib: ctypes.CDLL, scene: int, device: int) -> None:
    lib.rtcReleaseScene(scene)
    lib.rtcReleaseDevice(device)
