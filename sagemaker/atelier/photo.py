"""Decode the canonical source image into the form the engine's stages take."""

from __future__ import annotations

import io
import warnings
from dataclasses import replace

import cv2
import numpy as np
from PIL import Image, ImageOps

from atelier.model import U8, Photo

ANALYSIS_SIDE = 1000
MAX_PIXELS = 50_000_000
MIN_SIDE = 200
_FORMATS = ("JPEG", "PNG")


class SourceUnreadableError(Exception):
    """The bytes are not an image the engine accepts. The message says what to send instead."""


def load_photo(data: bytes, focal_length_35mm: float | None = None) -> Photo:
    """PNG or JPEG bytes → Photo. `focal_length_35mm` is the caller's or the original's EXIF value, in mm.

    The application has already sanitised the image; this still checks format and size before decoding.
    Raises SourceUnreadableError.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                _check_size(*image.size)
                kind = image.format
                upright = ImageOps.exif_transpose(image)
                if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
                    upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
                rgb = np.asarray(upright.convert("RGB"))
    except SourceUnreadableError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise SourceUnreadableError("The source is not a readable JPEG or PNG. Send the photo again.") from error
    photo = photo_from_rgb(rgb, focal_length_35mm)
    return replace(photo, jpeg=data) if kind == "JPEG" else photo


def photo_from_rgb(rgb: U8, focal_length_35mm: float | None = None) -> Photo:
    """(H, W, 3) sRGB → Photo with its analysis copy."""
    height, width = rgb.shape[:2]
    scale = min(1.0, ANALYSIS_SIDE / max(height, width))
    small = rgb
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Photo(np.ascontiguousarray(rgb), np.ascontiguousarray(small), scale, focal_length_35mm)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise SourceUnreadableError(
            f"{width}×{height} is more than {MAX_PIXELS // 10**6} megapixels. Send a smaller one."
        )
    if min(width, height) < MIN_SIDE:
        raise SourceUnreadableError(f"{width}×{height} is too small to understand. Send at least {MIN_SIDE} px a side.")
