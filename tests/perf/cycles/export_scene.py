"""The first of three scripts, run by hand (docs/benchmark-speed.md): one staged room, as our renderer draws it.

Writes the room and its furniture for Cycles (scene.npz), and our own pictures at rising sample counts with the CPU
seconds of what makes furniture: building, baking, sampling and denoising. What furniture does to the photo around
it is left out on both sides.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from atelier.furnish import furnish
from atelier.light import extent_of, fit_light
from atelier.model import Camera, Light, Room, Scene
from atelier.perceive import perceive
from atelier.photo import load_photo
from atelier.plan import plan
from atelier.render import passes, render
from atelier.warm import compile_kernels
from atelier.weights import Weights
from engine_contract import Hints

PIXELS = 200_000
SAMPLES = (4, 8, 16, 32, 48, 96)
"""at most, a pixel; the product asks for 48"""
REFERENCE_SAMPLES = 400
_FURNITURE_STAGES = ("build", "bake", "furniture", "denoise")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photo", type=Path, help="an empty room")
    parser.add_argument("out", type=Path)
    parser.add_argument("--room", default="living-room")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    scene, room, light = staged(given.photo.read_bytes(), given.room)
    shape = room.camera
    width = round((PIXELS * shape.width / shape.height) ** 0.5)
    camera = shape.resized(width, round(width * shape.height / shape.width))
    np.savez(given.out / "scene.npz", allow_pickle=False, **arrays(scene, camera, light))
    compile_kernels()
    rows = [picture(scene, room, light, camera, samples, given.out) for samples in SAMPLES]
    reference(scene, room, light, camera, given.out)
    (given.out / "ours.json").write_text(json.dumps(rows, indent=1))


def staged(photo: bytes, room_type: str) -> tuple[Scene, Room, Light]:
    """The furnished room, without what only one of the renderers knows: lens distortion, and the sun's cone."""
    loaded = load_photo(photo)
    room = perceive(loaded, Hints(), Weights())
    scene = furnish(plan(room, [room_type], "modern", 1)[0].placements, "modern", 1)
    light = fit_light(loaded, room, extent_of(scene))
    return scene, replace(room, camera=replace(room.camera, k1=0.0)), replace(light, sun=None)


def arrays(scene: Scene, camera: Camera, light: Light) -> dict[str, NDArray[np.generic]]:
    """Flat arrays by name: camera, the six faces of the room, and per mesh its triangles and material."""
    used = sorted({mesh.material for mesh in scene.meshes})
    camera_row = [camera.f, camera.cx, camera.cy, camera.width, camera.height, *camera.centre, *camera.R.ravel()]
    out: dict[str, NDArray[np.generic]] = {
        "camera": np.array(camera_row, np.float64),
        "box": np.stack([light.lo, light.hi]),
        "floor_albedo": np.array(light.floor_albedo),
        "mesh_material": np.array([used.index(mesh.material) for mesh in scene.meshes]),
    }
    out |= {f"face_{name}": face for name, face in light.faces.items()}
    for i, mesh in enumerate(scene.meshes):
        repeats = scene.materials[mesh.material].texture_scale
        out |= {f"vertices_{i}": mesh.vertices, f"faces_{i}": mesh.faces, f"normals_{i}": mesh.normals}
        out[f"uv_{i}"] = mesh.uv * np.float32(repeats)
    white = float(light.numbers["white"])
    for i, name in enumerate(used):
        m = scene.materials[name]
        glow = [white * value for value in m.emission]
        out[f"surface_{i}"] = np.array(
            [*m.colour, m.roughness, m.specular, m.metal, 0.35 * m.sheen, m.translucent, *glow]
        )
        if m.texture is not None:
            out[f"texture_{i}"] = m.texture
    return out


def picture(scene: Scene, room: Room, light: Light, camera: Camera, samples: int, out: Path) -> Mapping[str, float]:
    spent: defaultdict[str, float] = defaultdict(float)
    stage, mark = "", time.process_time()

    def note(name: str, _share: float) -> None:
        nonlocal stage, mark
        spent[stage] += time.process_time() - mark
        stage, mark = name, time.process_time()

    layers = render(scene, room, light, camera.width, camera.height, samples, 1, note)
    np.save(out / f"ours_{samples}.npy", np.dstack([layers.colour, layers.alpha]))
    return {"samples": samples, "cpu_s": round(sum(spent[name] for name in _FURNITURE_STAGES), 2)}


def reference(scene: Scene, room: Room, light: Light, camera: Camera, out: Path) -> None:
    """Every pixel sampled to the end, the bake too, from another seed."""
    passes.NODE_SAMPLES, passes.FLOOR_SAMPLES, passes._ENOUGH = (16, 96), 128, 0.0
    layers = render(scene, room, light, camera.width, camera.height, REFERENCE_SAMPLES, 99, lambda *_: None)
    np.save(out / "ours_reference.npy", np.dstack([layers.colour, layers.alpha]))


if __name__ == "__main__":
    main()
