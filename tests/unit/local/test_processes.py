"""Processes are known by pid and start time, and stopped for certain."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.processes import Process, free_port, identify, load, spawn, start_time, stop

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


Start = Callable[[str], Process]


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Start]:
    """Starts Python code as a process of ours; none outlives the test."""
    popens: list[subprocess.Popen[bytes]] = []

    def start(code: str) -> Process:
        popens.append(spawn([sys.executable, "-c", code], tmp_path / "log", {"PATH": os.environ["PATH"]}, tmp_path))
        return identify(popens[-1].pid)

    yield start
    for popen in popens:
        stop(identify(popen.pid), seconds=0)
        popen.wait(10)


def test_a_process_is_recognised_by_its_file(tmp_path: Path, started: Start) -> None:
    process = started("import time; time.sleep(60)")
    process.save(tmp_path / "pid.json")
    assert load(tmp_path / "pid.json") == process
    stop(process)
    assert load(tmp_path / "pid.json") is None


def test_another_process_with_the_same_pid_is_not_ours(tmp_path: Path) -> None:
    stranger = Process(os.getpid(), "12345")
    stranger.save(tmp_path / "pid.json")
    assert load(tmp_path / "pid.json") is None
    stop(stranger, seconds=0)  # would end this test run if it believed the pid


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"pid": "x", "started": 1}'])
def test_a_broken_file_is_no_process(tmp_path: Path, content: str) -> None:
    (tmp_path / "pid.json").write_text(content)
    assert load(tmp_path / "pid.json") is None


def test_what_ignores_sigterm_is_killed_with_its_children(tmp_path: Path, started: Start) -> None:
    process, log = started(STUBBORN), tmp_path / "log"
    deadline = time.monotonic() + 10
    while not log.read_text().strip() and time.monotonic() < deadline:
        time.sleep(0.02)
    child = int(log.read_text())
    stop(process, seconds=0.3)
    deadline = time.monotonic() + 5
    while start_time(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not process.alive()
    assert not start_time(child)


def test_a_taken_port_is_left_alone() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port
