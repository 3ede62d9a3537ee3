"""JPEG as a sequence of marker segments: drop every metadata segment, keep the compressed picture as it is.

Marker names and syntax: ITU-T T.81 (1992), annex B.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from roomwright.domain.errors import ImageRejectedError

_EOI, _SOS, _DQT, _DHT, _DRI = 0xD9, 0xDA, 0xDB, 0xC4, 0xDD
_APP0, _APP1, _APP2, _APP14 = 0xE0, 0xE1, 0xE2, 0xEE
_EXIF, _ICC = b"Exif\x00\x00", b"ICC_PROFILE\x00"
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""baseline, extended and progressive Huffman: what every decoder reads"""
_OTHER_FRAMES = frozenset(range(0xC0, 0xD0)) - _FRAMES - {_DHT, 0xC8, 0xCC}
_TABLES = frozenset({_DQT, _DHT, _DRI})
_FILL = re.compile(rb"\xff+")
_MARKER_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""one 0xFF only: with a repetition, a run of them that no marker follows would take time in the square of its length"""
MAX_SCANS = 64
"""an ordinary progressive file has about ten; thousands are an attack on the decoder's time"""
MAX_SEGMENTS = 5_000
"""an ordinary file has some dozens, one with long metadata some hundreds; 30 MB hold seven million empty ones"""


@dataclass(frozen=True)
class StrippedJpeg:
    """`data` has nothing before SOI, after EOI, or beside what a decoder needs.

    `exif` (TIFF bytes) and `icc` are what was cut out, empty where there was none.
    """

    data: bytes
    width: int
    height: int
    exif: bytes
    icc: bytes


def strip(data: bytes) -> StrippedJpeg:
    """Keep tables, frame and scans; re-write APP0 without thumbnail, keep Adobe's colour flag; drop the rest.

    Raises ImageRejectedError for anything that is not one complete Huffman-coded JPEG.
    """
    out = bytearray(b"\xff\xd8")
    size: tuple[int, int] | None = None
    exif, icc = b"", dict[int, bytes]()
    scans, position = 0, 2
    for _ in range(MAX_SEGMENTS):
        marker, position = _next_marker(data, position)
        if marker == _EOI:
            break
        body, end = _segment(data, position)
        if marker in _OTHER_FRAMES:
            raise ImageRejectedError(
                "This kind of JPEG (lossless or arithmetic) is not taken; save it as an ordinary JPEG."
            )
        if marker in _FRAMES:
            if size is not None:
                raise _broken()
            size = _size(body)
        if marker == _APP1 and body.startswith(_EXIF):
            exif = exif or body[len(_EXIF) :]
        if marker == _APP2 and body.startswith(_ICC) and len(body) > len(_ICC) + 2:
            icc.setdefault(body[len(_ICC)], body[len(_ICC) + 2 :])
        kept = _kept(marker, body)
        if kept is not None:
            out += bytes((0xFF, marker)) + (len(kept) + 2).to_bytes(2) + kept
        position = end
        if marker == _SOS:
            scans += 1
            if size is None or scans > MAX_SCANS:
                raise _broken()
            scan_end = _scan_end(data, position)
            out += data[position:scan_end]
            position = scan_end
    else:
        raise _broken()
    if size is None or not scans:
        raise _broken()
    return StrippedJpeg(bytes(out + b"\xff\xd9"), *size, exif, b"".join(icc[number] for number in sorted(icc)))


def _broken() -> ImageRejectedError:
    return ImageRejectedError("The JPEG is damaged or incomplete; upload the original file again.")


def _next_marker(data: bytes, position: int) -> tuple[int, int]:
    """→ (marker, position after it). Any number of fill bytes 0xFF may stand before a marker (B.1.1.2)."""
    fill = _FILL.match(data, position)
    if fill is None or fill.end() >= len(data):
        raise _broken()
    return data[fill.end()], fill.end() + 1


def _segment(data: bytes, position: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[position : position + 2])
    end = position + length
    if length < 2 or end > len(data):
        raise _broken()
    return data[position + 2 : end], end


def _size(body: bytes) -> tuple[int, int]:
    """→ (width, height) of a frame header (B.2.2)."""
    if len(body) < 6:
        raise _broken()
    height, width, components = int.from_bytes(body[1:3]), int.from_bytes(body[3:5]), body[5]
    if body[0] != 8 or components not in (1, 3, 4) or not height or not width:
        raise ImageRejectedError("Only 8-bit grey, RGB and CMYK JPEGs with a stated size are taken.")
    return width, height


def _kept(marker: int, body: bytes) -> bytes | None:
    """What of a segment stays, None for nothing."""
    if marker in _FRAMES or marker in _TABLES or marker == _SOS:
        return body
    if marker == _APP0 and body.startswith(b"JFIF\x00") and len(body) >= 14:
        return body[:12] + b"\x00\x00"
    if marker == _APP14 and body.startswith(b"Adobe") and len(body) >= 12:
        return body[:7] + b"\x00\x00\x00\x00" + body[11:12]
    return None


def _scan_end(data: bytes, position: int) -> int:
    """Where the entropy-coded data ends: the next marker that is neither stuffing nor a restart."""
    found = _MARKER_AFTER_SCAN.search(data, position)
    if found is None:
        raise _broken()
    return found.start()
