"""Groups for rooms of little floor or little furniture: kitchens, hallways, studios, and second zones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from atelier.plan.groups import bedroom, dining, living, office
from atelier.plan.parts import Extra, Group, Part, Rung, Size, known, size_of, slots, tall_plant

_RUNNER: Size = (2.2, 0.75, 0.012)
_CONSOLES: tuple[tuple[Rung, Size], ...] = (
    ("L", (1.45, 0.38, 0.78)),
    ("M", (1.2, 0.35, 0.78)),
    ("S", (0.95, 0.3, 0.78)),
)
_KITCHEN_AISLE_M, _SEAT_OUT_M = 0.62, 0.18
"""floor kept free along the worktops, and how far a chair's middle stands out from the table's edge."""
_BREAKFAST: tuple[tuple[Rung, str, Size, int], ...] = (
    ("L", "dining-table", (1.6, 0.85, 0.75), 4),
    ("M", "dining-table-round", (1.15, 1.15, 0.75), 4),
    ("S", "dining-table-round", (0.95, 0.95, 0.75), 2),
    ("XS", "dining-table-round", (0.8, 0.8, 0.75), 2),
)
_ROUND: tuple[Rung, str, Size, int] = ("L", "dining-table-round", (1.3, 1.3, 0.75), 4)


def breakfast(rng: np.random.Generator) -> tuple[Group, ...]:
    """A table to eat at in a kitchen: free on the floor, an aisle all round, and no rug under it."""
    large = _ROUND if rng.random() < 0.4 else _BREAKFAST[0]
    return tuple(_table(rung, piece, top, chairs, rng) for rung, piece, top, chairs in (large, *_BREAKFAST[1:]))


def bistro(rng: np.random.Generator) -> tuple[Group, ...]:
    """The smallest table with two chairs, for a kitchen that is a passage otherwise."""
    return (_table("XS", "bistro-table", size_of("bistro-table", default=(0.65, 0.65, 0.74)), 2, rng),)


def _table(rung: Rung, piece: str, top: Size, chairs: int, rng: np.random.Generator) -> Group:
    chair, turn = size_of("dining-chair"), rng.uniform(-5, 5, 4)
    parts = [Part(piece, top, 0, 0)]
    if piece == "dining-table":
        y = top[1] / 2 + _SEAT_OUT_M
        seats = [(s * 0.36, t * y, 180.0 if t < 0 else 0.0) for s in (-1, 1) for t in (-1, 1)]
    else:
        out = top[0] / 2 + _SEAT_OUT_M
        seats = [(0.0, -out, 180.0), (0.0, out, 0.0), (-out, 0.0, 90.0), (out, 0.0, -90.0)]
    for (x, y, yaw), more in zip(seats[:chairs], turn, strict=False):
        parts.append(Part("dining-chair", chair, x, y, yaw + more))
    return Group(rung, "free", tuple(parts), 0, aisle_m=_KITCHEN_AISLE_M)


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


def dining_first(rng: np.random.Generator) -> tuple[Group, ...]:
    """A dining room's table on its rug, or a small bare one where no rug fits."""
    bare = tuple(replace(g, size="XS", aisle_m=0.3) for g in breakfast(rng)[2:])
    tight = (replace(bare[-1], aisle_m=0.05, bonus=-0.1), _aslant(replace(bare[-1], aisle_m=0.05, bonus=-0.1)))
    return (*dining(rng), *bare, *tight, _against_the_wall(rng))


def _aslant(group: Group) -> Group:
    """The same group turned by an eighth: two chairs seen from the corner take less depth and less width."""
    c = float(np.sqrt(0.5))
    turned = (replace(p, x=c * (p.x - p.y), y=c * (p.x + p.y), yaw_deg=p.yaw_deg + 45.0) for p in group.core)
    return replace(group, core=tuple(turned))


def _against_the_wall(rng: np.random.Generator) -> Group:
    """A small table with its long side to the wall and a chair at each end."""
    w, d, h = size_of("dining-table", "S")
    turn = rng.uniform(-5, 5, 2)
    chairs = (
        Part("dining-chair", size_of("dining-chair"), s * (w / 2 + _SEAT_OUT_M), -d / 2 - 0.04, -s * 90.0 + float(t))
        for s, t in zip((-1, 1), turn, strict=True)
    )
    table = Part("dining-table", (w, d, h), 0, -d / 2 - 0.04)
    return Group("XS", "wall", (table, *chairs), 0, span_m=w + 1.0)


def office_first(rng: np.random.Generator) -> tuple[Group, ...]:
    """A desk on its rug, at a wall or free before it, or a small bare one at a wall."""
    offices, turn = list(office(rng)), float(rng.uniform(35, 55))
    offices += [replace(g, anchor="free", extras=(), bonus=-0.2) for g in offices if g.core[g.main].yaw_deg == 180.0]
    offices.sort(key=lambda g: ["L", "M", "S"].index(g.size))
    (corner,) = desk_corner(rng)
    desk, seat = corner.core
    opened = (desk, replace(seat, y=seat.y - 0.1, yaw_deg=180.0 + (turn if rng.random() < 0.5 else -turn)))
    return (*offices, replace(corner, size="XS"), replace(corner, size="XS", core=opened))


def dining_zone(rng: np.random.Generator) -> tuple[Group, ...]:
    """A dining set that shares the floor with a sofa: on a rug where there is room, bare where there is not."""
    return (*dining(rng), *breakfast(rng)[1:])


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
