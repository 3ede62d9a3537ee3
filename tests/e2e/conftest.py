"""One whole stack for all end-to-end tests: its own ports and state, so that a running one is not disturbed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from PIL import Image

from local.client import Client, request
from local.files import read_json, write_json
from local.layout import STATE_VARIABLE, Layout, layout
from local.processes import start_time
from local.stack import forget
from local.supervisor import clear_away, pid_file

EXAMPLE = layout().root / "examples" / "empty-living-room.jpg"
PORTS = {"api": 18700, "inbox": 18701, "sagemaker": 18702, "engine": 18703, "aws": 18704}
UP_SECONDS = 900
JOB_SECONDS = 900


def eventually(look: Callable[[], Any], what: str, seconds: float = 60, pause: float = 0.3) -> Any:
    """Look until the answer is truthy."""
    deadline = time.monotonic() + seconds
    while True:
        if found := look():
            return found
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(pause)


@dataclass
class Stack:
    """The running stack as a customer and as its operator see it."""

    place: Layout
    status: dict[str, Any]
    client: Client
    clients: dict[str, Any] = field(default_factory=dict)

    def aws(self, service: str) -> Any:
        """A boto3 client of the local AWS."""
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,  # type: ignore[call-overload]  # one of many literals
                endpoint_url=self.status["aws_endpoint_url"],
                region_name="us-east-1",
                aws_access_key_id="000000000000",
                aws_secret_access_key="local",
                config=Config(s3={"addressing_style": "path"}, inject_host_prefix=False),
            )
        return self.clients[service]

    def output(self, name: str) -> str:
        return str(self.status["outputs"][name])

    def source(self, photo: Path) -> str:
        """A ready source asset."""
        asset = self.client.post_file("/api/v1/source-assets", "file", photo, uuid.uuid4().hex)
        return self.ready(asset["ingest_id"])

    def ready(self, ingest_id: str) -> str:
        path = f"/api/v1/source-assets/{ingest_id}"
        asset = eventually(lambda: self._ended(self.client.get(path), {"ready", "failed"}), f"{ingest_id} is ready")
        assert asset["status"] == "ready", asset["failure"]
        return str(asset["source_asset_id"])

    def submit(self, photo: Path, **fields: Any) -> str:
        """Ask for a staged living room → job id."""
        wanted = {
            "source_asset_id": fields.get("source_asset_id") or self.source(photo),
            "workflow": "staging",
            "capture_type": "photo",
            "mode": "furnish",
            "room_types": ["living-room"],
            "style_preset": "modern",
            **fields,
        }
        return str(self.client.post_json("/api/v1/generations", wanted, uuid.uuid4().hex)["job_id"])

    def job(self, job_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.get(f"/api/v1/generations/{job_id}")
        return answer

    def running(self, job_id: str) -> None:
        """Wait until the engine works on the job."""
        eventually(lambda: self.job(job_id)["status"] == "running", f"{job_id} runs", 120, 0.1)

    def ended(self, job_id: str, seconds: float = JOB_SECONDS) -> dict[str, Any]:
        look = lambda: self._ended(self.job(job_id), {"succeeded", "failed"})  # noqa: E731
        ended: dict[str, Any] = eventually(look, f"{job_id} ends", seconds, 0.5)
        return ended

    @staticmethod
    def _ended(thing: dict[str, Any], ends: set[str]) -> dict[str, Any] | None:
        return thing if thing["status"] in ends else None

    def webhooks(self, job_id: str) -> list[dict[str, Any]]:
        """What the inbox received for one job."""
        _, body = request("GET", self.status["webhook_deliveries_url"])
        return [entry for entry in json.loads(body)["deliveries"] if job_id in entry["body"]]

    def kill(self, *names: str) -> None:
        """`kill -9`, and nothing else."""
        pids = [int(read_json(pid_file(self.place, name))["pid"]) for name in names]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: not any(start_time(pid) for pid in pids), "the killed processes are gone", 10, 0.05)

    def up(self) -> None:
        local(self.place, "up")


def local(place: Layout, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m local …` on the test stack."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "local", *arguments],
        cwd=place.root,
        env={**os.environ, STATE_VARIABLE: str(place.state)},
        capture_output=True,
        text=True,
        timeout=UP_SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"local {arguments}:\n{done.stdout[-3000:]}\n{done.stderr[-5000:]}"
    return done


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A fresh stack, stopped at the end; its logs stay in the state directory."""
    tools = layout().tools
    place = Layout(layout().root, tools, Path(os.environ.get(STATE_VARIABLE, tools / "test-stack")))
    clear_away(place)
    forget(place)
    if not place.settings.exists():
        write_json(place.settings, {"ports": PORTS})
    local(place, "up")
    status = json.loads(local(place, "status", "--json").stdout)
    try:
        yield Stack(place, status, Client(status["api_url"], status["api_key"]))
    finally:
        clear_away(place)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo that is no room: the engine refuses it soon, and a refused job is still a whole job."""
    path = tmp_path_factory.mktemp("photos") / "blank.png"
    Image.new("RGB", (640, 480), (127, 140, 150)).save(path)
    return path


@pytest.fixture(scope="session", autouse=True)
def failing_webhook(stack: Stack, blank: Path) -> str:
    """A job whose receiver fails twice; asked for at once, because its third attempt comes minutes later."""
    url = stack.status["webhook_inbox_url"] + "?fail=2"
    return stack.submit(blank, webhook={"url": url})


def delivered(log: list[dict[str, object]]) -> dict[str, object] | None:
    """The entry of a delivery log that says so."""
    return next((entry for entry in log if entry["status"] == "delivered"), None)
