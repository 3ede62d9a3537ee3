"""Keeps the local stack's processes running: `python -m local.supervisor`, one for each stack.

Started by `up`, stopped by `down`. A process that dies is started again; its pid file tells the next
launcher what to clear away if the supervisor itself was killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.layout import ACCOUNT, REGION, Layout, layout
from local.processes import Process, end_session, identify, load, spawn, stop
from local.settings import Ports, load_settings

PROCESSES = ("aws", "front", "engine")
LOG_BYTES = 20_000_000
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "SSL_CERT_FILE", "SSL_CERT_DIR", "OMP_NUM_THREADS", "OPENBLAS_CORETYPE")


@dataclass
class Child:
    """One process and how often it had to be started."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    cwd: Path
    popen: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = field(default=0.0)


def client_environment(ports: Ports) -> dict[str, str]:
    """The variables by which any AWS SDK finds the local AWS and nothing else."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{ports.aws}",
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{ports.aws}",
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def base_environment() -> dict[str, str]:
    """What our processes inherit: no variable of this machine may reach a function by accident."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ}


def children(place: Layout, ports: Ports) -> list[Child]:
    """The stack's processes in starting order."""
    base = base_environment()
    aws = {
        **base,
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(ports.aws),
        "PERSIST_STATE": "1",
        "S3_PERSIST": "1",
        "STATE_DIR": str(place.state / "aws"),
        "S3_DATA_DIR": str(place.state / "objects"),
        "TMPDIR": str(place.state / "tmp"),
        "AWS_DEFAULT_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "ROOMWRIGHT_LAMBDA_PYTHON": str(place.python("runtime")),
    }
    engine = {
        **base,
        **client_environment(ports),
        "ROOMWRIGHT_BIND_HOST": "127.0.0.1",
        "PORT": str(ports.engine),
        "ROOMWRIGHT_WEIGHTS_DIR": str(place.weights),
        "WARP_CACHE_PATH": str(place.tools / "warp"),
        "PYTHONPATH": str(place.root / "layers" / "core" / "python"),
    }
    front = {**base, **client_environment(ports)}
    run = ["-m", "local.front", str(place.state)]
    return [
        Child("aws", [str(place.python("emulator")), "-m", "local.emulator"], aws, place.root),
        Child("front", [str(place.python("runtime")), *run], front, place.root),
        Child("engine", [str(place.python("engine")), "-m", "serving"], engine, place.root / "sagemaker"),
    ]


def pid_file(place: Layout, name: str) -> Path:
    return place.state / "run" / f"{name}.json"


def running(place: Layout) -> dict[str, Process]:
    """The processes of this stack that are alive, the supervisor included."""
    found = {name: load(pid_file(place, name)) for name in ("supervisor", *PROCESSES)}
    return {name: process for name, process in found.items() if process is not None}


def clear_away(place: Layout) -> None:
    """Stop whatever is left of this stack."""
    alive = running(place)
    for name in ("supervisor", *PROCESSES):
        if name in alive:
            # The supervisor needs the time its own children may take.
            stop(alive[name], seconds=20.0 if name == "supervisor" else 5.0)
        pid_file(place, name).unlink(missing_ok=True)


class Supervisor:
    def __init__(self, place: Layout) -> None:
        self._place = place
        self._stopping = threading.Event()
        self._children = children(place, load_settings(place.settings).ports)

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        (self._place.state / "tmp").mkdir(parents=True, exist_ok=True)
        identify(os.getpid()).save(pid_file(self._place, "supervisor"))
        try:
            while not self._stopping.wait(0.2):
                for child in self._children:
                    self._keep(child)
        finally:
            self._stop_all()

    def _keep(self, child: Child) -> None:
        if child.popen is not None and child.popen.poll() is None:
            return
        if child.popen is not None:
            lived = time.monotonic() - child.started_at
            child.failures = 0 if lived > 60 else child.failures + 1
            self._say(f"{child.name} ended with {child.popen.returncode} after {lived:.0f} s; starting it again")
            # Functions that the emulator left behind would answer for nobody.
            end_session(child.popen.pid)
            if self._stopping.wait(min(30.0, 0.2 * 2**child.failures)):
                return
        log = self._place.logs / f"{child.name}.log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".1.log"))
        child.popen = spawn(child.command, log, child.env, child.cwd)
        child.started_at = time.monotonic()
        identify(child.popen.pid).save(pid_file(self._place, child.name))

    def _stop_all(self) -> None:
        """Last started first stopped: the engine may still write its result."""
        for child in reversed(self._children):
            if child.popen is not None:
                stop(identify(child.popen.pid))
                child.popen.poll()
            pid_file(self._place, child.name).unlink(missing_ok=True)
        pid_file(self._place, "supervisor").unlink(missing_ok=True)

    def _say(self, text: str) -> None:
        print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


if __name__ == "__main__":
    Supervisor(layout()).run()
    sys.exit(0)
