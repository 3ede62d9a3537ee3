"""How light and how strong the colours of real surfaces get: what a palette asks for, brought within that.

White paper reflects about 0.9 of the light, undyed linen and wool 0.5 to 0.65, a walked-on wool rug less than 0.55,
a green leaf 0.05 to 0.12. Pale fibre has little colour: chroma grows only as a cloth gets darker. A palette given in
screen colours knows nothing of that, and shines in a photograph. The bounds are round figures chosen with rendered
rooms in view, not measurements of ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from atelier.furnish.textures import RGB
from atelier.model import F32, F64

_LUMA = np.array([0.2126, 0.7152, 0.0722])
_PALE, _DEEP = 82.0, 55.0
"""CIELAB lightness from which cloth counts as pale, and below which it takes full dye."""


@dataclass(frozen=True)
class Dye:
    """The lightest albedo (linear, of luminance) a surface has, and its strongest CIELAB chroma when pale and deep."""

    albedo: float
    pale: float
    deep: float

    def __call__(self, colour: RGB) -> RGB:
        """The sRGB 0…1 colour as this surface can have it; within the limits it stays nearly as asked."""
        light = linear(np.array(colour))
        luminance = float(light @ _LUMA)
        lab = cv2.cvtColor(_srgb(light * (_soft(luminance, self.albedo) / max(luminance, 1e-6))), cv2.COLOR_RGB2LAB)
        lightness, chroma = float(lab[0, 0, 0]), float(np.hypot(*lab[0, 0, 1:]))
        share = np.clip((_PALE - lightness) / (_PALE - _DEEP), 0.0, 1.0)
        most = self.pale + (self.deep - self.pale) * float(share) ** 2
        calm = _soft(chroma, most) / max(chroma, 1e-6)
        kept = (lab * np.array([1.0, calm, calm])).astype(np.float32)
        red, green, blue = cv2.cvtColor(kept, cv2.COLOR_LAB2RGB)[0, 0].clip(0, 1)
        return float(red), float(green), float(blue)


def _soft(x: float, limit: float) -> float:
    """x as it is up to 0.7 of the limit, then ever more slowly towards it."""
    knee = 0.7 * limit
    return x if x <= knee else knee + (limit - knee) * (1.0 - float(np.exp((knee - x) / (limit - knee))))


def linear(c: F64) -> F64:
    """sRGB 0…1 as light."""
    return np.asarray(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4), np.float64)


def _srgb(light: F64) -> F32:
    """The same, encoded, as a picture of one pixel."""
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light.clip(0) ** (1 / 2.4) - 0.055)
    return np.asarray(encoded.clip(0, 1)[None, None], np.float32)


CLOTH = Dye(0.64, 6.0, 33.0)
LEATHER = Dye(0.40, 12.0, 25.0)
PAINT = Dye(0.72, 8.0, 45.0)
GLAZE = Dye(0.70, 7.0, 34.0)
PILE = Dye(0.54, 6.0, 22.0)
"""A calm rug's."""
GRASS = Dye(0.42, 15.0, 21.0)
"""Jute, sisal, cane and rattan."""
FOLK = Dye(0.48, 12.0, 36.0)
"""Flat-woven and knotted carpets whose colour is the point."""
