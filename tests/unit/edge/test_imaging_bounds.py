"""The costliest pictures that pass the checks of size, each decoded under the ingest function's own limits.

Every picture gets a process with that much address space and CPU time and no more: a decoder that outgrows either
ends as a signal or a time-out, which no test here accepts.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from roomwright.adapters import imaging, jpeg
from tests.unit.edge import pictures

FUNCTION_BYTES = 1769 * 2**20
"""memory of ingest_source; held as address space, of which a process always has more than it uses"""
CPU_S = 60
"""of the 90 s the function has, fetch included"""

_RUN = """
import resource, sys
from pathlib import Path
from roomwright.adapters.imaging import PillowImaging
from roomwright.domain.errors import ImageRejectedError
space, seconds = int(sys.argv[2]), int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_AS, (space, space))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
data = Path(sys.argv[1]).read_bytes()
try:
    PillowImaging().sanitise(data)
except ImageRejectedError:
    sys.stdout.write("refused")
else:
    sys.stdout.write("taken")
"""


def outcome(data: bytes, folder: Path) -> str:
    """taken | refused. Raises when the process was ended instead of answering."""
    path = folder / "picture"
    path.write_bytes(data)
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", _RUN, str(path), str(FUNCTION_BYTES), str(CPU_S)],
        env={"PYTHONPATH": os.pathsep.join(("layers/core/python",))},
        capture_output=True,
        text=True,
        check=True,
        timeout=3 * CPU_S,
    )
    return done.stdout


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_png_chunk(kind: bytes, body: bytes) -> bytes:
    """A small PNG with one chunk more, right after its header."""
    plain = pictures.encoded(pictures.gradient(), "PNG")
    return plain[:33] + _chunk(kind, body) + plain[33:]


def sixteen_bit_rgba() -> bytes:
    """Eight bytes a pixel: the deepest PNG there is, as large as is taken."""
    width, height = 8_000, 6_000
    row = zlib.compressobj(1)
    body = b"".join(row.compress(bytes(1 + 8 * width)) for _ in range(height)) + row.flush()
    header = struct.pack(">IIBBBBB", width, height, 16, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def many_scans() -> bytes:
    """As many passes over as many pixels as are taken."""
    data = pictures.encoded(Image.new("RGB", (8_000, 6_000), "grey"), "JPEG", progressive=True)
    last, scans = data.rindex(b"\xff\xda"), data.count(b"\xff\xda")
    return data[:-2] + data[last:-2] * (jpeg.MAX_SCANS - scans) + data[-2:]


def cmyk() -> bytes:
    return pictures.encoded(Image.new("CMYK", (8_000, 6_000), (10, 20, 30, 40)), "JPEG")


def lossless_noise() -> bytes:
    """WebP's slowest: nothing to predict."""
    noise = np.random.default_rng(5).integers(0, 255, (2_000, 4_000, 3), dtype=np.uint8)
    return pictures.encoded(Image.fromarray(noise), "WEBP", lossless=True, method=0, quality=0)


def run_of_fill_bytes() -> bytes:
    """Inside a scan, followed by no marker: a search that starts again at each of them never ends."""
    plain = pictures.jpeg()
    return plain[:-2] + b"\xff" * 20_000_000 + b"\x00" + plain[-2:]


def empty_segments() -> bytes:
    plain = pictures.jpeg()
    return plain[:2] + b"\xff\xfe\x00\x02" * 7_000_000 + plain[2:]


def fill_before_a_marker() -> bytes:
    plain = pictures.jpeg()
    return plain[:2] + b"\xff" * 29_000_000 + plain[2:]


def text_bomb(size: int = 400_000_000) -> bytes:
    return with_png_chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(size), 9))


def profile_bomb(size: int = 400_000_000) -> bytes:
    return with_png_chunk(b"iCCP", b"icc\x00\x00" + zlib.compress(bytes(size), 9))


def exif_of_links() -> bytes:
    """A directory that names itself as its successor."""
    tiff = b"MM\x00*\x00\x00\x00\x08" + struct.pack(">H", 1) + struct.pack(">HHII", 0x8769, 4, 1, 8)
    return pictures.jpeg(exif=b"Exif\x00\x00" + tiff + struct.pack(">I", 8))


def header_only_heif() -> bytes:
    """A HEIC whose boxes say 32,767 × 32,767 and whose data is of a small picture."""
    small = pictures.encoded(pictures.gradient(), "HEIF")
    at = small.index(b"ispe") + 8
    return small[:at] + struct.pack(">II", 32_767, 32_767) + small[at + 8 :]


WORST: list[tuple[Callable[[], bytes], str]] = [
    (sixteen_bit_rgba, "taken"),
    (many_scans, "taken"),
    (cmyk, "taken"),
    (lossless_noise, "taken"),
    (run_of_fill_bytes, "taken"),
    (empty_segments, "refused"),
    (fill_before_a_marker, "taken"),
    (text_bomb, "refused"),
    (profile_bomb, "refused"),
    (exif_of_links, "taken"),
    (header_only_heif, "refused"),
]


@pytest.mark.parametrize(("make", "expected"), WORST, ids=[make.__name__ for make, _ in WORST])
def test_the_worst_pictures_stay_within_the_functions_limits(
    make: Callable[[], bytes], expected: str, tmp_path: Path
) -> None:
    data = make()
    assert len(data) <= imaging.MAX_BYTES, "it would be refused by its size alone"
    assert outcome(data, tmp_path) == expected
