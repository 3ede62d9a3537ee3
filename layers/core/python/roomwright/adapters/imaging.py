"""Hostile bytes in, one safe picture out.

Formats are recognised by content and allow-listed, sizes are checked before anything is decoded, memory is capped.
An upright sRGB JPEG keeps the customer's own compressed picture, stripped of metadata without loss; everything
else becomes an 8-bit sRGB PNG. Location, serial numbers and every other tag stay behind.
"""

from __future__ import annotations

import hashlib
import io
import resource
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pillow_heif
from PIL import ExifTags, Image, ImageCms

from roomwright.adapters import jpeg
from roomwright.domain import limits
from roomwright.domain.errors import ImageRejectedError
from roomwright.ports import SafeImage

MAX_BYTES: Final = limits.MAX_SOURCE_BYTES
MAX_PIXELS: Final = limits.MAX_SOURCE_PIXELS
MAX_SIDE: Final = limits.MAX_SOURCE_SIDE
MIN_SIDE: Final = 256
MEMORY_BYTES: Final = 1_200_000_000
"""address space one image may take beyond what the process has"""
_MAX_ICC = 4_000_000
_PNG_LEVEL = 3
"""zlib level: 6 takes three times as long for a few per cent of size"""
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SEND = "Send a JPEG, PNG, WebP or HEIC photo."


class PillowImaging:
    """Implements the Imaging port."""

    def __init__(self) -> None:
        pillow_heif.register_heif_opener(thumbnails=False)

    def sanitise(self, data: bytes) -> SafeImage:
        if len(data) > MAX_BYTES:
            raise ImageRejectedError(f"The file has more than {MAX_BYTES:,} bytes. {_SEND}")
        kind = _sniff(data)
        with warnings.catch_warnings(), _memory_cap():
            warnings.simplefilter("error")
            try:
                return _safe_jpeg(data) if kind == "JPEG" else _safe_other(data, kind)
            except ImageRejectedError:
                raise
            except Exception as error:
                message = f"The {kind} file is damaged, incomplete or too costly to decode. {_SEND}"
                raise ImageRejectedError(message) from error


def _sniff(data: bytes) -> str:
    """The format by its first bytes; names and content types lie."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "HEIF"
    raise ImageRejectedError(f"This is not a photo format that is taken here. {_SEND}")


def _safe_jpeg(data: bytes) -> SafeImage:
    """Only the stripped bytes are decoded, so what is published is what was checked."""
    stripped = jpeg.strip(data)
    _check_size(stripped.width, stripped.height)
    orientation, focal = _tags(stripped.exif)
    icc = _usable(stripped.icc)
    with Image.open(io.BytesIO(stripped.data), formats=["JPEG"]) as picture:
        picture.load()
        plain = picture.mode in ("L", "RGB") and orientation == 1 and _is_srgb(picture, icc)
        if plain:
            return _published(stripped.data, "image/jpeg", picture.size, focal)
        return _as_png(picture, icc, orientation, focal)


def _safe_other(data: bytes, kind: str) -> SafeImage:
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        _check_size(*picture.size)
        if kind != "HEIF" and getattr(picture, "n_frames", 1) > 1:
            raise ImageRejectedError(f"The file is an animation. {_SEND}")
        orientation, focal = _tags(picture.info.get("exif", b""))
        icc = _usable(picture.info.get("icc_profile"))
        picture.load()
        return _as_png(picture, icc, orientation, focal)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ImageRejectedError(
            f"The photo is {width} × {height}; at most {MAX_PIXELS:,} pixels and {MAX_SIDE:,} a side are taken."
        )
    if min(width, height) < MIN_SIDE:
        raise ImageRejectedError(f"The photo is {width} × {height}; at least {MIN_SIDE} pixels a side are needed.")


def _tags(exif: bytes) -> tuple[int, float | None]:
    """→ (orientation 1–8, focal length in 35 mm terms where plausible). Unreadable tags count as absent."""
    tags = Image.Exif()
    try:
        tags.load(exif)
        orientation = int(tags.get(ExifTags.Base.Orientation, 1))
        focal = float(tags.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.FocalLengthIn35mmFilm, 0))
    except Exception:  # noqa: BLE001 - the parser raises many kinds on hostile bytes; tags are only hints
        return 1, None
    return (orientation if 1 <= orientation <= 8 else 1), (focal if 5 < focal < 300 else None)


def _usable(icc: object) -> bytes | None:
    return icc if isinstance(icc, bytes) and 0 < len(icc) <= _MAX_ICC else None


def _to_srgb(icc: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """None for a profile that cannot be used on this mode; such a profile is ignored, as viewers do."""
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        return ImageCms.buildTransform(
            profile,
            ImageCms.createProfile("sRGB"),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):
        return None


def _is_srgb(picture: Image.Image, icc: bytes | None) -> bool:
    """Whether the profile changes nothing that matters: names lie, so the transform is tried on a colour cube."""
    transform = _to_srgb(icc, picture.mode) if icc else None
    if transform is None:
        return True
    steps = range(0, 256, 15)
    if picture.mode == "L":
        cube = bytes(steps)
        wanted = bytes(value for value in steps for _ in range(3))
    else:
        cube = wanted = bytes(v for r in steps for g in steps for b in steps for v in (r, g, b))
    channels = len(picture.mode)
    sample = Image.frombytes(picture.mode, (len(cube) // channels, 1), cube)
    turned = ImageCms.applyTransform(sample, transform)
    assert turned is not None  # noqa: S101 - not in place, so there is a result
    return max(abs(a - b) for a, b in zip(turned.tobytes(), wanted, strict=True)) <= 3


def _as_png(picture: Image.Image, icc: bytes | None, orientation: int, focal: float | None) -> SafeImage:
    flat = _eight_bit(picture)
    transform = _to_srgb(icc, flat.mode) if icc and not _plain_srgb(flat, icc) else None
    rgb = ImageCms.applyTransform(flat, transform) if transform else flat.convert("RGB")
    assert rgb is not None  # noqa: S101 - not in place, so there is a result
    upright = _upright(rgb, orientation)
    buffer = io.BytesIO()
    upright.save(buffer, "PNG", compress_level=_PNG_LEVEL)
    return _published(buffer.getvalue(), "image/png", upright.size, focal)


def _plain_srgb(picture: Image.Image, icc: bytes) -> bool:
    return picture.mode in ("L", "RGB") and _is_srgb(picture, icc)


def _eight_bit(picture: Image.Image) -> Image.Image:
    """L, RGB or CMYK. Transparency is laid on white; 16 bits keep their upper eight."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    """A copy without any metadata, turned as EXIF orientation 1–8 says (EXIF 2.32 §4.6.5)."""
    turned = picture.transpose(_TURNS[orientation]) if orientation in _TURNS else picture
    clean = Image.new("RGB", turned.size)
    clean.paste(turned)
    return clean


def _published(data: bytes, content_type: str, size: tuple[int, int], focal: float | None) -> SafeImage:
    return SafeImage(data, content_type, *size, hashlib.sha256(data).hexdigest(), focal)


@contextmanager
def _memory_cap() -> Iterator[None]:
    """A decoder that wants too much gets a MemoryError here instead of the sandbox being killed without a word."""
    statm = Path("/proc/self/statm")
    if not statm.exists():
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = int(statm.read_text().split()[0]) * resource.getpagesize() + MEMORY_BYTES
    for known in (soft, hard):
        limit = limit if known == resource.RLIM_INFINITY else min(limit, known)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
