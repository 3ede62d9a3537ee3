"""Contact shadows: dark at a foot's edge, gone within centimetres, the same on bare floor and rug."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from atelier.model import Scene
from atelier.render import render
from atelier.render.footing import Footing, find_footing
from atelier.render.kernels.structs import CONTACT
from tests.unit.atelier.furnished_box import MATERIALS, block, photo_and_room, side_light

SIZE = (300, 210)


def at(footing: Footing, x: float, y: float) -> float:
    i, j = (round((v - c) / footing.cell_m - 0.5) for v, c in zip((x, y), footing.corner, strict=True))
    return float(footing.left[j, i])


def test_contact_is_dark_at_the_edge_and_gone_beyond_its_reach() -> None:
    leg = block((1.0, 2.0, 0.25), (0.04, 0.04, 0.5))
    footing = find_footing(leg.vertices, leg.faces)
    assert footing.left.shape == (CONTACT, CONTACT)
    assert at(footing, 1.021, 2.0) < 0.5
    assert at(footing, 1.021, 2.0) < at(footing, 1.04, 2.0) < at(footing, 1.08, 2.0) < 1.0
    assert at(footing, 1.165, 2.0) == 1.0
    assert at(footing, 1.0, 2.0) == pytest.approx(footing.left.min()), "outlines are filled"


def test_what_hangs_or_lies_flat_has_no_feet() -> None:
    for height, centre in ((0.5, 1.0), (0.014, 0.007)):
        thing = block((0.0, 2.0, centre), (1.0, 1.0, height))
        assert (find_footing(thing.vertices, thing.faces).left == 1.0).all()


def light_left_beside(leg_bottom: float) -> float:
    _, room = photo_and_room(*SIZE)
    leg = block((0.0, 3.0, leg_bottom + 0.2), (0.06, 0.06, 0.4))
    layer = render(Scene((leg,), MATERIALS), room, side_light(), *SIZE, 4, 0, lambda _name, _fraction: None)
    uv, _ = layer.camera.project(np.array([[0.0, 2.95, 0.0]]))
    column, row = (int(v) for v in uv[0])
    return float(layer.ratio[row, column].mean())


def test_a_leg_that_touches_the_floor_darkens_it_more_than_one_that_hovers() -> None:
    assert light_left_beside(0.0) < light_left_beside(0.05) - 0.1


def test_no_word_about_a_missing_gpu() -> None:
    program = "import sys; from atelier.render import runtime; sys.stderr.write('other lines stay')"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program]
    out = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603
    assert out.stderr == "other lines stay"
