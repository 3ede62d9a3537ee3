"""What `local stage` lays beside the photo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local import stage
from local.console import Console
from local.layout import LocalRunError

PIECE = {"piece": "sofa", "name": "two-seater", "size_m": [1.6, 0.8, 0.8]}


def output(role: str, *names: str) -> dict[str, Any]:
    artifacts = {name: f"http://x/{role}/{name}" for name in names}
    return {"role": role, "artifacts": artifacts, "pieces": [PIECE]}


def test_every_picture_is_fetched_an_alternates_into_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stage, "download", lambda url, file: file.write_text(url))
    all_names = (*stage.FILES, *stage.SOMETIMES)
    job = {
        "status": "succeeded",
        "source_image_url": "http://x/source",
        "outputs": [output("primary", *all_names), output("alternate", *stage.FILES)],
    }
    stage.collect(Console(), stage.Wish(Path("a.jpg"), "bedroom", "boho", None, tmp_path / "out"), job)
    got = sorted(str(file.relative_to(tmp_path / "out")) for file in (tmp_path / "out").rglob("*.*"))
    files = {*stage.FILES.values(), *stage.SOMETIMES.values(), "source.png", "job.json"}
    assert got == sorted({*files, *(f"alternate/{name}" for name in stage.FILES.values())})
    assert json.loads((tmp_path / "out" / "job.json").read_text())["outputs"][0]["pieces"] == [PIECE]
    assert "has no" not in "".join(capsys.readouterr())


def test_a_picture_that_must_be_there_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stage, "download", lambda url, file: None)
    job = {"status": "succeeded", "outputs": [output("primary", "staged_png")]}
    stage.collect(Console(), stage.Wish(Path("a.jpg"), "bedroom", "boho", None, tmp_path), job)
    said = "".join(capsys.readouterr())
    assert "staged.jpg" in said
    assert "checks.png" not in said


def test_hints_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "hints.json"
    file.write_text('{"ceiling_height_m": 2.5}')
    assert stage.read_hints(file) == {"ceiling_height_m": 2.5}
    file.write_text("high")
    for wrong in (file, tmp_path / "none.json"):
        with pytest.raises(LocalRunError, match="cannot be read"):
            stage.read_hints(wrong)
