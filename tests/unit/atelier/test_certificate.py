"""The certificate counts honestly; files are what they say."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from atelier.certificate import before_after, certify, encode_jpeg, encode_mask, encode_png, pixel_hash

RNG = np.random.default_rng(4)
SOURCE = RNG.integers(0, 256, (40, 60, 3), np.uint8)
MASK = np.zeros((40, 60), bool)
MASK[10:20, 10:30] = True


def test_identical_outside_the_mask() -> None:
    staged = SOURCE.copy()
    staged[MASK] ^= 255
    c = certify(SOURCE, staged, MASK)
    assert c.pixels == 2400
    assert c.pixels_outside == c.pixels_identical == 2400 - 200
    assert c.source_sha256 != c.staged_sha256


def test_one_leaked_pixel_is_counted() -> None:
    staged = SOURCE.copy()
    staged[0, 0, 2] ^= 1
    c = certify(SOURCE, staged, MASK)
    assert c.pixels_identical == c.pixels_outside - 1


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match="shapes differ"):
        certify(SOURCE, SOURCE[:-1], MASK)


def test_hash_is_of_decoded_pixels_and_knows_the_shape() -> None:
    decoded = np.asarray(Image.open(io.BytesIO(encode_png(SOURCE))))
    assert pixel_hash(decoded) == pixel_hash(SOURCE)
    assert pixel_hash(SOURCE.reshape(60, 40, 3)) != pixel_hash(SOURCE)


def test_files() -> None:
    assert encode_png(SOURCE) == encode_png(SOURCE.copy())
    mask = Image.open(io.BytesIO(encode_mask(MASK)))
    assert mask.mode == "L"
    assert ((np.asarray(mask) > 0) == MASK).all()
    jpeg = Image.open(io.BytesIO(encode_jpeg(SOURCE)))
    assert jpeg.layer[1][1:3] == jpeg.layer[0][1:3], "4:4:4"  # type: ignore[attr-defined]
    pair = before_after(SOURCE, SOURCE)
    assert pair.shape[0] == 40
    assert pair.shape[1] > 120
