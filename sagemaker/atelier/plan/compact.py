"""Groups for rooms of little floor or little furniture: hallways, studios, and second zones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atelier.plan.groups import bedroom, living, office
from atelier.plan.parts import Extra, Group, Part, Rung, Size, known, size_of, slots, tall_plant

_RUNNER: Size = (2.2, 0.75, 0.012)
_CONSOLES: tuple[tuple[Rung, Size], ...] = (
    ("L", (1.45, 0.38, 0.78)),
    ("M", (1.2, 0.35, 0.78)),
    ("S", (0.95, 0.3, 0.78)),
)


def hallway(rng: np.random.Generator) -> tuple[Group, ...]:
    """A console against a wall, a runner before it; at its ends a bench for shoes, a coat stand or a plant."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    lying, sat = ("runner" if known("runner") else "rug"), ("shoe-bench" if known("shoe-bench") else "bench")
    stand, seat = size_of("coat-stand", "S", default=(0.46, 0.46, 1.68)), size_of(sat, "S")
    groups = []
    for rung, size in _CONSOLES:
        w, d, _ = size
        core = (Part("console", size, 0, -d / 2 - 0.02),)
        runner = Extra(slots("rug"), (Part(lying, _RUNNER, 0, -d - 0.55),), 0.35)
        ends = [
            *(Extra(slots("plant", f"end{s:+.0f}"), tall_plant(s * (w / 2 + 0.5))) for s in (side, -side)),
            *(
                Extra(slots("bench", f"end{s:+.0f}"), (Part(sat, seat, s * (w / 2 + 0.3 + seat[0] / 2), -0.24),))
                for s in (-side, side)
            ),
            *(
                Extra(slots("coats", f"beyond{s:+.0f}"), (Part("coat-stand", stand, s * (w / 2 + 1.35), -0.3),), 0.08)
                for s in (-side, side)
            ),
        ]
        groups.append(Group(rung, "wall", core, 0, (runner, *ends)))
    return tuple(groups)


def living_first(rng: np.random.Generator) -> tuple[Group, ...]:
    """The living groups of a room with two zones: easy chairs come after the second zone has its floor."""
    return tuple(
        replace(g, extras=tuple(e for e in g.extras if not any(slot.startswith("chair") for slot in e.slots)))
        for g in living(rng)
        if g.size != "XS"
    )


def office_first(rng: np.random.Generator) -> tuple[Group, ...]:
    """A desk on its rug, at a wall or free before it, or a small bare one at a wall."""
    offices, turn = list(office(rng)), float(rng.uniform(35, 55))
    offices += [
        replace(g, anchor="free", extras=_rugs(g), bonus=-0.2) for g in offices if g.core[g.main].yaw_deg == 180.0
    ]
    offices.sort(key=lambda g: ["L", "M", "S"].index(g.size))
    (corner,) = desk_corner(rng)
    desk, seat = corner.core
    opened = (desk, replace(seat, y=seat.y - 0.1, yaw_deg=180.0 + (turn if rng.random() < 0.5 else -turn)))
    return (*offices, replace(corner, size="XS"), replace(corner, size="XS", core=opened))


def _rugs(group: Group) -> tuple[Extra, ...]:
    return tuple(e for e in group.extras if "rug" in e.slots)


def studio_bed(rng: np.random.Generator) -> tuple[Group, ...]:
    """The bed of a room in which one also sits and eats: never the largest."""
    return bedroom(rng)[1:]


def sitting(rng: np.random.Generator) -> tuple[Group, ...]:
    """A small sofa with its table, or two chairs: what a room with a bed has floor for."""
    return tuple(replace(g, extras=()) for g in living(rng) if g.size in {"S", "XS"})


def desk_corner(rng: np.random.Generator) -> tuple[Group, ...]:
    """A desk at a wall, its chair turned a little out."""
    turn = float(rng.uniform(-12, 12))
    w, d, h = size_of("desk", "S")
    seat = Part("dining-chair", size_of("dining-chair", "S"), 0, -d - 0.25, 180.0 + turn)
    return (Group("M", "wall", (Part("desk", (w, d, h), 0, -d / 2 - 0.04), seat), 0),)
