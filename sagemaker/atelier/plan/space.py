"""The floor as a raster: where a piece of a given class and height may stand.

One boolean grid in metres answers every footprint question by looking up sample points, for thousands of
poses at once and for any rotation. The rules are those a photographer and a fire officer would give: doors
swing, passages and hearths stay open, nothing tall stands before a window, nothing looms at the lens.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import cv2
import numpy as np
from scipy import ndimage

from atelier.model import F64, Bool, Opening, Room
from atelier.plan.parts import FLAT

CELL_M = 0.05
PATH_M = 0.75
NEAR_M, NEAR_LOW_M, _LOOKED_OVER_M = 1.5, 1.2, 0.5
"""metres from the camera's foot to the nearest piece; beds and what is no higher than this may come nearer."""
CAREFUL_M = 0.15
"""further from every edge, opening and the lens where the room is not surely understood."""
DOOR_KEEP_M, HEARTH_KEEP_M, PASSAGE_KEEP_M, SHELF_KEEP_M = 0.75, 0.9, 0.7, 0.6
CASING_M = 0.2
"""beside an opening, kept with it: its casing, and the error of seeing where it ends."""
_DOUBTED = {"fireplace", "passage"}
"""kinds that are also seen where the outline only bends: half as much is kept while they are not sure."""
SILL_TOLERANCE_M, LOW_M, BED_LOW_M = 0.3, 0.95, 0.7
"""how far a piece may rise over a sill; seats below a window are usual up to their backs, beds up to the mattress."""
GLASS_DOOR_M = 0.2
"""a window whose glass begins lower is walked through."""
STANDING_KEEP_M = {"radiator": 0.2, "counter": 0.75, "island": 0.75, "bathtub": 0.3, "stairs": 0.75, "column": 0.1}
"""floor kept before what the room holds already; anything else 0.15 m."""
APPROACH_M = 1.1
"""before a door or a passage: the floor by which one comes to it, and by which a picture shows that one can."""
_BESIDE = {"bar-stool", "bath-stool", "laundry-basket", "towel-ladder"}
"""belongs close to what stands in the room."""
_SURE = 0.55
"""openings seen with less confidence keep their own floor free but need no path of their own."""
_REACH_M, _LEVEL_M = 12.0, 0.1
_GROW_M = 0.06
"""how far a footprint may cross the measured outline: baseboards and the outline's own error."""


@dataclass(frozen=True)
class Space:
    """Rasters of one room. Build with `Space.of(room)`."""

    room: Room
    lo: F64
    shape: tuple[int, int]
    seen: Bool
    """visible floor, grown by 6 cm."""
    reach: Bool
    """visible floor and the unseen floor between the lower frame edge and the camera's foot."""
    floor: Bool
    """`reach` without margins: what a rug may lie on."""
    careful: bool = False

    @classmethod
    def of(cls, room: Room, *, careful: bool = False) -> Space:
        """careful: keep clear margins, for a room that is not surely understood."""
        polygon = np.clip(room.polygon, [-_REACH_M, -1.0], [_REACH_M, _REACH_M])
        lo = np.minimum(polygon.min(0), 0.0) - 0.5
        size = np.ceil((polygon.max(0) + 0.5 - lo) / CELL_M).astype(int)
        shape = (int(size[1]), int(size[0]))
        visible = _fill(polygon, lo, shape)
        seen = ~_grown(~visible, CAREFUL_M) if careful else _grown(visible, _GROW_M)
        near = np.zeros(shape, bool)
        for piece in room.pieces:
            if piece.kind == "border" and piece.pixels[:, 1].max() > 0.9 * room.camera.height:
                near |= _fill(np.vstack([[0.0, 0.05], piece.ground]), lo, shape)
        reach = _grown(seen | near, 0.0 if careful else 0.03)
        floor = _grown(visible | near, 0.03)
        for thing in room.standing:
            taken = _grown(_fill(np.clip(thing.footprint, -_REACH_M, _REACH_M), lo, shape), _GROW_M)
            seen, reach, floor = seen & ~taken, reach & ~taken, floor & ~taken
        return cls(room, lo, shape, seen, reach, floor, careful)

    def points(self) -> F64:
        """(rows, columns, 2) ground position of every cell."""
        rows, columns = np.mgrid[: self.shape[0], : self.shape[1]]
        return np.stack([columns, rows], -1) * CELL_M + self.lo + CELL_M / 2

    @cached_property
    def distance_from_camera(self) -> F64:
        distance: F64 = np.linalg.norm(self.points(), axis=-1)
        return distance

    @cached_property
    def to_opening(self) -> F64:
        """Metres from each cell to the nearest opening's foot; 9 where the room has none."""
        if not self.room.openings:
            return np.full(self.shape, 9.0)
        free = np.ones(self.shape, np.uint8)
        for opening in self.room.openings:
            if opening.kind != "window":
                self._line(free, opening.ground)
        return ndimage.distance_transform_edt(free) * CELL_M if not free.all() else np.full(self.shape, 9.0)

    @cached_property
    def inside(self) -> F64:
        """Metres from each cell to the edge of the floor; 0 outside."""
        depth: F64 = ndimage.distance_transform_edt(np.pad(self.reach, 1))[1:-1, 1:-1] * CELL_M
        return depth

    @cached_property
    def _keep_out(self) -> Bool:
        """Floor that doors, passages and hearths need."""
        out = np.zeros(self.shape, bool)
        keep = {"door": DOOR_KEEP_M, "fireplace": HEARTH_KEEP_M, "passage": PASSAGE_KEEP_M, "built_in": SHELF_KEEP_M}
        for opening in self.room.openings:
            if opening.kind in keep:
                sure = opening.kind not in _DOUBTED or opening.confidence > _SURE
                out |= self._before(opening, keep[opening.kind] * (1.0 if sure else 0.5) + self._more)
            elif opening.bottom_m < GLASS_DOOR_M and opening.confidence > _SURE:
                out |= self._before(opening, DOOR_KEEP_M + self._more)
        return out

    @cached_property
    def ways_in(self) -> tuple[Opening, ...]:
        """What one surely walks through."""
        return tuple(o for o in self.room.openings if o.kind in {"door", "passage"} and o.confidence > _SURE)

    @cached_property
    def approaches(self) -> Bool:
        """Floor before every way in."""
        out = np.zeros(self.shape, bool)
        for opening in self.ways_in:
            out |= self._before(opening, APPROACH_M)
        return out

    @cached_property
    def ways(self) -> Bool:
        """The approaches, and the straight lines between the ways in, as wide as one walks."""
        lines = np.ones(self.shape, np.uint8)
        for a, b in combinations(self.ways_in, 2):
            self._line(lines, np.stack([a.ground.mean(0), b.ground.mean(0)]))
        return self.approaches | _grown(lines == 0, PATH_M / 2)

    def _before(self, opening: Opening, distance: float) -> Bool:
        """Cells in front of an opening, as wide as it is with its casing: a door's swing ends at its jambs."""
        a, b = opening.ground
        length = max(float(np.linalg.norm(b - a)), 1e-6)
        along = (b - a) / length
        offset = self.points() - a
        t, out = offset @ along, np.abs(offset @ np.array([-along[1], along[0]]))
        before: Bool = (out < distance) & (t > -CASING_M - self._more) & (t < length + CASING_M + self._more)
        return before

    @cached_property
    def _kept_by_standing(self) -> Bool:
        out = np.zeros(self.shape, bool)
        for thing in self.room.standing:
            kept = STANDING_KEEP_M.get(thing.kind, 0.15) + self._more
            out |= _grown(_fill(np.clip(thing.footprint, -_REACH_M, _REACH_M), self.lo, self.shape), kept)
        return out

    @property
    def _more(self) -> float:
        return CAREFUL_M if self.careful else 0.0

    def _near(self, opening: Opening, distance: float) -> Bool:
        free = np.ones(self.shape, np.uint8)
        self._line(free, opening.ground)
        near: Bool = ndimage.distance_transform_edt(free) * CELL_M < distance
        return near

    def _line(self, grid: np.ndarray, ground: F64) -> None:
        a, b = (tuple(int(v) for v in np.floor((p - self.lo) / CELL_M)) for p in ground)
        cv2.line(grid, a, b, 0, 1)

    def floor_for(self, piece: str) -> Bool:
        """Cells that are floor as far as this piece must know: rugs and beds may leave the frame."""
        return self.floor | self._unseen if piece in FLAT else self.reach if piece == "bed" else self.seen

    def allowed(self, piece: str, height: float) -> Bool:
        """Cells a footprint of this piece may cover."""
        kind = "rug" if piece in FLAT else "beside" if piece in _BESIDE else piece if piece == "bed" else ""
        key = (kind, round(height, 2))
        if key not in self._cache:
            self._cache[key] = self._allowed(*key)
        return self._cache[key]

    @cached_property
    def _cache(self) -> dict[tuple[str, float], Bool]:
        return {}

    def _allowed(self, piece: str, height: float) -> Bool:
        if piece == "rug":
            return self.floor_for("rug") & ~self._hearths & self._clear_of_view(0.0)
        near = nearest_m(piece, height) + self._more
        grid = self.floor_for(piece) & ~self._keep_out & self._clear_of_view(height)
        if piece != "beside":
            grid &= ~self._kept_by_standing
        grid &= self.distance_from_camera >= near
        for opening in self.room.openings:
            low = max(opening.bottom_m + SILL_TOLERANCE_M, LOW_M)
            if opening.kind == "window" and (BED_LOW_M if piece == "bed" else height) > low:
                grid &= ~self._before(opening, 0.5)
        return grid

    @cached_property
    def _unseen(self) -> Bool:
        """Cells outside the frame: a rug may go on there, whatever stands on it."""
        camera, ground = self.room.camera, self.points()
        uv, depth = camera.project(np.concatenate([ground, np.zeros((*self.shape, 1))], -1))
        aside = (uv[..., 0] < 0) | (uv[..., 0] > camera.width) | (uv[..., 1] > camera.height)
        out: Bool = (depth > 0.1) & aside
        return out

    @cached_property
    def _beyond_the_frame(self) -> Bool:
        """Unseen floor beside the picture's edge: the room goes on there, by enough to pass along that edge."""
        free = np.ones(self.shape, np.uint8)
        for piece in self.room.pieces:
            if piece.kind == "border":
                self._line(free, np.clip(piece.ground, -_REACH_M, _REACH_M))
        out: Bool = self._unseen & (ndimage.distance_transform_edt(free) * CELL_M < PATH_M + 4 * CELL_M)
        return out

    def _clear_of_view(self, height: float) -> Bool:
        """Cells on which something of this height covers none of the pixels that are to stay in sight."""
        wanted = self.room.keep_clear
        if wanted is None or not wanted.any():
            return np.ones(self.shape, bool)
        levels = range(int(np.ceil(height / _LEVEL_M)) + 1)
        hides: Bool = np.any([self._before_wanted(level) for level in levels], axis=0)
        return ~hides

    def _before_wanted(self, level: int) -> Bool:
        """Cells whose point `level` steps above the floor shows on a pixel that is to stay in sight."""
        if level not in self._levels:
            wanted, camera = self.room.keep_clear, self.room.camera
            above = np.full((*self.shape, 1), level * _LEVEL_M)
            uv, depth = camera.project(np.concatenate([self.points(), above], -1))
            column, row = (np.floor(uv[..., k]).astype(np.int64) for k in (0, 1))
            inside = (depth > 0.1) & (column >= 0) & (column < camera.width) & (row >= 0) & (row < camera.height)
            self._levels[level] = inside & np.asarray(wanted)[np.where(inside, row, 0), np.where(inside, column, 0)]
        return self._levels[level]

    @cached_property
    def _levels(self) -> dict[int, Bool]:
        return {}

    @cached_property
    def _hearths(self) -> Bool:
        out = np.zeros(self.shape, bool)
        for opening in self.room.openings:
            if opening.kind == "fireplace":
                out |= self._near(opening, 0.3)
        return out

    def lookup(self, grid: np.ndarray, ground: F64) -> np.ndarray:
        """Grid values at ground points (..., 2); points off the grid read the grid's corner, which is outside."""
        index = np.floor((ground - self.lo) / CELL_M).astype(np.int64)
        rows, columns = self.shape
        inside = (index >= 0).all(-1) & (index[..., 0] < columns) & (index[..., 1] < rows)
        index = np.where(inside[..., None], index, 0)
        return grid[index[..., 1], index[..., 0]]

    def stamp(self, corners: list[F64], grow: float = 0.0) -> Bool:
        """Cells covered by the given ground quadrilaterals, grown by `grow` metres."""
        out = np.zeros(self.shape, bool)
        for quad in corners:
            out |= _fill(quad, self.lo, self.shape)
        return _grown(out, grow)

    def paths_kept(self, covered: Bool) -> bool:
        """Whether every place one could walk to (0.7 m wide) near an opening or deep in the room still is.

        covered: cells under furniture. Walkers start anywhere on the camera's side of the room.
        """
        start, goals = self._ends
        labels, _ = ndimage.label(after := self._walkable(covered))
        home = set(np.unique(labels[start & after])) - {0}
        return all(bool(home & set(np.unique(labels[g & after]))) for g in goals) and bool(home)

    @cached_property
    def _ends(self) -> tuple[Bool, list[Bool]]:
        """Where paths begin, and each place they lead to, in the empty room."""
        before = self._walkable(np.zeros(self.shape, bool))
        start = before & (self.distance_from_camera < self.distance_from_camera[before].min(initial=9.0) + 0.6)
        labels, _ = ndimage.label(before)
        reached = before & np.isin(labels, labels[start])  # a floor seen through a pinch is no one's to block
        near = [self._near(o, DOOR_KEEP_M + 0.35) & reached for o in self.ways_in]
        return start, [goal for goal in near if goal.any()]

    def _walkable(self, covered: Bool) -> Bool:
        clear = (self.floor | self._beyond_the_frame) & ~covered
        walk: Bool = ndimage.distance_transform_edt(np.pad(clear, 1))[1:-1, 1:-1] * CELL_M >= PATH_M / 2
        return walk

    @property
    def width_off_the_ways(self) -> float:
        """Metres: diameter of the largest circle on visible floor that no door, hearth or way between doors needs."""
        free = self.seen & ~self._keep_out & ~self._kept_by_standing & ~self.ways
        return 2 * CELL_M * float(ndimage.distance_transform_edt(np.pad(free, 1)).max())

    @property
    def width(self) -> float:
        """Metres: diameter of the largest circle on the floor one can see or assume."""
        return 2 * float(self.inside.max())


def nearest_m(piece: str, height: float) -> float:
    """Metres that a piece keeps from the camera's foot."""
    return NEAR_LOW_M if piece == "bed" or height <= _LOOKED_OVER_M else NEAR_M


def _fill(polygon: F64, lo: F64, shape: tuple[int, int]) -> Bool:
    grid = np.zeros(shape, np.uint8)
    cells = (np.asarray(polygon) - lo) / CELL_M - 0.5
    cv2.fillPoly(grid, [np.round(cells * 16).astype(np.int32)], 1, shift=4)
    return grid.astype(bool)


def _grown(grid: Bool, metres: float) -> Bool:
    if metres <= 0:
        return grid
    near: Bool = ndimage.distance_transform_edt(~grid) * CELL_M <= metres
    return near
