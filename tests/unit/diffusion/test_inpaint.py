"""The diffusion engine's real code on a pipeline of random weights made on the spot."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from atelier.model import Camera, Room
from diffusion.inpaint import blend, furniture_region, paint, working_size
from diffusion.loading import MODEL_DIR, InpaintModel, ModelMissingError, load_inpaint_model, model_directory

pytest.importorskip("torch", reason="PyTorch is not installed: the diffusion engine is not exercised")
pytest.importorskip("diffusers", reason="diffusers is not installed: the diffusion engine is not exercised")
pytestmark = [
    pytest.mark.torch,
    # The libraries deprecate their own arguments between minor versions; that is theirs to mend.
    pytest.mark.filterwarnings("ignore::FutureWarning:diffusers"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def pipeline_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.unit.diffusion.tiny import save_tiny_inpaint_pipeline

    directory = tmp_path_factory.mktemp("pipeline")
    save_tiny_inpaint_pipeline(directory)
    return directory


@pytest.fixture(scope="module")
def model(pipeline_directory: Path) -> InpaintModel:
    return load_inpaint_model(pipeline_directory)


@pytest.fixture
def room() -> Room:
    """A camera 1.2 m high looking straight ahead at a floor that fills the lower third; one window."""
    camera = Camera(100.0, 64.0, 48.0, 128, 96, np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]]), 1.2)
    floor, window = np.zeros((96, 128), bool), np.zeros((96, 128), bool)
    floor[64:] = True
    window[:90, 40:60] = True
    return Room(camera, floor, window, np.zeros((3, 2)), (), (), None, {})


def test_region_reaches_from_the_floor_to_standing_height_and_spares_windows(room: Room) -> None:
    region = furniture_region(room)
    assert region[95, 10]
    # The nearest visible floor (row 95.5) is 1.2·100/47.5 = 2.5 m away; 1.7 m above it projects to row 28.
    assert region[29, 10]
    assert not region[26, 10]
    assert not region[room.window_mask].any()


def test_paint_is_deterministic_and_depends_on_the_seed(model: InpaintModel, room: Room) -> None:
    rgb = np.random.default_rng(0).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    region = furniture_region(room)
    first, again, other = (paint(model, rgb, region, "a modern sofa", seed, 2) for seed in (3, 3, 4))
    assert first.shape == rgb.shape
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_blend_never_touches_a_pixel_outside_its_mask(room: Room) -> None:
    rng = np.random.default_rng(1)
    rgb, painted = (rng.integers(0, 255, (96, 128, 3), dtype=np.uint8) for _ in range(2))
    region = furniture_region(room)
    staged, changed = blend(rgb, painted, region, feather_px=6)
    assert np.array_equal(staged[~changed], rgb[~changed])
    assert not (changed & ~region).any()
    assert (staged[changed] != rgb[changed]).any()


def test_working_size_keeps_the_shape_and_the_models_multiple() -> None:
    w, h = working_size(4000, 3000, InpaintModel(None, "cpu", 1024, 8))
    assert (w, h) == (1024, 768)


def test_missing_weights_say_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(MODEL_DIR, raising=False)
    with pytest.raises(ModelMissingError, match=MODEL_DIR):
        model_directory()
    monkeypatch.setenv(MODEL_DIR, str(tmp_path))
    with pytest.raises(ModelMissingError, match=r"model_index\.json"):
        model_directory()


def test_pickled_weights_are_refused(pipeline_directory: Path, tmp_path: Path) -> None:
    import shutil

    directory = tmp_path / "pickled"
    shutil.copytree(pipeline_directory, directory)
    weights = directory / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(ModelMissingError, match="safetensors"):
        load_inpaint_model(directory)
