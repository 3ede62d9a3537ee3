"""`python -m serving`: warm the engine and serve until SIGTERM."""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

import boto3

from serving import logs
from serving.app import Server
from serving.engines import engine_from_environment
from serving.storage import S3Storage

_log = logging.getLogger("serving")


def main() -> None:
    """Serve on ROOMWRIGHT_BIND_HOST and SAGEMAKER_BIND_TO_PORT (or PORT); a running job is finished on SIGTERM."""
    logs.configure()
    host = os.environ.get("ROOMWRIGHT_BIND_HOST", "0.0.0.0")  # noqa: S104 - inside a container
    port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT") or os.environ.get("PORT") or 8080)
    server = Server((host, port), engine_from_environment(), S3Storage(boto3.client("s3")))

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    threading.Thread(target=_warm, args=(server,), daemon=True).start()
    with server:
        server.serve_forever()
    _log.info("stopped")


def _warm(server: Server) -> None:
    try:
        server.warm()
    except Exception:  # noqa: BLE001 - the platform sees a container that never becomes healthy, the log says why
        _log.exception("the engine could not be warmed; /ping stays 503")


if __name__ == "__main__":
    main()
