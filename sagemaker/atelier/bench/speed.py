"""Seconds per stage and peak memory of whole jobs, and how many of them an SDXL-class inpainting pass would take.

Each size runs twice in a process of its own: the first run loads and compiles, the second is what is told.
"""

from __future__ import annotations

import io
import json
import os
import resource
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from PIL import Image, ImageOps

from atelier.pipeline import Atelier
from engine_contract import EngineRequest, ObjectRef

MEGAPIXELS = (0.7, 1.0, 4.0, 12.0)
_STEPS, _GUIDED = 30, 2
"""SDXL's usual steps, and evaluations of its network a step: with the prompt and without."""


def measure_speed(photo: bytes, out: Path, megapixels: tuple[float, ...], diffusion: bool) -> dict[str, object]:
    """Stage `photo` at each size; writes out/speed.json. diffusion: also time one evaluation of SDXL's network."""
    rows = {f"{size:g} MP": _alone(photo, size) for size in megapixels}
    told: dict[str, object] = {"cores": os.cpu_count(), "sizes": rows}
    if diffusion:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            evaluation = pool.submit(_sdxl_evaluation).result()
        pass_s = evaluation * _STEPS * _GUIDED
        told["sdxl"] = {"evaluation_s": evaluation, "pass_s": pass_s, "times_a_job": _times(pass_s, rows)}
    out.mkdir(parents=True, exist_ok=True)
    (out / "speed.json").write_text(json.dumps(told, indent=1))
    return told


def _times(seconds: float, rows: Mapping[str, Mapping[str, object]]) -> dict[str, float]:
    return {name: round(seconds / float(str(row["wall_s"])), 1) for name, row in rows.items()}


def _alone(photo: bytes, megapixels: float) -> dict[str, object]:
    """In a fresh process, so that its peak memory is that of one size."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_job, photo, megapixels).result()


def _job(photo: bytes, megapixels: float) -> dict[str, object]:
    data = _sized(photo, megapixels)
    place = ObjectRef(bucket="speed", key="speed")
    request = EngineRequest(
        job_id="speed",
        operation="stage",
        source=place,
        output_prefix=place,
        room_types=["living-room"],
        style="modern",
        seed=1,
    )
    engine = Atelier()
    engine.warm()
    for _ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        staged = engine.run(request, data, lambda _stage, _share: None)
        row: dict[str, object] = {
            "wall_s": round(time.perf_counter() - wall, 2),
            "cpu_s": round(time.process_time() - cpu, 2),
            "stages_s": {name: round(value, 2) for name, value in staged.seconds.items()},
            "pictures": len(staged.pictures),
        }
    return row | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _sized(photo: bytes, megapixels: float) -> bytes:
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(photo))).convert("RGB")
    k = (megapixels * 1e6 / (image.width * image.height)) ** 0.5
    image = image.resize((round(image.width * k), round(image.height * k)), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


def _sdxl_evaluation() -> float:
    """Seconds of one evaluation of SDXL's inpainting U-Net (2.6·10⁹ weights, constant) on a 1024² picture."""
    import torch  # noqa: PLC0415 - the engine itself does without
    from diffusers import UNet2DConditionModel  # noqa: PLC0415

    with torch.device("meta"):
        network = UNet2DConditionModel(
            sample_size=128,
            in_channels=9,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            block_out_channels=(320, 640, 1280),
            transformer_layers_per_block=(1, 2, 10),
            attention_head_dim=(5, 10, 20),
            cross_attention_dim=2048,
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816,
        )
    network = network.to_empty(device="cpu").eval()
    with torch.inference_mode():
        for weights in network.parameters():
            weights.fill_(1e-3)
        extra = {"text_embeds": torch.ones(1, 1280), "time_ids": torch.ones(1, 6)}
        start = time.perf_counter()
        network(torch.ones(1, 9, 128, 128), 500, torch.ones(1, 77, 2048), added_cond_kwargs=extra)
        return round(time.perf_counter() - start, 1)
