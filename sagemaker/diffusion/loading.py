"""Load an inpainting pipeline from a local directory: no hub, no pickles, no surprise downloads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODEL_DIR = "ROOMWRIGHT_DIFFUSION_MODEL"


class ModelMissingError(Exception):
    """There is no usable model directory. The message says how to provide one."""


@dataclass(frozen=True)
class InpaintModel:
    """A loaded pipeline with what the caller must know to feed it."""

    pipeline: Any
    device: str
    native_side: int
    """pixels of the longer side it was trained for"""
    multiple: int
    """image sides must be a multiple of this"""


def model_directory() -> Path:
    """The configured directory. Raises ModelMissingError with the next step when it is not usable."""
    configured = os.environ.get(MODEL_DIR)
    if not configured:
        raise ModelMissingError(f"no diffusion weights: set {MODEL_DIR} to a directory in diffusers format")
    directory = Path(configured)
    if not (directory / "model_index.json").is_file():
        raise ModelMissingError(f"{MODEL_DIR}={directory} has no model_index.json: save a pipeline there first")
    return directory


def load_inpaint_model(directory: Path) -> InpaintModel:
    """Load the pipeline onto the GPU in half precision, or onto the CPU in full where there is no GPU.

    Only safetensors are read: a pickle in a model directory could run code. Raises ModelMissingError when
    the directory is not an inpainting pipeline.
    """
    import torch  # noqa: PLC0415 - seconds to import, and only this engine needs it
    from diffusers import AutoPipelineForInpainting  # noqa: PLC0415

    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.float16 if device == "cuda" else torch.float32
    try:
        pipeline = AutoPipelineForInpainting.from_pretrained(
            directory, dtype=dtype, local_files_only=True, use_safetensors=True
        ).to(device)
    except (OSError, ValueError) as error:
        raise ModelMissingError(f"{directory} holds no inpainting pipeline in safetensors: {error}") from error
    pipeline.set_progress_bar_config(disable=True)
    scale = int(pipeline.vae_scale_factor)
    return InpaintModel(pipeline, device, int(pipeline.unet.config.sample_size) * scale, scale)
