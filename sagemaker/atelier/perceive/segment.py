"""Promptable segmentation: one embedding per picture, then cheap masks from points and boxes.

Model: MobileSAM (Zhang et al., 2023, arXiv:2306.14289) with the Segment Anything prompt decoder
(Kirillov et al., 2023). Input conventions are those of the reference export.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from atelier.model import F32, U8
from atelier.weights import Weights

_SIDE = 1024
_MEAN = np.array([123.675, 116.28, 103.53], np.float32)
_STD = np.array([58.395, 57.12, 57.375], np.float32)
_BACKGROUND, _FOREGROUND, _BOX_START, _BOX_END, _PADDING = 0.0, 1.0, 2.0, 3.0, -1.0

Point = tuple[float, float]


@dataclass(frozen=True)
class Embedding:
    """What the encoder saw of one picture; any number of prompts can be decoded from it."""

    features: F32
    scale: float
    """encoder pixels per picture pixel."""
    width: int
    height: int


def embed(rgb: U8, weights: Weights) -> Embedding:
    """(H, W, 3) sRGB → Embedding."""
    height, width = rgb.shape[:2]
    scale = _SIDE / max(height, width)
    size = (round(width * scale), round(height * scale))
    resized = (cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR).astype(np.float32) - _MEAN) / _STD
    canvas = np.zeros((_SIDE, _SIDE, 3), np.float32)
    canvas[: size[1], : size[0]] = resized
    features = weights.sam_encoder.run(None, {"input": canvas.transpose(2, 0, 1)[None]})[0]
    return Embedding(features, scale, width, height)


def decode(
    embedding: Embedding,
    weights: Weights,
    inside: Sequence[Point] = (),
    outside: Sequence[Point] = (),
    box: tuple[float, float, float, float] | None = None,
) -> tuple[F32, float]:
    """Prompts in picture pixels → ((H, W) log odds that a pixel belongs, the model's own estimate of the mask's IoU).

    inside, outside: points that are (not) part of the thing. box: left, top, right, bottom around it.
    """
    points = [*inside, *outside]
    labels = [_FOREGROUND] * len(inside) + [_BACKGROUND] * len(outside)
    if box is None:
        points.append((0.0, 0.0))
        labels.append(_PADDING)
    else:
        points += [box[:2], box[2:]]
        labels += [_BOX_START, _BOX_END]
    masks, quality, _ = weights.sam_decoder.run(
        None,
        {
            "image_embeddings": embedding.features,
            "point_coords": np.array([points], np.float32) * embedding.scale,
            "point_labels": np.array([labels], np.float32),
            "mask_input": np.zeros((1, 1, 256, 256), np.float32),
            "has_mask_input": np.zeros(1, np.float32),
            "orig_im_size": np.array([embedding.height, embedding.width], np.float32),
        },
    )
    return masks[0, 0], float(quality.reshape(-1)[0])
