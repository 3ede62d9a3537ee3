"""The benchmark's numbers and plots as files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from atelier.bench.report import BINS, is_room, report
from atelier.bench.run import Row
from atelier.bench.tables import tables
from atelier.model import F64, U8

_SIDE, _EDGE = 420, 60
_INK, _FAINT, _LINE = (40, 40, 40), (225, 225, 225), (32, 98, 168)
_FONT = cv2.FONT_HERSHEY_SIMPLEX

Spot = Callable[[float, float], tuple[int, int]]


def write_report(rows: Sequence[Row], folder: Path) -> None:
    """numbers.json, tables.md, calibration.png and errors.png; nothing for no rows."""
    if not rows:
        return
    numbers = report(rows)
    (folder / "numbers.json").write_text(json.dumps(numbers, indent=1) + "\n", "utf-8")
    (folder / "tables.md").write_text(tables(numbers), "utf-8")
    _save(_calibration(numbers["calibration"]), folder / "calibration.png")
    known = [row["errors"] for row in rows if is_room(row) and "errors" in row]
    if known:
        _save(_errors(known), folder / "errors.png")


def _calibration(curve: Sequence[dict[str, float]]) -> U8:
    """Predicted against true share of good rooms with 95 % intervals; the number of rooms beside each point."""
    canvas, spot = _axes("predicted", "truly good", list(BINS), "sureness of the gate", 1.0)
    cv2.line(canvas, spot(0, 0), spot(1, 1), (170, 170, 170), 1, cv2.LINE_AA)
    points = [spot(p["predicted"], p["good"]) for p in curve]
    for point, p in zip(points, curve, strict=True):
        cv2.line(canvas, spot(p["predicted"], p["least"]), spot(p["predicted"], p["most"]), _LINE, 1, cv2.LINE_AA)
        cv2.circle(canvas, point, 5, _LINE, -1, cv2.LINE_AA)
        _text(canvas, f"n={int(p['rooms'])}", (point[0] + 8, point[1] + 14), _LINE)
    cv2.polylines(canvas, [np.array(points, np.int32)], False, _LINE, 2, cv2.LINE_AA)
    return canvas


def _errors(known: Sequence[dict[str, float]]) -> U8:
    """Share of stageable rooms with at most this error, one panel per quantity."""
    panels = [
        ("focal length, relative error", 0.4, [abs(e["focal"]) for e in known]),
        ("camera height, relative error", 0.4, [abs(e["height"]) for e in known]),
        ("rotation, degrees", 4.0, [e["rotation_deg"] for e in known]),
        ("floor, 1 - IoU", 0.4, [1 - e["floor_iou"] for e in known]),
    ]
    drawn = [_cumulative(np.sort(np.array(values)), most, title) for title, most, values in panels]
    return np.asarray(np.vstack([np.hstack(drawn[:2]), np.hstack(drawn[2:])]), np.uint8)


def _cumulative(values: F64, most: float, title: str) -> U8:
    canvas, spot = _axes("error", "share of rooms", [most * k / 4 for k in range(5)], title, most)
    share = (np.arange(len(values)) + 1) / len(values)
    inside = values <= most
    points = [spot(0.0, 0.0), *(spot(v, s) for v, s in zip(values[inside], share[inside], strict=True))]
    cv2.polylines(canvas, [np.array(points, np.int32)], False, _LINE, 2, cv2.LINE_AA)
    return canvas


def _axes(x: str, y: str, ticks: Sequence[float], title: str, most: float) -> tuple[U8, Spot]:
    canvas = np.full((_SIDE + 2 * _EDGE, _SIDE + 2 * _EDGE, 3), 255, np.uint8)

    def spot(a: float, b: float) -> tuple[int, int]:
        return round(_EDGE + a / most * _SIDE), round(_EDGE + (1 - b) * _SIDE)

    for tick in ticks:
        cv2.line(canvas, spot(tick, 0), spot(tick, 1), _FAINT, 1)
        _text(canvas, f"{tick:g}", (spot(tick, 0)[0] - 10, _EDGE + _SIDE + 18), _INK)
    for level in BINS:
        cv2.line(canvas, spot(0, level), spot(most, level), _FAINT, 1)
        _text(canvas, f"{level:g}", (_EDGE - 34, spot(0, level)[1] + 4), _INK)
    cv2.rectangle(canvas, spot(0, 1), spot(most, 0), _INK, 1)
    _text(canvas, title, (_EDGE, _EDGE - 16), _INK)
    _text(canvas, x, (_EDGE + _SIDE // 2 - 30, _EDGE + _SIDE + 42), _INK)
    _text(canvas, y, (4, _EDGE - 36), _INK)
    return canvas, spot


def _text(canvas: U8, words: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    cv2.putText(canvas, words, at, _FONT, 0.45, colour, 1, cv2.LINE_AA)


def _save(canvas: U8, path: Path) -> None:
    done, body = cv2.imencode(".png", np.ascontiguousarray(canvas[..., ::-1]), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    if not done:
        raise OSError(f"could not encode {path.name}")
    path.write_bytes(body.tobytes())
