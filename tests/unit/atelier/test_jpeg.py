"""A JPEG that keeps its source's blocks: nothing outside its mask decodes to anything else, and the mask is tight."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import cv2
import jpeglib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from atelier.certificate import certify, encode_jpeg
from atelier.jpeg import KeptJpeg, keep_jpeg
from atelier.model import U8, Bool
from atelier.outputs import picture_files
from atelier.photo import load_photo

PHOTOS = os.environ.get("ROOMWRIGHT_PHOTOS")


def picture(height: int, width: int, seed: int = 3) -> U8:
    """Soft shapes with grain, far from what JPEG likes to keep."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (height // 16 + 2, width // 16 + 2, 3), np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.int16)
    return np.asarray(np.clip(smooth + rng.integers(-9, 10, smooth.shape), 0, 255), np.uint8)


def encoded(rgb: U8, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", **({"quality": 85} | options))
    return out.getvalue()


def decoded(data: bytes) -> U8:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def staged(source: U8, changed: Bool) -> U8:
    out = source.copy()
    height, width = changed.shape
    out[changed] = picture(height, width, seed=8)[changed]
    return out


def keep(source: bytes, changed: Bool) -> KeptJpeg | None:
    rgb = decoded(source)
    return keep_jpeg(source, rgb, staged(rgb, changed), changed)


def kept(source: bytes, changed: Bool) -> KeptJpeg:
    answer = keep(source, changed)
    assert answer is not None
    return answer


def error(a: U8, b: U8, where: Bool) -> float:
    return float(np.sqrt(((a.astype(float) - b)[where] ** 2).mean()))


def spot(height: int, width: int) -> Bool:
    """An ellipse and the last corner."""
    mask = cv2.ellipse(np.zeros((height, width), np.uint8), (width // 3, height // 2), (37, 21), 30, 0, 360, 1, -1) > 0
    mask[-1, -1] = True
    return np.asarray(mask)


def reduced(name: str, source: bytes, folder: Path) -> bytes:
    """The source with its chroma planes' sampling as `name` says: what Pillow cannot write and cameras do."""
    factors = {"4:4:0": [[2, 1], [1, 1], [1, 1]], "4:1:1": [[1, 4], [1, 1], [1, 1]]}[name]
    (folder / "in.jpg").write_bytes(source)
    jpeg = jpeglib.read_spatial(str(folder / "in.jpg"))
    jpeg.samp_factor = factors
    jpeg.write_spatial(str(folder / "out.jpg"), qt=85)
    return (folder / "out.jpg").read_bytes()


@pytest.mark.parametrize("size", [(128, 192), (131, 197), (120, 201)])
@pytest.mark.parametrize("subsampling", [0, 1, 2], ids=["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"restart_marker_blocks": 5}, {"optimize": True, "quality": 97}]
)
def test_every_pixel_outside_the_mask_is_the_sources(
    size: tuple[int, int], subsampling: int, options: dict[str, Any]
) -> None:
    source, changed = encoded(picture(*size), subsampling=subsampling, **options), spot(*size)
    jpeg = kept(source, changed)
    before, after = decoded(source), decoded(jpeg.body)
    assert (before == after)[~jpeg.mask].all()
    assert jpeg.certificate == certify(before, after, jpeg.mask)
    assert jpeg.certificate.pixels_identical == jpeg.certificate.pixels_outside
    assert (jpeg.mask & changed).sum() == changed.sum()
    wanted = staged(before, changed)
    anew = decoded(encoded(wanted, subsampling=subsampling, **options))
    assert error(after, wanted, changed) < 1.05 * error(anew, wanted, changed), "as well as libjpeg itself says it"


@pytest.mark.parametrize("name", ["4:4:0", "4:1:1"])
def test_unusual_subsampling(name: str, tmp_path: Path) -> None:
    source, changed = reduced(name, encoded(picture(130, 190), subsampling=0), tmp_path), spot(130, 190)
    with Image.open(io.BytesIO(source)) as image:
        assert image.layer[0][1:3] != image.layer[1][1:3]  # type: ignore[attr-defined]
    jpeg = kept(source, changed)
    assert (decoded(source) == decoded(jpeg.body))[~jpeg.mask].all()


def test_tables_and_subsampling_stay_and_metadata_does_not() -> None:
    exif = Image.Exif()
    exif[0x010E] = "the owner's name"
    source = encoded(picture(128, 160), quality=88, subsampling=1, exif=exif.tobytes(), comment=b"secret")
    body = kept(source, spot(128, 160)).body
    with Image.open(io.BytesIO(source)) as before, Image.open(io.BytesIO(body)) as after:
        assert after.quantization == before.quantization  # type: ignore[attr-defined]
        assert after.layer == before.layer  # type: ignore[attr-defined]
        assert not after.getexif()
    assert b"owner" in source
    assert b"secret" in source
    assert b"owner" not in body
    assert b"secret" not in body


def test_untouched_blocks_keep_their_coefficients(tmp_path: Path) -> None:
    source, changed = encoded(picture(160, 160), subsampling=2), np.zeros((160, 160), bool)
    changed[40:70, 50:90] = True
    (tmp_path / "a.jpg").write_bytes(source)
    (tmp_path / "b.jpg").write_bytes(kept(source, changed).body)
    before, after = (jpeglib.read_dct(str(tmp_path / name)) for name in ("a.jpg", "b.jpg"))
    same = (before.Y == after.Y).all((2, 3))
    rows, columns = slice(40 // 8, -(-70 // 8)), slice(50 // 8, -(-90 // 8))
    assert not same[rows, columns].any()
    same[rows, columns] = True
    assert same.all()
    chroma = (before.Cb == after.Cb).all((2, 3))
    chroma[40 // 16 : -(-70 // 16), 50 // 16 : -(-90 // 16)] = True
    assert chroma.all()


def test_the_mask_grows_by_less_than_a_block_and_a_pixel() -> None:
    changed = np.zeros((200, 200), bool)
    changed[100, 100] = True
    for subsampling, side in ((0, 8), (2, 18)):
        mask = kept(encoded(picture(200, 200), subsampling=subsampling), changed).mask
        assert mask.sum() == side * side


def test_nothing_changed_gives_the_sources_pixels_everywhere() -> None:
    source = encoded(picture(96, 128))
    jpeg = kept(source, np.zeros((96, 128), bool))
    assert not jpeg.mask.any()
    assert (decoded(jpeg.body) == decoded(source)).all()


@settings(max_examples=25, deadline=None)
@given(
    height=st.integers(17, 90),
    width=st.integers(17, 90),
    subsampling=st.integers(0, 2),
    share=st.floats(0, 0.3),
    cell=st.integers(1, 20),
    seed=st.integers(0, 1000),
)
def test_any_mask(height: int, width: int, subsampling: int, share: float, cell: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    small = (rng.random((height // cell + 1, width // cell + 1)) < share).astype(np.uint8)
    changed = small.repeat(cell, 0).repeat(cell, 1)[:height, :width] > 0
    source = encoded(picture(height, width, seed), subsampling=subsampling)
    jpeg = kept(source, changed)
    before, after = decoded(source), decoded(jpeg.body)
    assert (before == after)[~jpeg.mask].all()
    assert jpeg.mask[changed].all()


def test_the_same_bytes_again() -> None:
    source, changed = encoded(picture(131, 197), subsampling=2), spot(131, 197)
    assert kept(source, changed).body == kept(source, changed).body


def rgb_jpeg(rgb: U8) -> bytes:
    return encoded(rgb, keep_rgb=True)


def grey_jpeg(rgb: U8) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgb).convert("L").save(out, "JPEG")
    return out.getvalue()


def cmyk_jpeg(rgb: U8) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgb).convert("CMYK").save(out, "JPEG")
    return out.getvalue()


def turned_jpeg(rgb: U8) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 3
    return encoded(rgb, exif=exif.tobytes())


def crowded_jpeg(rgb: U8) -> bytes:
    plain = encoded(rgb)
    return plain[:2] + b"\xff\xe0\x00\x04ab" * 60 + plain[2:]


def coarse_jpeg(rgb: U8) -> bytes:
    return encoded(rgb, quality=70)


@pytest.mark.parametrize("make", [rgb_jpeg, grey_jpeg, cmyk_jpeg, turned_jpeg, crowded_jpeg, coarse_jpeg])
def test_other_jpegs_are_encoded_as_ever(make: Any) -> None:
    changed = spot(208, 224)
    photo = load_photo(make(picture(208, 224)))
    picture_of_it = staged(photo.rgb, changed)
    made = picture_files(photo, picture_of_it, changed)
    assert made.jpeg_certificate is None
    assert made.files["staged_jpg"].body == encode_jpeg(picture_of_it)
    assert "jpeg_mask_png" not in made.files


def test_a_png_is_encoded_as_ever() -> None:
    out = io.BytesIO()
    Image.fromarray(picture(208, 224)).save(out, "PNG")
    photo = load_photo(out.getvalue())
    made = picture_files(photo, photo.rgb, spot(208, 224))
    assert made.jpeg_certificate is None
    assert made.files["staged_jpg"].body == encode_jpeg(photo.rgb)


def test_a_jpeg_that_does_not_decode_to_the_source_is_not_kept() -> None:
    source, changed = encoded(picture(128, 128)), spot(128, 128)
    other = decoded(source).copy()
    other[100, 100] ^= 1
    assert not changed[100, 100]
    assert keep_jpeg(source, other, other, changed) is None


@pytest.mark.parametrize("end", [700, 2000])
def test_a_broken_jpeg_is_not_kept(end: int) -> None:
    source, changed = encoded(picture(128, 128)), spot(128, 128)
    rgb = decoded(source)
    assert keep_jpeg(source[:end] + b"\xff\xd9", rgb, staged(rgb, changed), changed) is None


def test_the_published_files_prove_it() -> None:
    changed = spot(208, 224)
    photo = load_photo(encoded(picture(208, 224), subsampling=2))
    made = picture_files(photo, staged(photo.rgb, changed), changed)
    jpeg, mask = decoded(made.files["staged_jpg"].body), decoded(made.files["jpeg_mask_png"].body)[..., 0] > 0
    assert made.jpeg_certificate == certify(photo.rgb, jpeg, mask)
    assert made.files["staged_jpg"].width == 224


def test_the_example_keeps_its_blocks() -> None:
    source = (Path(__file__).parents[3] / "examples" / "empty-living-room.jpg").read_bytes()
    changed = spot(*decoded(source).shape[:2])
    proof = kept(source, changed).certificate
    assert proof.pixels_identical == proof.pixels_outside > 0.99 * proof.pixels


@pytest.mark.photos
@pytest.mark.skipif(PHOTOS is None, reason="ROOMWRIGHT_PHOTOS names no folder of photos")
def test_real_photos() -> None:
    outcomes = []
    for path in sorted(Path(PHOTOS or "").rglob("*.jpg")):
        photo = load_photo(path.read_bytes())
        height, width = photo.rgb.shape[:2]
        changed = spot(height, width)
        made = picture_files(photo, staged(photo.rgb, changed), changed)
        outcomes.append(made.jpeg_certificate is not None)
        if made.jpeg_certificate:
            mask = decoded(made.files["jpeg_mask_png"].body)[..., 0] > 0
            assert (decoded(made.files["staged_jpg"].body) == photo.rgb)[~mask].all()
    assert np.mean(outcomes) > 0.5
