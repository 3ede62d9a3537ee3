"""What the engine draws of each of its stages on the project's own example photo."""

from __future__ import annotations

import json
from pathlib import Path

from atelier.explain import explain
from tests.functional.test_engine import pytestmark, small_photo  # noqa: F401 - the same weights are needed


def test_explain_shows_a_refused_room_up_to_the_refusal(tmp_path: Path) -> None:
    numbers = explain(small_photo(), tmp_path, "garage")
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names[0] == "01-room.png"
    assert "numbers.json" in names
    assert not any("result" in name for name in names)
    assert json.loads((tmp_path / "numbers.json").read_text("utf-8"))["refused"]["code"] == "room_not_stageable"
    assert numbers["refused"]


def test_explain_draws_every_stage(tmp_path: Path) -> None:
    explain(small_photo(), tmp_path, "living-room", seed=7)
    drawn = {p.stem[3:] for p in tmp_path.glob("*.png")}
    assert drawn >= {"room", "layout", "plan", "clay", "light-faces", "furniture", "ratio", "changed-mask", "result"}
