"""Processes of ours: started detached, known again by pid and start time, stopped for certain."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.files import read_json, write_json

STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Process:
    """A process we started. `started` tells it from a later one that was given the same pid."""

    pid: int
    started: str

    def alive(self) -> bool:
        return bool(self.started) and start_time(self.pid) == self.started

    def save(self, path: Path) -> None:
        write_json(path, {"pid": self.pid, "started": self.started})


def load(path: Path) -> Process | None:
    """The process of a pid file, if it still runs. A stale file is None."""
    content = read_json(path)
    try:
        process = Process(int(content["pid"]), str(content["started"]))
    except (KeyError, TypeError, ValueError):
        return None
    return process if process.alive() else None


def start_time(pid: int) -> str:
    """When the process began, as the system says it; empty when it does not run (a zombie does not)."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in {"Z", "X"} else fields[19]
    listed = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = listed.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else started.strip()


def spawn(command: Sequence[str | Path], log: Path, env: Mapping[str, str], cwd: Path) -> subprocess.Popen[bytes]:
    """Start in a session of its own, output appended to `log`, nothing on standard input."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
        )


def identify(pid: int) -> Process:
    return Process(pid, start_time(pid))


def stop(process: Process, seconds: float = STOP_SECONDS) -> None:
    """SIGTERM, then SIGKILL to the whole session after `seconds`. Nothing happens to a pid that is not ours."""
    if not process.alive():
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGTERM)
    _wait(process, seconds)
    end_session(process.pid)
    _wait(process, STOP_SECONDS)  # a kill is sent at once but carried out when the system gets to it


def _wait(process: Process, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while process.alive() and time.monotonic() < deadline:
        _reap(process.pid)
        time.sleep(0.02)
    _reap(process.pid)


def end_session(pid: int) -> None:
    """SIGKILL what is left of the session that `spawn` began for `pid`: its own children (Lambda workers)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _reap(pid: int) -> None:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def free_port(preferred: int) -> int:
    """`preferred` if nobody listens there on loopback, else one the system chooses."""
    for candidate in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", candidate))
                return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def answers(url: str, seconds: float = 1.0) -> bool:
    """Whether a GET of `url` answers 200."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as response:  # noqa: S310 - our own loopback URLs
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False
