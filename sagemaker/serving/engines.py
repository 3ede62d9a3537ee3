"""Which engine this container runs: named once, by environment."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module

from atelier.result import Engine

ENGINE_VARIABLE = "ROOMWRIGHT_ENGINE"
_FACTORIES = {"atelier": ("atelier.pipeline", "Atelier"), "diffusion": ("diffusion.engine", "Diffusion")}


def engine_from_environment() -> Engine:
    """The engine named by ROOMWRIGHT_ENGINE (atelier when unset). Raises ValueError for another name.

    Imported only here: each engine's libraries are heavy, and the other's may not be installed.
    """
    name = os.environ.get(ENGINE_VARIABLE, "atelier")
    if name not in _FACTORIES:
        raise ValueError(f"{ENGINE_VARIABLE}={name!r} is not an engine; use one of {', '.join(_FACTORIES)}")
    module, factory = _FACTORIES[name]
    build: Callable[[], Engine] = getattr(import_module(module), factory)
    return build()
