"""The second script: the same room in Cycles, with bpy's own Python (`pip install bpy`; it is no part of the product).

    <python with bpy> tests/perf/cycles/draw_with_cycles.py OUT

Reads OUT/scene.npz; writes pictures and their CPU seconds next to ours. Cycles is given what helps it: only the part
of the frame that holds furniture, its light tree with the bright parts of the room as emitters of their own, adaptive
sampling, its denoiser, three bounces, no caustics, two threads.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

bpy: Any = importlib.import_module("bpy")

SAMPLES = (4, 8, 16, 32, 64, 128)
REFERENCE_SAMPLES = 400
_BOUNCES, _CLAMP = 3, 8.0
"""Ours: the surface seen, what it sees, and two bakes; the same clamp."""
_CELLS, _BANDS = 32, 12
"""A face's cells brighter than 1.3 times the room's mean are lights, of so many brightnesses."""
_Z = dict[str, NDArray[Any]]


def main() -> None:
    out = Path(sys.argv[1])
    z: _Z = dict(np.load(out / "scene.npz"))
    scene = empty_scene(z)
    furnish(z)
    wall_in(z)
    rows = []
    for samples in SAMPLES:
        rows.append({"samples": samples, "cpu_s": draw(scene, samples, 1, True, out / f"cycles_{samples}.npy")})
        (out / "cycles.json").write_text(json.dumps(rows, indent=1))
    draw(scene, REFERENCE_SAMPLES, 99, False, out / "cycles_reference.npy")


def empty_scene(z: _Z) -> Any:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    f, cx, cy, width, height = z["camera"][:5]
    data = bpy.data.cameras.new("camera")
    data.sensor_fit, data.sensor_width, data.lens, data.clip_start = "HORIZONTAL", 36.0, 36.0 * f / width, 0.01
    data.shift_x, data.shift_y = 0.5 - cx / width, (cy - height / 2) / width
    camera = bpy.data.objects.new("camera", data)
    bpy.context.collection.objects.link(camera)
    # Ours looks along +z with y down, rows of the rotation being its axes; Blender's along −z with y up.
    right, down, forward = z["camera"][8:17].reshape(3, 3)
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = np.stack([right, -down, -forward], 1), z["camera"][5:8]
    camera.matrix_world = pose.T.tolist()
    scene.camera = camera
    render, cycles = scene.render, scene.cycles
    render.resolution_x, render.resolution_y, render.resolution_percentage = int(width), int(height), 100
    render.film_transparent, render.threads_mode, render.threads = True, "FIXED", 2
    render.image_settings.file_format, render.image_settings.color_depth = "OPEN_EXR", "32"
    render.image_settings.color_mode = "RGBA"
    cycles.device, cycles.use_light_tree, cycles.use_denoising = "CPU", True, True
    cycles.denoiser, cycles.denoising_input_passes = "OPENIMAGEDENOISE", "RGB_ALBEDO_NORMAL"
    cycles.max_bounces = cycles.diffuse_bounces = cycles.glossy_bounces = cycles.transmission_bounces = _BOUNCES
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect, cycles.filter_width = _CLAMP, 1.2
    return scene


def furnish(z: _Z) -> None:
    texture_of: dict[int, Any] = {}
    for i, kind in enumerate(z["mesh_material"]):
        if int(kind) not in texture_of:
            texture_of[int(kind)] = principled(z[f"surface_{kind}"], z.get(f"texture_{kind}"))
        add_mesh(z[f"vertices_{i}"], z[f"faces_{i}"], z[f"uv_{i}"], texture_of[int(kind)], z[f"normals_{i}"])
    corners = np.concatenate([z[f"vertices_{i}"] for i in range(len(z["mesh_material"]))])
    crop_to(corners, z["camera"])


def crop_to(points: NDArray[Any], camera: NDArray[Any]) -> None:
    f, cx, cy, width, height = camera[:5]
    seen = (points - camera[5:8]) @ camera[8:17].reshape(3, 3).T
    seen = seen[seen[:, 2] > 0.01]
    x = np.clip((seen[:, 0] / seen[:, 2] * f + cx) / width, 0, 1)
    y = np.clip(1 - (seen[:, 1] / seen[:, 2] * f + cy) / height, 0, 1)
    render = bpy.context.scene.render
    render.use_border, render.use_crop_to_border = True, False
    render.border_min_x, render.border_max_x = float(x.min()) - 0.01, float(x.max()) + 0.01
    render.border_min_y, render.border_max_y = float(y.min()) - 0.01, float(y.max()) + 0.01


def principled(surface: NDArray[Any], texture: NDArray[Any] | None) -> Any:
    """surface: sRGB colour, roughness, specular, metal, sheen, translucent share, linear emission."""
    material = new_material()
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shader, output = nodes.new("ShaderNodeBsdfPrincipled"), nodes.new("ShaderNodeOutputMaterial")
    names = ("Roughness", "Specular IOR Level", "Metallic", "Sheen Weight")
    for name, value in zip(names, surface[3:7], strict=True):
        shader.inputs[name].default_value = float(value)
    srgb = surface[:3]
    colour = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    shader.inputs["Base Color"].default_value = (*map(float, colour), 1.0)
    shader.inputs["Emission Color"].default_value = (*map(float, surface[8:11]), 1.0)
    shader.inputs["Emission Strength"].default_value = float(surface[8:11].max() > 0)
    sheet = nodes.new("ShaderNodeBsdfTranslucent")
    sheet.inputs["Color"].default_value = (*map(float, colour), 1.0)
    if texture is not None:
        image = nodes.new("ShaderNodeTexImage")
        image.image = new_image(texture / 255.0, "sRGB")
        links.new(image.outputs["Color"], shader.inputs["Base Color"])
        links.new(image.outputs["Color"], sheet.inputs["Color"])
    mix = nodes.new("ShaderNodeMixShader")
    mix.inputs[0].default_value = float(surface[7])
    links.new(shader.outputs[0], mix.inputs[1])
    links.new(sheet.outputs[0], mix.inputs[2])
    links.new((mix if surface[7] > 0 else shader).outputs[0], output.inputs["Surface"])
    return material


def wall_in(z: _Z) -> None:
    """Walls and ceiling shine as in the photo and reflect nothing; the floor reflects what falls on it."""
    lo, hi = z["box"]
    faces = {name: z[f"face_{name}"] for name in ("back", "left", "right", "ceiling", "rear")}
    mean = float(np.mean([face.mean() for face in faces.values()]))
    levels = np.geomspace(1.3 * mean, max(float(f.max()) for f in faces.values()) + 1e-6, _BANDS + 1)
    for name, face in faces.items():
        step = len(face) // _CELLS
        cells = face.reshape(_CELLS, step, _CELLS, step, 3).mean((1, 3))
        band = np.digitize(cells.mean(-1), levels)
        for k in np.unique(band):
            colour = None if k == 0 else cells[band == k].mean(0)
            add_cells(name, band == k, lo, hi, shining(face, colour))
    floor = np.array([*z["floor_albedo"], 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    floor[:3] = np.where(floor[:3] <= 0.0031308, floor[:3] * 12.92, 1.055 * floor[:3] ** (1 / 2.4) - 0.055)
    add_cells("floor", np.ones((1, 1), bool), lo, hi, principled(floor, None))


def add_cells(name: str, chosen: NDArray[Any], lo: NDArray[Any], hi: NDArray[Any], material: Any) -> None:
    """Those cells of a face as quads, invisible to the camera. Rows run along the face's second world axis."""
    axis = {"back": 1, "rear": 1, "left": 0, "right": 0, "ceiling": 2, "floor": 2}[name]
    first, second = (k for k in range(3) if k != axis)
    n = len(chosen)
    rows, columns = np.nonzero(chosen)
    uv = np.stack([columns, rows], 1)[:, None] + np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    uv = uv.reshape(-1, 2) / n
    vertices = np.zeros((len(uv), 3))
    vertices[:, axis] = (hi if name in {"back", "right", "ceiling"} else lo)[axis]
    vertices[:, first] = lo[first] + uv[:, 0] * (hi - lo)[first]
    vertices[:, second] = lo[second] + uv[:, 1] * (hi - lo)[second]
    start = 4 * np.arange(len(rows))[:, None]
    quads = np.concatenate([start + np.array([0, 1, 2]), start + np.array([0, 2, 3])])
    add_mesh(vertices, quads, uv, material, None).visible_camera = False


def shining(face: NDArray[Any], colour: NDArray[Any] | None) -> Any:
    """A light of one colour; without one, the face's own picture, met by chance like any dim wall."""
    material = new_material()
    nodes, links = material.node_tree.nodes, material.node_tree.links
    emission, output = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeOutputMaterial")
    if colour is None:
        image = nodes.new("ShaderNodeTexImage")
        image.image, image.extension = new_image(face, "Linear Rec.709"), "EXTEND"
        links.new(image.outputs["Color"], emission.inputs["Color"])
    else:
        emission.inputs["Color"].default_value = (*map(float, colour), 1.0)
    links.new(emission.outputs[0], output.inputs["Surface"])
    material.cycles.emission_sampling = "NONE" if colour is None else "FRONT_BACK"
    return material


def new_material() -> Any:
    material = bpy.data.materials.new("material")
    material.node_tree.nodes.clear()
    return material


def new_image(values: NDArray[Any], space: str) -> Any:
    height, width = values.shape[:2]
    image = bpy.data.images.new("image", width, height, float_buffer=space != "sRGB")
    image.colorspace_settings.name = space
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :3] = values
    image.pixels.foreach_set(rgba.ravel())
    image.update()
    image.pack()
    return image


def add_mesh(
    vertices: NDArray[Any], faces: NDArray[Any], uv: NDArray[Any], material: Any, normals: NDArray[Any] | None
) -> Any:
    mesh = bpy.data.meshes.new("mesh")
    mesh.from_pydata(vertices.tolist(), [], faces.tolist())
    layer = mesh.uv_layers.new(name="UVMap")
    layer.data.foreach_set("uv", np.asarray(uv, np.float32)[faces.ravel()].ravel())
    mesh.materials.append(material)
    if normals is not None:
        mesh.shade_smooth()
        mesh.normals_split_custom_set_from_vertices(np.asarray(normals, np.float32).tolist())
    placed = bpy.data.objects.new("mesh", mesh)
    bpy.context.collection.objects.link(placed)
    return placed


def draw(scene: Any, samples: int, seed: int, adaptive: bool, to: Path) -> float:
    """Render to `to` as (h, w, 4) linear premultiplied; returns CPU seconds, building its tree included."""
    scene.cycles.samples, scene.cycles.seed, scene.cycles.use_adaptive_sampling = samples, seed, adaptive
    scene.render.filepath = str(to.with_suffix(".exr"))
    start = time.process_time()
    bpy.ops.render.render(write_still=True)
    spent = time.process_time() - start
    image = bpy.data.images.load(scene.render.filepath)
    flat = np.empty(4 * image.size[0] * image.size[1], np.float32)
    image.pixels.foreach_get(flat)
    np.save(to, flat.reshape(image.size[1], image.size[0], 4)[::-1])
    Path(scene.render.filepath).unlink()
    return round(spent, 2)


if __name__ == "__main__":
    main()
