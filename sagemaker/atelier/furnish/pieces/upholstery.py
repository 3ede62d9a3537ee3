"""What upholstered seats are put together from: seats, backs, arms and the cushions people leave on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from atelier.furnish.pieces.common import Size, legs
from atelier.furnish.shapes import Part, box, columns, disc, noise, tube, weld_normals
from atelier.furnish.soft import cushion, leaning, nestled, pillow, piping, rested, thrown, tufts
from atelier.furnish.styles import Back, Legs, Style
from atelier.model import F64

SEAT = 0.43
"""height of a compressed seat, metres."""
REAR = 0.10
"""from the middle of the back's shell to the rear face, metres."""
_LOOSE_FRONT, _LOOSE_LEAN, _DENT = 0.36, float(np.tan(np.radians(12.0))), 0.045
"""of loose back cushions: metres from the rear to their front halfway up, how they lean back; and how far a scatter
cushion sinks into them."""


@dataclass(frozen=True)
class Cut:
    """How a seat is cut. count: seat cushions; arm_top: height of the arms, metres."""

    arm: str
    back: Back
    count: int
    legs: Legs
    arm_width: float = 0.16
    arm_top: float = 0.62

    @property
    def lift(self) -> float:
        return 0.05 if self.legs == "plinth" else 0.14


def seat(w: float, d: float, cloth: str, rng: np.random.Generator, h: float = 0.17) -> list[Part]:
    """A boxed seat cushion with a corded seam above and below, its cloth gathered along them, and sat in."""
    crown, seed = rng.uniform(0.022, 0.034), rng.uniform(0, 50)
    pad = cushion(w, d, h, cloth, r=0.05, puff=0.010, crown=crown, wrinkle=0.010, seed=seed, core=20)
    x, y, deep = rng.uniform(-0.08, 0.08), rng.uniform(-0.02, 0.08), rng.uniform(0.010, 0.022)

    def sat(v: F64) -> F64:
        dip = deep * np.exp(-(((v[:, 0] - x) / 0.20) ** 2) - ((v[:, 1] - y) / 0.18) ** 2)
        return v - columns(0.0, 0.0, dip * (v[:, 2] > 0))

    cords = [piping(w - 0.008, d - 0.004, z * h, cloth, 0.055, 0.0048) for z in (-0.34, 0.36)]
    yaw = float(rng.uniform(-0.5, 0.5))
    gathered = _gathered(pad, (w, d), 0.36 * h, seed)
    return [p.turned(yaw) for p in (gathered.warped(sat), *cords)]


def _gathered(pad: Part, size: tuple[float, float], z: float, seed: float) -> Part:
    """Small puckers, a hand's breadth apart, where the cover is sewn to its cords at ±z; deepest at the corners."""
    v = pad.vertices
    q = np.abs(v[:, :2]) / (np.array(size) / 2)
    corner = np.clip(q.min(1), 0, 1) ** 4
    band = np.exp(-(((np.abs(v[:, 2]) - z) / 0.035) ** 2)) + np.exp(-(((1 - q.max(1)) / 0.10) ** 2)) * (v[:, 2] > z)
    along = np.c_[v[:, :2] * 14.0, np.full(len(v), seed)]
    folds = np.clip(noise(along, seed), -0.2, 1.6) * np.minimum(band, 1.0) * (0.5 + corner)
    return replace(pad, vertices=v - weld_normals(v, pad.faces) * (0.005 * folds)[:, None])


def back_cushion(w: float, h: float, cloth: str, rng: np.random.Generator, t: float = 0.17) -> list[Part]:
    """A loose back cushion standing up: its filling has settled, its top edge is not quite level."""
    part = cushion(w, t, h, cloth, r=0.055, puff=0.026, wrinkle=0.012, seed=rng.uniform(0, 50), core=20)
    slump, lean = rng.uniform(0.06, 0.15), rng.uniform(-0.014, 0.014)
    fold, hollow = rng.uniform(-0.30, -0.16), rng.uniform(0.008, 0.018)

    def slumped(v: F64) -> F64:
        low = np.clip(-v[:, 2] / h, -0.5, 0.5)
        top = np.clip(v[:, 2] / h, 0, 0.5)
        wide = np.abs(v[:, 0]) / (w / 2)
        # filling sinks: the top edge sags between its corners, and the cloth folds over above the seat
        sag = hollow * (1 - wide**2) * top * 2
        kink = v[:, 2] / h - fold - 0.06 * wide**2
        front = 0.010 * np.exp(-((kink / 0.035) ** 2)) * (v[:, 1] < 0) * np.clip(1.2 - wide, 0, 1)
        y = v[:, 1] * (1 + slump * low) + front
        return columns(v[:, 0], y, v[:, 2] + top * (lean * v[:, 0] / w * 2 - 0.02 * slump) - sag)

    cord = piping(w - 0.016, h - 0.012, 0, cloth, 0.052, 0.0048).turned(90, "x").moved(0, -t * 0.36)
    yaw, tilt = rng.uniform(-1.8, 1.8), -12 + rng.uniform(-1.5, 1.5)
    return [p.turned(float(tilt), "x").turned(float(yaw)) for p in (part.warped(slumped), cord.warped(slumped))]


def backrest(
    back: Back, inner: float, count: int, d: float, h: float, cloth: str, rng: np.random.Generator
) -> list[Part]:
    """What one leans on, between the arms (`inner` apart), in front of the shell."""
    parts: list[Part] = []
    height = h - SEAT + 0.03
    y, z = d / 2 - 0.265, SEAT + height / 2 - 0.005
    cw = inner / count
    if back == "loose":
        for i in range(count):
            x = -inner / 2 + cw * (i + 0.5)
            parts += [p.moved(x, y, z) for p in back_cushion(cw - 0.012, height, cloth, rng)]
    elif back == "channel":
        n = max(4, round(inner / 0.15))
        for i in range(n):
            part = cushion(inner / n + 0.004, 0.15, height, cloth, r=0.06, puff=0.006, wrinkle=0.002, seed=i, core=8)
            parts.append(part.turned(-9, "x").moved(-inner / 2 + inner / n * (i + 0.5), y + 0.03, z))
    else:
        fine = 44 if back == "tufted" else 20
        part = cushion(inner - 0.01, 0.15, height, cloth, r=0.06, puff=0.012, wrinkle=0.004, seed=4, core=fine)
        if back == "tufted":
            part = part.warped(lambda v: tufts(v, 0.17, 0.15))
        cord = piping(inner - 0.03, height - 0.02, 0, cloth, 0.06, 0.0042).turned(90, "x").moved(0, -0.052)
        parts += [p.turned(-10, "x").moved(0, y + 0.02, z) for p in (part, *([] if back == "tufted" else [cord]))]
    return parts


def arm(cut: Cut, side: int, w: float, d: float, cloth: str, style: Style, rng: np.random.Generator) -> list[Part]:
    """The arm at the −x (side −1) or +x end of a piece w wide."""
    x, seed, aw = side * (w - cut.arm_width) / 2, float(rng.uniform(0, 40)), cut.arm_width
    if cut.arm == "wood":
        return _wooden_arm(side * (w / 2 - 0.03), d, cut.lift, style.wood)
    if cut.arm in {"rolled", "english"}:
        return _rolled_arm(cut, x, side, d, cloth, seed)
    top, slope = cut.arm_top, cut.arm == "slope"
    part = cushion(
        aw, d - 0.015, top - cut.lift, cloth, r=0.075 if slope else 0.03, puff=0.006, wrinkle=0.004, seed=seed, core=9
    )
    if slope:
        part = part.warped(
            lambda v: v + np.c_[np.zeros((len(v), 2)), 0.07 * np.clip(v[:, 1] / d, -0.5, 0.5) * (v[:, 2] > 0)]
        )
    middle = cut.lift + (top - cut.lift) / 2
    if slope:
        return [part.moved(x, 0, middle), *_seams(aw, d - 0.015, top - cut.lift, cloth, x, middle)]
    face = piping(aw - 0.02, top - cut.lift - 0.02, 0, cloth, 0.028, 0.004).turned(90, "x")
    return [part.moved(x, 0, middle), face.moved(x, -d / 2 + 0.012, middle)]


def _seams(wide: float, d: float, h: float, cloth: str, x: float, middle: float) -> list[Part]:
    """The cords of a soft, sloping arm: round its front panel, where the panel's rounding begins."""
    inset = 0.018
    deep = 0.075 - float(np.sqrt(0.075**2 - (0.075 - inset) ** 2))
    cord = piping(wide - 2 * inset, h - 2 * inset, 0, cloth, 0.058, 0.004).turned(90, "x")
    sloped = cord.warped(lambda v: v - columns(0.0, 0.0, 0.035 * (v[:, 2] > 0)))
    return [sloped.moved(x, -d / 2 + deep - 0.006, middle)]


def _wooden_arm(x: float, d: float, lift: float, wood: str) -> list[Part]:
    parts = [box(0.055, d - 0.06, 0.03, wood, 0.012).moved(x, -0.01, 0.60)]
    parts += [box(0.045, 0.045, 0.60, wood, 0.008).moved(x, y, 0.30) for y in (-d / 2 + 0.07, d / 2 - 0.09)]
    return [*parts, box(0.04, d - 0.1, 0.05, wood, 0.008).moved(x, 0, lift + 0.05)]


def _rolled_arm(cut: Cut, x: float, side: int, d: float, cloth: str, seed: float) -> list[Part]:
    """A scroll on a slim body; the English arm is smaller and stands back from the seat's front."""
    small = cut.arm == "english"
    front, roll, z = (-d / 2 + 0.12, 0.066, cut.arm_top - 0.07) if small else (-d / 2, 0.088, cut.arm_top - 0.075)
    length = d / 2 - front - 0.04
    body = cushion(
        cut.arm_width * 0.62, length, z - 0.04 - cut.lift, cloth, r=0.03, puff=0.004, wrinkle=0.003, seed=seed, core=8
    )
    parts = [body.moved(x - side * cut.arm_width * 0.12, front + length / 2, cut.lift + (z - 0.04 - cut.lift) / 2)]
    y = np.linspace(front + 0.012, d / 2 - 0.06, 10)
    radius = roll * np.r_[0.85, 0.97, np.ones(8)]
    parts.append(tube(np.c_[np.full(10, x + side * 0.01), y, np.full(10, z)], radius, cloth, 24))
    ring = np.linspace(0, 2 * np.pi, 25)[:-1]
    k = roll * 0.886
    cord = np.c_[x + side * 0.01 + k * np.cos(ring), np.full(24, front + 0.014), z + k * np.sin(ring)]
    face = disc(roll * 0.91, 0.008, cloth, 24).turned(90, "x").moved(x + side * 0.01, front + 0.014, z)
    return [*parts, face, tube(cord, 0.006, cloth, 6, closed=True)]


def upholstered(size: Size, style: Style, cloth: str, cut: Cut, rng: np.random.Generator) -> list[Part]:
    """Rail, feet, arms, shell, seats and back of a straight seat."""
    w, d, h = size
    lift, inner = cut.lift, w - 2 * cut.arm_width
    rolled = cut.arm in {"rolled", "english"}
    rail = w - 0.62 * cut.arm_width if rolled else w - 0.03
    parts = [box(rail, d - 0.05, 0.30 - lift, cloth, 0.025, 4, 2).moved(0, 0.005, lift + (0.30 - lift) / 2)]
    parts += legs(cut.legs, rail + 0.03, d, lift + 0.01, style.wood, style.metal)
    for side in (-1, 1):
        parts += arm(cut, side, w, d, cloth, style, rng)
    loose = cut.back == "loose"
    tall = h - lift - (0.06 if loose else 0.005)  # loose cushions rise over the shell; a tight back is framed by it
    shell = box(inner + 0.06 if cut.arm != "wood" else w, 0.18, tall, cloth, 0.055, 6, 3)
    parts.append(shell.turned(-4, "x").moved(0, d / 2 - REAR, lift + tall / 2))
    cw = inner / cut.count
    for i in range(cut.count):
        parts += [
            p.moved(-inner / 2 + cw * (i + 0.5), -0.10, SEAT - 0.06) for p in seat(cw - 0.004, d - 0.26, cloth, rng)
        ]
    return parts + backrest(cut.back, inner, cut.count, d, h if loose else h - 0.05, cloth, rng)


def scatter(size: Size, style: Style, rng: np.random.Generator, on: Sequence[Part]) -> list[Part]:
    """Cushions as people leave them: more on one side than the other, no two alike beside each other.

    on: what they lie on and lean against.
    """
    w, d, h = size
    first = int(rng.integers(2)) * 2 - 1
    spots = [(first, 0.0, 0.47, False), (-first, 0.0, 0.47, False)]
    if w > 1.7:
        spots.append((first, 0.36, 0.41, False))
    if w > 2.05 and rng.random() < 0.75:
        spots.append((-first, 0.40, 0.46, True))
    offers = [*style.cushions, f"fabric/linen/{style.neutrals[0]}", f"fabric/twill/{style.accent(1)}"]
    turn = int(rng.integers(len(style.cushions)))
    parts, used = list[Part](), set[str]()
    for side, inward, edge, lumbar in spots:
        wide = edge * rng.uniform(0.95, 1.03)
        tall = wide * (0.62 if lumbar else 1.0)
        fresh = [c for c in offers[turn:] + offers[:turn] if c[-6:] not in used] or offers
        cloth = fresh[0]
        used.add(cloth[-6:])
        p = pillow(wide, tall, rng.uniform(0.17, 0.21), cloth, rng.uniform(0, 50), chop=0.022 * (rng.random() < 0.5))
        roll, tilt, yaw = rng.uniform(-6, 6), 27 + rng.uniform(-5, 6), -side * (14 - 18 * inward) + rng.uniform(-6, 6)
        p = leaning(p.turned(float(roll) * (0.4 if lumbar else 1.0)), tilt, yaw)
        x = side * (w / 2 - 0.40 - inward + rng.uniform(-0.03, 0.03))
        p = settled(p.moved(x, d / 2 - 0.395 - 0.16 * inward), SEAT + 0.015, h + 0.015)
        parts.append(rested(nestled(_leant(p, d, h), on), parts, 0.012))
    return parts


SQUARE = {"track", "slim"}
"""arms with a level top."""


def throw_over(size: Size, cut: Cut, style: Style, rng: np.random.Generator) -> list[Part]:
    """In every other home, a throw over one arm, from the seat's edge to halfway down outside."""
    side, width = int(rng.integers(2)) * 2 - 1, rng.uniform(0.36, 0.46)
    if rng.random() < 0.5:
        return []
    outer, top, y = size[0] / 2 + 0.008, cut.arm_top + 0.008, -size[1] / 2 + 0.20 + width / 2
    inner = outer - cut.arm_width - 0.016
    over = [(inner - 0.012, SEAT + 0.05), (inner - 0.006, SEAT + 0.12), (inner, top - 0.03)]
    over += [(inner + 0.035, top + 0.004), (outer - 0.035, top + 0.004), (outer, top - 0.03), (outer, top - 0.26)]
    path = np.array([(side * x, y - 0.006 * k, z) for k, (x, z) in enumerate(over)])
    return [thrown(path, np.array([0.0, float(side), 0.0]), width, f"fabric/knit/{style.inks[1]}", rng.uniform(0, 9))]


def _leant(p: Part, d: float, h: float) -> Part:
    """The cushion brought forward until it only dents what it leans on: crowned backs swallowed half of it."""
    front = d / 2 - _LOOSE_FRONT + (p.vertices[:, 2] - (SEAT + h) / 2) * _LOOSE_LEAN
    return p.moved(y=-max(0.0, float((p.vertices[:, 1] - front).max()) - _DENT))


def settled(p: Part, floor: float, ceiling: float) -> Part:
    """The cushion sunk onto a soft seat at `floor`, by up to its own stuffing so that its top stays under `ceiling`."""
    z = p.vertices[:, 2]
    return p.moved(z=float(min(floor - z.min(), ceiling - z.max())))
