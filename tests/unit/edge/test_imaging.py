"""Hostile and honest photos against the sanitiser."""

from __future__ import annotations

import hashlib
import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from roomwright.adapters import jpeg as jpeg_segments
from roomwright.adapters.imaging import PillowImaging
from roomwright.domain.errors import ImageRejectedError
from tests.unit.edge import pictures

IMAGING = PillowImaging()


def refused(data: bytes) -> str:
    with pytest.raises(ImageRejectedError) as caught:
        IMAGING.sanitise(data)
    return caught.value.message


def test_upright_jpeg_keeps_its_own_compressed_picture() -> None:
    original = pictures.jpeg(exif=pictures.telling_exif(), comment=b"written by me")
    safe = IMAGING.sanitise(original)
    assert safe.content_type == "image/jpeg"
    assert np.array_equal(pictures.decoded(safe.data), pictures.decoded(original))
    scan = original[original.index(b"\xff\xda") :]
    assert safe.data.endswith(scan)
    assert (safe.width, safe.height, safe.focal_length_35mm) == (400, 300, 24.0)
    assert safe.sha256 == hashlib.sha256(safe.data).hexdigest()


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_stripped_jpeg_is_lossless_in_every_coding(mode: str, *, progressive: bool) -> None:
    original = pictures.jpeg(
        pictures.gradient().convert(mode), progressive=progressive, restart_marker_rows=2, exif=pictures.telling_exif()
    )
    safe = IMAGING.sanitise(original)
    assert safe.content_type == "image/jpeg"
    assert np.array_equal(pictures.decoded(safe.data), pictures.decoded(original))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_no_tag_survives(kind: str) -> None:
    exif = pictures.telling_exif()
    original = pictures.encoded(pictures.gradient(), kind, exif=exif.tobytes())
    assert pictures.GPS_TEXT.encode() in original
    safe = IMAGING.sanitise(original)
    assert safe.focal_length_35mm == 24.0
    for trace in (pictures.GPS_TEXT.encode(), b"Exif", b"eXIf", b"Acme", b"http"):
        assert trace not in safe.data
    with Image.open(io.BytesIO(safe.data)) as picture:
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_comes_out_upright(kind: str, orientation: int) -> None:
    scene = pictures.gradient()
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95, "subsampling": 0} if kind == "JPEG" else {}
    stored = pictures.encoded(
        pictures.rotated_for(orientation, scene), kind, exif=pictures.telling_exif(orientation).tobytes(), **options
    )
    safe = IMAGING.sanitise(stored)
    assert (safe.width, safe.height) == scene.size
    difference = pictures.decoded(safe.data).astype(int) - np.asarray(scene).astype(int)
    assert np.abs(difference).mean() < 2.5
    assert safe.content_type == ("image/jpeg" if (kind, orientation) == ("JPEG", 1) else "image/png")


def test_heic_is_taken_and_upright() -> None:
    safe = IMAGING.sanitise(pictures.encoded(pictures.gradient(), "HEIF", quality=95))
    assert safe.content_type == "image/png"
    assert np.abs(pictures.decoded(safe.data).astype(int) - np.asarray(pictures.gradient()).astype(int)).mean() < 4


def test_foreign_colours_become_srgb_and_srgb_profiles_cost_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert IMAGING.sanitise(pictures.jpeg(icc_profile=srgb)).content_type == "image/jpeg"
    lab_like = _swapped_profile(srgb)
    safe = IMAGING.sanitise(pictures.jpeg(icc_profile=lab_like))
    assert safe.content_type == "image/png"
    turned, plain = pictures.decoded(safe.data)[150, 380], pictures.decoded(pictures.jpeg())[150, 380]
    assert int(plain[0]) > int(plain[2])
    assert int(turned[2]) > int(turned[0]), "red and blue primaries are exchanged by the profile"


def _swapped_profile(srgb: bytes) -> bytes:
    """An sRGB profile whose red and blue primaries are exchanged: same description, other colours."""
    return srgb.replace(b"rXYZ", b"tmpX").replace(b"bXYZ", b"rXYZ").replace(b"tmpX", b"bXYZ")


def test_broken_profile_is_ignored_like_viewers_do() -> None:
    assert IMAGING.sanitise(pictures.jpeg(icc_profile=b"not a profile" * 30)).content_type == "image/jpeg"


def test_cmyk_sixteen_bit_and_palette_become_plain_png() -> None:
    cmyk = IMAGING.sanitise(pictures.jpeg(pictures.gradient().convert("CMYK")))
    assert cmyk.content_type == "image/png"
    assert np.abs(pictures.decoded(cmyk.data).astype(int) - np.asarray(pictures.gradient()).astype(int)).mean() < 3

    ramp = np.tile(np.linspace(0, 65535, 300).astype(np.uint16), (300, 1))
    deep = IMAGING.sanitise(pictures.encoded(Image.fromarray(ramp), "PNG"))
    assert np.array_equal(pictures.decoded(deep.data)[:, :, 0], (ramp >> 8).astype(np.uint8))

    clear = Image.new("P", (300, 300), 0)
    clear.putpalette([10, 20, 30, 200, 100, 50])
    clear.paste(1, (0, 0, 150, 300))
    palette = IMAGING.sanitise(pictures.encoded(clear, "PNG", transparency=0))
    assert tuple(pictures.decoded(palette.data)[0, 299]) == (255, 255, 255)
    assert tuple(pictures.decoded(palette.data)[0, 0]) == (200, 100, 50)


def test_same_bytes_in_same_bytes_out() -> None:
    data = pictures.encoded(pictures.gradient(), "PNG")
    assert IMAGING.sanitise(data) == IMAGING.sanitise(data)


def test_polyglots_lose_their_second_nature() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("payload.html", "<script>alert(1)</script>")
    for tail in (archive.getvalue(), b"<html><script>alert(1)</script></html>", pictures.jpeg()):
        safe = IMAGING.sanitise(pictures.jpeg() + tail)
        assert safe.data == IMAGING.sanitise(pictures.jpeg()).data
        assert b"<script>" not in safe.data
        assert not zipfile.is_zipfile(io.BytesIO(safe.data))
    assert b"<script>" not in IMAGING.sanitise(pictures.jpeg(comment=b"<script>")).data


def test_second_pictures_and_thumbnails_go() -> None:
    first, second = pictures.gradient(), Image.new("RGB", (400, 300), "blue")
    multi = pictures.encoded(first, "MPO", save_all=True, append_images=[second])
    safe = IMAGING.sanitise(multi)
    assert len(safe.data) < len(multi) * 0.95
    assert np.array_equal(pictures.decoded(safe.data), pictures.decoded(multi))
    thumbnail = bytearray(pictures.jpeg())
    assert thumbnail[2:4] == b"\xff\xe0"
    thumbnail[4:6] = struct.pack(">H", 16 + 12)
    thumbnail[18:20] = b"\x02\x02"
    with_thumbnail = bytes(thumbnail[:20]) + b"SECRETTHUMB!" + bytes(thumbnail[20:])
    assert b"SECRETTHUMB!" not in IMAGING.sanitise(with_thumbnail).data


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_truncated_files_are_refused(kind: str, share: float) -> None:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 255, (300, 300, 3), dtype=np.uint8))
    whole = pictures.encoded(noise, kind)
    refused(whole[: int(len(whole) * share)])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_damaged_files_never_break_out_of_the_refusal(kind: str) -> None:
    random = np.random.default_rng(11)
    whole = bytearray(pictures.encoded(pictures.gradient(), kind, exif=pictures.telling_exif().tobytes()))
    for _ in range(60):
        broken = bytearray(whole)
        for place in random.integers(0, len(broken), 12):
            broken[place] = random.integers(0, 256)
        try:
            safe = IMAGING.sanitise(bytes(broken))
        except ImageRejectedError:
            continue
        assert pictures.decoded(safe.data).shape == (safe.height, safe.width, 3)


def test_animations_are_refused() -> None:
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    for kind in ("WEBP", "PNG"):
        assert "animation" in refused(pictures.encoded(frames[0], kind, save_all=True, append_images=frames[1:]))


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a" + bytes(100), b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"PK\x03\x04" + bytes(50)],
    ids=["empty", "gif", "pdf", "svg", "zip"],
)
def test_other_formats_are_named_as_not_taken(data: bytes) -> None:
    assert "JPEG, PNG, WebP or HEIC" in refused(data)


def test_tiff_and_avif_are_not_taken() -> None:
    assert "not a photo format" in refused(pictures.encoded(pictures.gradient(), "TIFF"))
    assert "not a photo format" in refused(pictures.encoded(pictures.gradient(), "AVIF"))


def test_sizes_are_refused_before_decoding() -> None:
    assert "20000 × 300" in refused(pictures.png_header_only(20_000, 300))
    assert "50,000,000 pixels" in refused(pictures.png_header_only(9_000, 9_000))
    assert "at least 256" in refused(pictures.jpeg(pictures.gradient(255, 300)))
    assert "30,000,000 bytes" in refused(pictures.jpeg() + bytes(30_000_000))
    header = bytearray(pictures.jpeg())
    frame = header.index(b"\xff\xc0")
    header[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    assert "60000 × 60000" in refused(bytes(header))


def test_a_scan_bomb_is_refused_by_count() -> None:
    data = pictures.jpeg(progressive=True)
    last = data.rindex(b"\xff\xda")
    bomb = data[:-2] + data[last:-2] * jpeg_segments.MAX_SCANS + data[-2:]
    assert "damaged" in refused(bomb)


_PEAK = """
import resource, sys
from pathlib import Path
from roomwright.adapters.imaging import PillowImaging
from roomwright.domain.errors import ImageRejectedError
imaging = PillowImaging()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    imaging.sanitise(Path(sys.argv[1]).read_bytes()); outcome = "taken"
except ImageRejectedError:
    outcome = "refused"
sys.stdout.write(f"{outcome} {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024}")
"""


def _peak(data: bytes, folder: Path) -> tuple[str, int]:
    """→ (outcome, MiB of memory beyond the idle process), each in a process of its own."""
    path = folder / "picture"
    path.write_bytes(data)
    command = [sys.executable, "-c", _PEAK, str(path)]
    environment = {"PYTHONPATH": "layers/core/python"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)  # noqa: S603
    outcome, mebibytes = answer.stdout.split()
    return outcome, int(mebibytes)


def test_bombs_cost_almost_no_memory(tmp_path: Path) -> None:
    bomb = pictures.encoded(Image.new("L", (14_000, 14_000)), "PNG", compress_level=9)
    assert len(bomb) < 1_000_000
    outcome, mebibytes = _peak(bomb, tmp_path)
    assert outcome == "refused"
    assert mebibytes < 20


def test_the_largest_photo_fits_the_function(tmp_path: Path) -> None:
    largest = pictures.encoded(Image.new("RGBA", (8_000, 6_000), (9, 9, 9, 128)), "PNG", compress_level=1)
    outcome, mebibytes = _peak(largest, tmp_path)
    assert outcome == "taken"
    assert mebibytes < 1_000


def test_running_out_of_memory_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomwright.adapters.imaging.MEMORY_BYTES", 50_000_000)
    large = pictures.encoded(Image.new("RGB", (8_000, 6_000)), "PNG", compress_level=1)
    assert "too costly" in refused(large)
