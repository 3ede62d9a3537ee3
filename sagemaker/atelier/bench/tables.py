"""The benchmark's figures as the tables of docs/benchmark.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Figures = dict[str, Any]


def tables(numbers: Figures) -> str:
    """`report`'s numbers → Markdown: errors, shapes, layouts, the gate and its calibration."""
    first, last = numbers["seeds"]
    parts = [
        f"{numbers['rooms']} rooms, seeds {first} to {last}.",
        _errors(numbers["errors"]),
        _shapes(numbers["by_shape"]),
        _layouts(numbers["layout"]),
        _gate(numbers["gate"], numbers["scale_interval_covers"]),
        _curve(numbers["calibration"]),
    ]
    return "\n\n".join(parts) + "\n"


def _errors(errors: Figures) -> str:
    stageable, accepted = errors["stageable"], errors["accepted"]
    lines: list[tuple[str, str, Callable[[float], str]]] = [
        ("focal length", "focal", _percent),
        ("rotation", "rotation_deg", _degrees),
        ("camera height (the scale)", "height", _percent),
        ("floor IoU in the picture", "floor_iou", _plain),
        ("floor IoU on the ground, metres", "ground_iou", _plain),
    ]
    rows = [
        [name, *(_spread(part[key], show) for part in (stageable, accepted))]
        for name, key, show in lines
        if stageable[key] and accepted[key]
    ]
    rows.append(["understood well", _share(stageable["good"]), _share(accepted["good"])])
    heads = [f"stageable rooms ({stageable['rooms']})", f"accepted ({accepted['rooms']})"]
    return _table(["median, 90th percentile", *heads], rows)


def _shapes(shapes: Figures) -> str:
    rows = [
        [name, str(s["rooms"]), _share(s["good"]), *(_spread(s[k], _percent) for k in ("focal", "height"))]
        for name, s in shapes.items()
        if s["perceived"]
    ]
    return _table(["shape", "stageable rooms", "understood well", "focal length", "camera height"], rows)


def _layouts(layout: Figures) -> str:
    rules = {
        "off the floor by more than 3 % of the footprint": "outside",
        "within 0.6 m of a door, or 0.5 m of a passage": "door",
        "taller than a sill by 0.3 m, within 0.3 m of the window": "window",
        "two in one place": "overlap",
    }
    rows = [[name, str(layout[key])] for name, key in rules.items()]
    rows.append(["rooms that break none", _share(layout["rooms_without_violation"])])
    head = f"{layout['pieces']} pieces in {layout['rooms_furnished']} rooms"
    return _table(["rule of the true room", head], rows) + (
        f"\n\nNo layout was found for {layout['rooms_refused_by_layout']} more accepted rooms."
    )


def _gate(gate: Figures, covered: float | None) -> str:
    kinds = ("stage", "conservative", "refused")
    rows = [
        [name, *(str(gate[key].get(kind, 0)) for kind in kinds)]
        for name, key in (("stageable rooms", "stageable_rooms"), ("other photos", "other_photos"))
    ]
    shares = {
        "stageable rooms accepted": gate["acceptance"],
        "accepted, though not understood well or no room to stage": gate["false_accept"],
        "the same of what is staged in full": gate["false_accept_in_full"],
        "refused, though understood well": gate["false_refusal"],
        "other photos refused": gate["others_refused"],
        "true camera height inside the interval meant for nine in ten": covered,
    }
    decisions = _table(["", "staged", "with care", "refused"], rows)
    return decisions + "\n\n" + _table(["share", ""], [[name, _share(value)] for name, value in shares.items()])


def _curve(curve: Sequence[Figures]) -> str:
    rows = [
        [str(p["rooms"]), _plain(p["predicted"]), _plain(p["good"]), f"{_plain(p['least'])} to {_plain(p['most'])}"]
        for p in curve
    ]
    return _table(["rooms", "sureness, mean", "truly understood well", "95 % interval"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _spread(spread: Figures, show: Callable[[float], str]) -> str:
    return f"{show(spread['median'])}, {show(spread['p90'])}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _percent(value: float) -> str:
    return f"{value:.1%}"


def _plain(value: float) -> str:
    return f"{value:.2f}"


def _degrees(value: float) -> str:
    return f"{value:.2f}°"
