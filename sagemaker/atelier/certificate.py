"""Proof of what did not change, and the files that are published."""

from __future__ import annotations

import hashlib
import io

import cv2
import numpy as np
from PIL import Image

from atelier.model import U8, Bool
from engine_contract import Certificate

_DIVIDER_SHARE = 0.004
_BEFORE_AFTER_LONGEST = 2400


def certify(source_rgb: U8, staged_rgb: U8, mask: Bool) -> Certificate:
    """Count, pixel by pixel, what lies outside `mask` and is byte-identical to the source.

    source_rgb, staged_rgb: (H, W, 3) uint8; mask: (H, W) True where the picture may differ.
    Raises ValueError when their shapes differ.
    """
    if source_rgb.shape != staged_rgb.shape or mask.shape != source_rgb.shape[:2]:
        raise ValueError(f"shapes differ: {source_rgb.shape}, {staged_rgb.shape}, mask {mask.shape}")
    same = (source_rgb == staged_rgb).all(-1)
    outside = ~mask
    return Certificate(
        source_sha256=pixel_hash(source_rgb),
        staged_sha256=pixel_hash(staged_rgb),
        mask_sha256=pixel_hash(mask.astype(np.uint8)),
        pixels=int(mask.size),
        pixels_outside=int(outside.sum()),
        pixels_identical=int((same & outside).sum()),
    )


def pixel_hash(pixels: U8) -> str:
    """SHA-256 over width and height (8 bytes each, big-endian) and the decoded bytes, so files may be re-encoded."""
    h, w = pixels.shape[:2]
    digest = hashlib.sha256(w.to_bytes(8, "big") + h.to_bytes(8, "big"))
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def encode_png(rgb: U8) -> bytes:
    """Lossless (H, W, 3) PNG, without metadata; the same pixels give the same bytes."""
    return _png(Image.fromarray(np.ascontiguousarray(rgb)))


def encode_mask(mask: Bool) -> bytes:
    """One-channel PNG: 255 where the picture may differ from the source, else 0."""
    return _png(Image.fromarray(mask.astype(np.uint8) * np.uint8(255)))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=1 if image.mode == "RGB" else 6)
    return out.getvalue()


def encode_jpeg(rgb: U8, quality: int = 93) -> bytes:
    """JPEG without chroma subsampling: furniture edges keep their colour."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(out, "JPEG", quality=quality, subsampling=0, optimize=True)
    return out.getvalue()


def before_after(source_rgb: U8, staged_rgb: U8) -> U8:
    """Source and staged side by side with a thin white divider, at most 2400 px wide."""
    h, w = source_rgb.shape[:2]
    scale = min(1.0, _BEFORE_AFTER_LONGEST / (2 * w))
    size = (max(round(w * scale), 1), max(round(h * scale), 1))
    before, after = (cv2.resize(a, size, interpolation=cv2.INTER_AREA) for a in (source_rgb, staged_rgb))
    divider = np.full((size[1], max(round(2 * size[0] * _DIVIDER_SHARE), 2), 3), 255, np.uint8)
    return np.concatenate([before, divider, after], axis=1).astype(np.uint8)
