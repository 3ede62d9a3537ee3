"""Decoding is defensive."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from atelier.photo import ANALYSIS_SIDE, SourceUnreadableError, load_photo


def encoded(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def test_full_resolution_is_kept_and_analysis_is_reduced() -> None:
    rgb = np.random.default_rng(0).integers(0, 255, (900, 1500, 3)).astype(np.uint8)
    photo = load_photo(encoded(Image.fromarray(rgb), "PNG"), 24.0)
    assert np.array_equal(photo.rgb, rgb)
    assert photo.small.shape == (600, ANALYSIS_SIDE, 3)
    assert photo.scale == pytest.approx(ANALYSIS_SIDE / 1500)
    assert photo.focal_length_35mm == 24.0


def test_small_photos_are_not_enlarged() -> None:
    photo = load_photo(encoded(Image.new("RGB", (500, 300)), "JPEG"))
    assert photo.scale == 1.0
    assert photo.small.shape == (300, 500, 3)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "BMP"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(SourceUnreadableError):
        load_photo(encoded(Image.new("RGB", (400, 400)), kind))


def test_truncated_and_garbage_are_refused() -> None:
    data = encoded(Image.effect_noise((600, 400), 50).convert("RGB"), "JPEG")
    for broken in (data[: len(data) // 2], b"", b"\x89PNG\r\n\x1a\n junk"):
        with pytest.raises(SourceUnreadableError):
            load_photo(broken)


def test_size_is_checked_before_decoding() -> None:
    with pytest.raises(SourceUnreadableError, match="too small"):
        load_photo(encoded(Image.new("RGB", (90, 400)), "PNG"))
    with pytest.raises(SourceUnreadableError, match="megapixels"):
        load_photo(encoded(Image.new("1", (9000, 9000)), "PNG"))


def test_transparency_is_laid_on_white() -> None:
    photo = load_photo(encoded(Image.new("RGBA", (300, 300), (10, 20, 30, 0)), "PNG"))
    assert (photo.rgb == 255).all()
