"""Start every function's first worker beforehand: on a small machine ten cold starts in one job are half its wait."""

from __future__ import annotations

import logging
import threading
from typing import Any

from ministack.core.lambda_runtime import acquire_worker, ensure_spawned, release_worker
from ministack.services import lambda_svc

logger = logging.getLogger("warm")


def start() -> None:
    """Work through the functions one after the other, beside everything else."""
    threading.Thread(target=_warm_all, daemon=True, name="warm").start()


def _warm_all() -> None:
    for function in sorted(lambda_svc._functions._data.values(), key=_asked_last):
        config, code = function.get("config") or function, function.get("code_zip")
        if not code:
            continue
        worker, _ = acquire_worker(config["FunctionName"], config, code, qualifier=config.get("Version", "$LATEST"))
        try:
            ensure_spawned(worker)
        except Exception:
            logger.exception("%s cannot be started; its first invocation will say why", config["FunctionName"])
        finally:
            release_worker(worker)


def _asked_last(function: Any) -> bool:
    """Somebody waits for the API's own functions; the others only have work once those have answered."""
    return "api" not in (function.get("config") or function)["FunctionName"].split("-")
