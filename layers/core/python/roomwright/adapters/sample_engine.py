"""The engine of test keys: the customer's own photo with a banner that says SAMPLE, through the whole line.

It answers as the inference endpoint does: the same files, a result whose certificate is counted and not claimed, and
the notification that the endpoint's topic would send. Nothing is furnished and nothing is charged. A sample is at most
`LONGEST` pixels wide or high, which bounds its memory; the certificate speaks of the photo at that size.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from PIL import Image, ImageChops, ImageDraw, ImageFont

from engine_contract import (
    Artifact,
    Candidate,
    Certificate,
    Check,
    EngineFailure,
    EngineRequest,
    EngineResult,
    FailureCode,
)
from roomwright.domain import keys
from roomwright.ports import BlobStore

LONGEST = 2048
MAX_SOURCE_BYTES = 160_000_000
"""of a sanitised source: as much as the most pixels taken could need, uncompressed"""
ENGINE = "sample/1"
_TEXT, _NOTE = "SAMPLE", "made with a test key, nothing was staged"
_COLOURS = ((18, 42, 92), (16, 70, 52), (92, 22, 44), (34, 34, 38))
_BAND, _STRENGTH = 0.22, 0.75
"""height of the banner as a share of the picture's, and how much of the photo it hides"""
_BEFORE_AFTER = 2400
"""pixels wide, as the engine's"""


class Notices(Protocol):
    """The queue that the endpoint's notifications arrive in."""

    def send(self, message: Mapping[str, object]) -> None: ...


@dataclass(frozen=True)
class SampleEngine:
    """Implements the Engine port. The same request writes the same bytes."""

    blobs: BlobStore
    notices: Notices

    def start(self, request: EngineRequest, inference_id: str) -> None:
        result = self._run(request)
        key = f"{keys.RESULTS}{inference_id}.json"
        self.blobs.put(key, result.model_dump_json(by_alias=True).encode(), "application/json")
        self.notices.send(
            {
                "invocationStatus": "Completed",
                "inferenceId": inference_id,
                "responseParameters": {
                    "contentType": "application/json",
                    "outputLocation": f"s3://{self.blobs.bucket}/{key}",
                },
            }
        )

    def _run(self, request: EngineRequest) -> EngineResult:
        about = {"job_id": request.job_id, "operation": request.operation, "engine": ENGINE, "seed": request.seed}
        data = self.blobs.get(request.source.key, MAX_SOURCE_BYTES)
        if data is None:
            message = "The source is no longer there."
            gone = EngineFailure(code=FailureCode.SOURCE_UNREADABLE, message=message, hint="Send the photo again.")
            return EngineResult(**about, failure=gone)
        photo, prefix = _photo(data), request.output_prefix.key
        candidates = [
            self._candidate(photo, request.seed + number, f"{prefix}alternate-{number}/" if number else prefix)
            for number in range(1 + request.alternates)
        ]
        source = self._put(f"{prefix}source.png", photo, "PNG")
        return EngineResult(**about, candidates=candidates, source=source, numbers={"sample": True})

    def _candidate(self, photo: Image.Image, seed: int, prefix: str) -> Candidate:
        staged, mask = _marked(photo, seed)
        return Candidate(
            approved=True,
            score=1.0,
            artifacts={
                "staged_png": self._put(f"{prefix}staged.png", staged, "PNG"),
                "staged_jpg": self._put(f"{prefix}staged.jpg", staged, "JPEG"),
                "before_after_jpg": self._put(f"{prefix}before_after.jpg", _before_after(photo, staged), "JPEG"),
                "changed_mask_png": self._put(f"{prefix}changed_mask.png", mask, "PNG"),
            },
            checks=[Check(name="sample", value=1.0, threshold=1.0, passed=True, note="a sample: nothing was staged")],
            certificate=certify(photo, staged, mask),
            pieces=[],
        )

    def _put(self, key: str, picture: Image.Image, kind: str) -> Artifact:
        buffer = io.BytesIO()
        if kind == "PNG":
            picture.save(buffer, kind, compress_level=1)
        else:
            picture.save(buffer, kind, quality=90, subsampling=0)
        body, content_type = buffer.getvalue(), f"image/{kind.lower()}"
        self.blobs.put(key, body, content_type)
        width, height = picture.size
        digest = hashlib.sha256(body).hexdigest()
        return Artifact(key=key, content_type=content_type, sha256=digest, width=width, height=height)


def certify(photo: Image.Image, staged: Image.Image, mask: Image.Image) -> Certificate:
    """Counted pixel by pixel, as the engine's own: hashes are over width, height (8 bytes each, big-endian) and bytes.

    photo, staged: RGB; mask: L, 255 where they may differ.
    """
    red, green, blue = ImageChops.difference(photo, staged).split()
    changed = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    outside = mask.histogram()[0]
    return Certificate(
        source_sha256=_pixel_hash(photo),
        staged_sha256=_pixel_hash(staged),
        mask_sha256=_pixel_hash(mask.point(lambda value: value // 255)),
        pixels=photo.width * photo.height,
        pixels_outside=outside,
        pixels_identical=ImageChops.lighter(changed, mask).histogram()[0],
    )


def _pixel_hash(picture: Image.Image) -> str:
    digest = hashlib.sha256(picture.width.to_bytes(8) + picture.height.to_bytes(8))
    digest.update(picture.tobytes())
    return digest.hexdigest()


def _photo(data: bytes) -> Image.Image:
    """RGB, at most LONGEST a side. A sanitised source is upright, a JPEG or a PNG."""
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
        picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return picture.convert("RGB")


def _marked(photo: Image.Image, seed: int) -> tuple[Image.Image, Image.Image]:
    """→ (the photo with its banner, mask of where the banner lies). Another seed, another place and colour."""
    width, height = photo.size
    band = max(24, round(height * _BAND))
    top = round((height - band) * (0.2 + 0.6 * (seed * 7 % 11) / 10))
    area = (0, top, width, top + band)
    tint = Image.new("RGB", (width, band), _COLOURS[seed % len(_COLOURS)])
    staged = photo.copy()
    staged.paste(Image.blend(photo.crop(area), tint, _STRENGTH), area)
    draw = ImageDraw.Draw(staged)
    _write(draw, _TEXT, (width / 2, top + band * 0.42), (width * 0.8, band * 0.5))
    _write(draw, _NOTE, (width / 2, top + band * 0.84), (width * 0.9, band * 0.15))
    mask = Image.new("L", photo.size, 0)
    mask.paste(255, area)
    return staged, mask


def _write(draw: ImageDraw.ImageDraw, text: str, centre: tuple[float, float], room: tuple[float, float]) -> None:
    """White, as large as the room (width, height) allows."""
    left, top, right, bottom = _font(100).getbbox(text)
    size = 100 * min(room[0] / (right - left), room[1] / (bottom - top))
    draw.text(centre, text, font=_font(max(size, 8)), fill="white", anchor="mm")


def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # noqa: S101 - with a size, Pillow's own outline font
    return font


def _before_after(photo: Image.Image, staged: Image.Image) -> Image.Image:
    """Side by side with a white divider."""
    scale = min(1.0, _BEFORE_AFTER / (2 * photo.width))
    size = (max(round(photo.width * scale), 1), max(round(photo.height * scale), 1))
    gap = max(round(2 * size[0] * 0.004), 2)
    pair = Image.new("RGB", (2 * size[0] + gap, size[1]), "white")
    pair.paste(photo.resize(size, Image.Resampling.LANCZOS), (0, 0))
    pair.paste(staged.resize(size, Image.Resampling.LANCZOS), (size[0] + gap, 0))
    return pair
