"""What the rows of a benchmark add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from atelier.bench.against import GOOD_FOCAL, GOOD_HEIGHT, GOOD_IOU, is_good
from atelier.bench.run import Row
from atelier.model import RoomRefusedError
from atelier.perceive.confidence import decide
from atelier.perceive.sureness import sureness

BINS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
STAGEABLE_SHARE, STAGEABLE_M2 = 0.08, 4.5
"""of the frame, and square metres: with less true floor in sight there is nothing to stage on."""

_ERRORS = ("focal", "rotation_deg", "height", "floor_iou", "ground_iou")
_RULES = ("outside", "door", "window", "overlap")


def report(rows: Sequence[Row]) -> dict[str, Any]:
    """Errors, violations, the gate's decisions and its calibration curve, over rows in any order."""
    rows = sorted(rows, key=lambda row: int(row["seed"]))
    judged = [(row, verdict(row)) for row in rows]
    rooms = [row for row in rows if is_room(row)]
    staged = [row for row, (kind, _) in judged if kind in {"stage", "conservative"}]
    return {
        "rooms": len(rows),
        "seeds": [rows[0]["seed"], rows[-1]["seed"]],
        "stageable": len(rooms),
        "good_means": {"floor_iou": GOOD_IOU, "focal": GOOD_FOCAL, "height": GOOD_HEIGHT},
        "errors": {"stageable": _errors(rooms), "accepted": _errors(staged)},
        "gate": _gate(judged),
        "calibration": curve(rows),
        "scale_interval_covers": _covered(rooms),
        "layout": _layouts(judged),
        "by_shape": {shape: _errors(_where(rooms, "shape", shape)) for shape in sorted({r["shape"] for r in rooms})},
        "perceive_cpu_s": _spread([row["perceive_cpu_s"] for row in rows if "perceive_cpu_s" in row]),
    }


def is_room(row: Row) -> bool:
    """Whether the photo is one to stage: a room, with enough floor in sight."""
    enough = row["floor_share"] >= STAGEABLE_SHARE and row["floor_m2"] >= STAGEABLE_M2
    return bool(row["kind"] == "room" and enough)


def verdict(row: Row) -> tuple[str, str]:
    """The gate's decision on a row, `stage`, `conservative` or `refused`, and the refusal's code."""
    if "errors" not in row:
        return "refused", str(row["refused"])
    try:
        return decide(row["numbers"], row["confidence"]).kind, ""
    except RoomRefusedError as refused:
        return "refused", refused.code


def curve(rows: Sequence[Row]) -> list[dict[str, float]]:
    """Per bin of predicted sureness: rooms, mean prediction, share truly good and its 95 % interval (Wilson, 1927)."""
    known = [row for row in rows if "errors" in row]
    sure = np.array([sureness(row["numbers"], row["confidence"]) for row in known])
    good = np.array([is_good(row["errors"]) for row in known])
    out = []
    for low, high in pairwise(BINS):
        inside = (sure >= low) & ((sure < high) | (high == BINS[-1]))
        if n := int(inside.sum()):
            share = float(good[inside].mean())
            least, most = _wilson(share, n)
            predicted = float(sure[inside].mean())
            values = {"predicted": predicted, "good": share, "least": least, "most": most}
            out.append({"rooms": n, **{k: round(v, 3) for k, v in values.items()}})
    return out


def _gate(judged: Sequence[tuple[Row, tuple[str, str]]]) -> dict[str, Any]:
    """How often it says what, and how often that is right.

    A false accept is an accepted photo that is no room or was not understood well; a false refusal a stageable
    room that was.
    """
    rooms = [(row, kind) for row, (kind, _) in judged if is_room(row)]
    accepted = [row for row, (kind, _) in judged if kind != "refused"]
    in_full = [row for row, (kind, _) in judged if kind == "stage"]
    others = [kind for row, (kind, _) in judged if not is_room(row)]
    understood = [kind for row, kind in rooms if _understood(row)]
    return {
        "stageable_rooms": dict(Counter(kind for _, kind in rooms)),
        "other_photos": dict(Counter(others)),
        "acceptance": _share([kind != "refused" for _, kind in rooms]),
        "false_accept": _share([not (is_room(row) and _understood(row)) for row in accepted]),
        "false_accept_in_full": _share([not (is_room(row) and _understood(row)) for row in in_full]),
        "false_refusal": _share([kind == "refused" for kind in understood]),
        "others_refused": _share([kind == "refused" for kind in others]),
    }


def _layouts(judged: Sequence[tuple[Row, tuple[str, str]]]) -> dict[str, Any]:
    """Violations of the layouts of accepted rooms."""
    made = [row["layout"] for row, (kind, _) in judged if kind != "refused" and "layout" in row]
    furnished = [layout for layout in made if "refused" not in layout]
    pieces = sum(int(layout["pieces"]) for layout in furnished)
    return {
        "rooms_furnished": len(furnished),
        "rooms_refused_by_layout": len(made) - len(furnished),
        "pieces": pieces,
        "rooms_without_violation": _share([not any(layout[rule] for rule in _RULES) for layout in furnished]),
        **{rule: sum(int(layout[rule]) for layout in furnished) for rule in _RULES},
    }


def _errors(rows: Sequence[Row]) -> dict[str, Any]:
    known = [row["errors"] for row in rows if "errors" in row]
    out: dict[str, Any] = {"rooms": len(rows), "perceived": len(known)}
    out["good"] = _share([is_good(found) for found in known] + [False] * (len(rows) - len(known)))
    for name in _ERRORS:
        values = [abs(found[name]) for found in known]
        # Of an overlap the small ones are the bad ones.
        out[name] = _spread([1 - v for v in values], flipped=True) if name.endswith("iou") else _spread(values)
    return out


def _spread(values: Sequence[float], *, flipped: bool = False) -> dict[str, float]:
    if not values:
        return {}
    median, p90 = (float(np.percentile(values, q)) for q in (50, 90))
    return {"median": round(1 - median if flipped else median, 4), "p90": round(1 - p90 if flipped else p90, 4)}


def _covered(rows: Sequence[Row]) -> float | None:
    """Share of rooms whose true camera height lies in the interval that should hold nine of ten."""
    known = [row for row in rows if "errors" in row and "camera_height_low_m" in row["numbers"]]
    within = []
    for row in known:
        low, high = row["numbers"]["camera_height_low_m"], row["numbers"]["camera_height_high_m"]
        true = np.sqrt(low * high) / (1 + row["errors"]["height"])  # the interval is even about the estimate in log
        within.append(bool(low <= true <= high))
    return _share(within)


def _understood(row: Row) -> bool:
    return "errors" in row and is_good(row["errors"])


def _where(rows: Sequence[Row], field: str, value: str) -> list[Row]:
    return [row for row in rows if row[field] == value]


def _share(flags: Sequence[bool]) -> float | None:
    return round(sum(flags) / len(flags), 3) if flags else None


def _wilson(share: float, n: int) -> tuple[float, float]:
    z = 1.96
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * float(np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)))
    return middle - half, middle + half
