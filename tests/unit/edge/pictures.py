"""Made-up photos for the tests, and the traps hidden in them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import ExifTags, Image

GPS_TEXT = "Canon-SN-4242424242"


def gradient(width: int = 400, height: int = 300) -> Image.Image:
    """A picture whose corners differ, so that a wrong turn shows: red grows right, green grows down."""
    red = np.tile(np.linspace(0, 255, width).astype(np.uint8), (height, 1))
    green = np.tile(np.linspace(0, 255, height).astype(np.uint8)[:, None], (1, width))
    return Image.fromarray(np.dstack([red, green, np.full_like(red, 90)]))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def telling_exif(orientation: int = 1, focal: int | None = 24) -> Image.Exif:
    """EXIF that names a place, a camera and its serial number."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Acme"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.BodySerialNumber] = GPS_TEXT
    if focal is not None:
        details[ExifTags.Base.FocalLengthIn35mmFilm] = focal
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (40.0, 26.0, 46.0)
    return exif


def jpeg(image: Image.Image | None = None, **options: Any) -> bytes:
    return encoded(image or gradient(), "JPEG", quality=92, **options)


def png_header_only(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def rotated_for(orientation: int, upright: Image.Image) -> Image.Image:
    """What a camera stores when it writes this orientation tag for an upright scene (EXIF 2.32 §4.6.5)."""
    inverse = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    return upright if inverse is None else upright.transpose(inverse)


def decoded(data: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))
