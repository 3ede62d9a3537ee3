"""The tool that times whole jobs: its numbers are those of the stages, and its file can be read back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from atelier.bench import speed


def test_it_writes_every_size_and_how_many_jobs_a_diffusion_pass_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "_alone", lambda _photo, size: {"wall_s": 2.0 * size, "peak_mb": 1})
    told = speed.measure_speed(b"", tmp_path / "new", (1.0, 4.0), diffusion=False)
    assert json.loads((tmp_path / "new" / "speed.json").read_text()) == told
    assert told["sizes"] == {"1 MP": {"wall_s": 2.0, "peak_mb": 1}, "4 MP": {"wall_s": 8.0, "peak_mb": 1}}
    assert speed._times(600.0, {"1 MP": {"wall_s": 2.0}}) == {"1 MP": 300.0}
