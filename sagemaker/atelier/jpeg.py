"""A staged JPEG out of the source's own JPEG: blocks that the change does not touch keep their DCT coefficients.

Encoding a decoded JPEG anew loses a little everywhere. Here only the blocks under the mask are transformed and
quantised, with the source's own tables and subsampling; all others are carried over as numbers. JPEG's blocks, its
transform and its sampling factors: ITU-T T.81 (1992), A.1 and A.3.
"""

from __future__ import annotations

import io
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import cv2
import jpeglib
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dctn

from atelier.certificate import certify
from atelier.model import F32, U8, Bool
from engine_contract import Certificate

jpeglib.version.set("turbo210")  # libjpeg-turbo 2.1: quicker and younger than its default, libjpeg 6b
_BLOCK = 8
_TO_YCC = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
"""JFIF 1.02: RGB to Y, Cb and Cr, the latter two around zero"""
_COARSEST = (30.0, 50.0, 50.0)
"""mean step of the Y, Cb and Cr tables: just above libjpeg's quality 75. Coarser ones would show on the furniture."""
_T = TypeVar("_T", bound=np.generic)
_APP_OR_COM = re.compile(rb"\xff[\xe0-\xef\xfe]")
_MAX_SEGMENTS = 24
"""jpeglib keeps application segments in a fixed table of 50; a sanitised source has two"""


@dataclass(frozen=True)
class KeptJpeg:
    """A JPEG whose decoded pixels are the source's wherever `mask` (H, W) is False, counted in `certificate`."""

    body: bytes
    mask: Bool
    certificate: Certificate


def keep_jpeg(source: bytes, source_rgb: U8, staged_rgb: U8, changed: Bool) -> KeptJpeg | None:
    """The staged picture in the source's own JPEG, or None where that cannot be done without loss.

    source: encoded JPEG, whose decoded pixels are source_rgb (H, W, 3); staged_rgb: (H, W, 3), which differs from
    them only where `changed` (H, W). None for grey, RGB and CMYK JPEGs (they cannot hold the furniture's colours as
    they are), coarse quantisation, or whatever else does not decode to the source outside the mask: decoded and
    counted, not assumed.
    """
    if not _is_colour(source) or len(_APP_OR_COM.findall(source)) > _MAX_SEGMENTS:
        return None
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder, "source.jpg"), Path(folder, "staged.jpg")
        before.write_bytes(source)
        try:
            mask = _replace(before, after, staged_rgb, changed)
        except (OSError, ValueError):  # what jpeglib says of a file that it cannot read or write
            return None
        if mask is None:
            return None
        body = after.read_bytes()
    with Image.open(io.BytesIO(body)) as image:
        certificate = certify(source_rgb, np.asarray(image), mask)
    return KeptJpeg(body, mask, certificate) if certificate.pixels_identical == certificate.pixels_outside else None


def _is_colour(source: bytes) -> bool:
    with Image.open(io.BytesIO(source)) as image:
        return image.format == "JPEG" and image.mode == "RGB"


def _replace(before: Path, after: Path, staged_rgb: U8, changed: Bool) -> Bool | None:
    """Writes `after`: `before` with every block that `changed` touches made anew. → the pixels this may alter."""
    jpeg = jpeglib.read_dct(str(before))
    shape = changed.shape
    tables = [np.asarray(jpeg.get_component_qt(i)) for i in range(3)]
    if (jpeg.height, jpeg.width) != shape or jpeg.jpeg_color_space is not jpeglib.JCS_YCbCr:  # its == is always true
        return None
    if any(t.min() < 1 or t.mean() > coarsest for t, coarsest in zip(tables, _COARSEST, strict=True)):
        return None
    factors = np.asarray(jpeg.samp_factor)  # (3, 2): vertical, horizontal
    if (factors.max(0) % factors).any():
        return None
    inside = _padded(changed, factors)
    pixels = _padded(staged_rgb, factors)
    altered = np.zeros(shape, bool)
    for i, coefficients in enumerate((jpeg.Y, jpeg.Cb, jpeg.Cr)):
        step = factors.max(0) // factors[i]
        rows, columns = coefficients.shape[:2]
        touched = np.asarray(_blocks(inside, step)[:rows, :columns].max(2).max(2), bool)
        samples = _samples(_blocks(pixels, step)[:rows, :columns][touched], step, _TO_YCC[i])
        coefficients[touched] = np.rint(dctn(samples, axes=(1, 2), norm="ortho") / tables[i])
        altered |= _reach(touched, step, shape)
    jpeg.markers = []  # the source's application segments and comments stay behind
    jpeg.qt = 0  # a number stands for the source's own tables; given as an array they lose their components' ids
    jpeg.write_dct(str(after), flags=["+OPTIMIZE_CODING"])
    return altered


def _padded(pixels: NDArray[_T], factors: NDArray[np.int32]) -> NDArray[_T]:
    """Its last row and column repeated until whole MCUs are full: a step there would ring inside the picture."""
    whole = _BLOCK * factors.max(0)
    rest = [(0, int(-n % w)) for n, w in zip(pixels.shape[:2], whole, strict=True)]
    return np.pad(pixels, rest + [(0, 0)] * (pixels.ndim - 2), mode="edge")


def _blocks(pixels: NDArray[_T], step: NDArray[np.int32]) -> NDArray[_T]:
    """(rows, columns, 8·step, 8·step, …): the pixels behind each block of a component. A view."""
    high, wide = (_BLOCK * step).tolist()
    rows, columns = pixels.shape[0] // high, pixels.shape[1] // wide
    return pixels.reshape(rows, high, columns, wide, *pixels.shape[2:]).swapaxes(1, 2)


def _samples(pixels: U8, step: NDArray[np.int32], weights: tuple[float, float, float]) -> F32:
    """(n, 8·step, 8·step, 3) RGB → (n, 8, 8) level-shifted samples, subsampled by averaging as libjpeg does."""
    down, across = step.tolist()
    plane = sum(np.float32(w) * pixels[..., c] for c, w in enumerate(weights))
    averaged = np.asarray(plane, np.float32).reshape(-1, _BLOCK, down, _BLOCK, across).mean((2, 4))
    return np.asarray(averaged - np.float32(128 * sum(weights)), np.float32)


def _reach(touched: Bool, step: NDArray[np.int32], shape: tuple[int, ...]) -> Bool:
    """Pixels that blocks decode into. Where a component is subsampled, libjpeg-turbo interpolates one pixel further;
    a decoder with a longer filter, by which nothing is counted here, would blend chroma a little beyond.
    """
    pixels = touched.repeat(_BLOCK * step[0], 0).repeat(_BLOCK * step[1], 1)[: shape[0], : shape[1]]
    down, across = (3 if s > 1 else 1 for s in step.tolist())
    return np.asarray(cv2.dilate(pixels.astype(np.uint8), np.ones((down, across), np.uint8)) > 0)
