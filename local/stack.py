"""Bring one stack up, see how it is, take it down. Half-dead stacks are recognised and mended."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from local import deploy, tenant
from local.console import Console
from local.install import FOR_STACK, Installer
from local.layout import Layout, LocalRunError
from local.processes import answers, spawn
from local.settings import Ports, Settings, load_settings, save_settings, with_free_ports
from local.supervisor import PROCESSES, base_environment, clear_away, running

START_SECONDS = {"aws": 60.0, "front": 30.0, "engine": 300.0}
"""the engine compiles its kernels when it starts for the first time"""
MOST_STARTS = 3
INTERRUPTED = "deploying"


@dataclass(frozen=True)
class Health:
    """`processes`: name → running | starting | stopped."""

    processes: dict[str, str]
    deployed: bool

    @property
    def state(self) -> str:
        """running, degraded (something is missing; `up` mends it) or stopped."""
        if set(self.processes.values()) == {"stopped"}:
            return "stopped"
        return "running" if self.deployed and set(self.processes.values()) == {"running"} else "degraded"


def probes(ports: Ports) -> dict[str, str]:
    """A URL per process that answers 200 when it is well."""
    return {
        "aws": f"http://127.0.0.1:{ports.aws}/_ministack/health",
        "front": f"http://127.0.0.1:{ports.inbox}/",
        "engine": f"http://127.0.0.1:{ports.engine}/ping",
    }


def health(layout: Layout) -> Health:
    alive, settings = running(layout), load_settings(layout.settings)
    urls = probes(settings.ports)
    processes = {"supervisor": "running" if "supervisor" in alive else "stopped"}
    for name in PROCESSES:
        processes[name] = "stopped" if name not in alive else "running" if answers(urls[name]) else "starting"
    return Health(processes, layout.deployed.exists())


def up(layout: Layout, console: Console, allow: Sequence[str] | None = None) -> None:
    """Start what does not run, deploy what changed. `allow` None leaves the permissions as they were."""
    installer = Installer(layout, console)
    settings = load_settings(layout.settings)
    if allow is not None and tuple(allow) != settings.allow:
        settings = replace(settings, allow=tuple(allow))
        save_settings(layout.settings, settings)
    whole = set(running(layout)) == {"supervisor", *PROCESSES}
    if not whole:
        settings = _clear(layout, settings, console)
    _prepare(layout, settings, installer, console)
    if not whole:
        _start(layout, console)
    _wait_for(layout, settings, ("aws", "front"), console)
    if not deploy.is_current(layout, settings):
        marker = layout.state / INTERRUPTED
        marker.touch()
        deploy.deploy(layout, settings, installer, console)
        marker.unlink()
    if not tenant.exists(layout):
        tenant.create(layout, settings)
        console.say("Created the local organisation, its live key and its test key")
    _wait_for(layout, settings, ("engine",), console)


def _prepare(layout: Layout, settings: Settings, installer: Installer, console: Console) -> None:
    """Install; while the engine's packages and weights come in, the app is already synthesised."""
    installer.ensure((), node=False, weights=False)
    with ThreadPoolExecutor(2) as pool:
        engine = pool.submit(installer.ensure, ("engine",), node=False, weights=True)
        installer.ensure([name for name in FOR_STACK if name != "engine"], node=True, weights=False)
        if not deploy.is_current(layout, settings):
            deploy.synthesise(layout, settings, installer, console)
        engine.result()


def _clear(layout: Layout, settings: Settings, console: Console) -> Settings:
    """Clear away what is left of the stack and choose free ports → the settings to start with."""
    if running(layout):
        console.say("The stack is half dead: stopping what is left of it")
    clear_away(layout)
    if (layout.state / INTERRUPTED).exists():
        console.say("The last deployment was interrupted: the local AWS begins empty")
        forget(layout)
    chosen = with_free_ports(settings)
    for name, before in vars(settings.ports).items():
        if (now := getattr(chosen.ports, name)) != before:
            console.say(f"Port {before} is taken by another program: {name} uses {now}")
    save_settings(layout.settings, chosen)
    return chosen


def _start(layout: Layout, console: Console) -> None:
    console.say("Starting the local AWS, the front and the engine")
    command = [str(layout.python("runtime")), "-m", "local.supervisor"]
    env = {**base_environment(), "ROOMWRIGHT_LOCAL_STATE": str(layout.state)}
    process = spawn(command, layout.logs / "supervisor.log", env, layout.root)
    deadline = time.monotonic() + 15
    while set(running(layout)) != {"supervisor", *PROCESSES}:
        if process.poll() is not None or time.monotonic() > deadline:
            raise LocalRunError(f"The stack did not start. See {layout.logs / 'supervisor.log'}.")
        time.sleep(0.05)


def _wait_for(layout: Layout, settings: Settings, names: Sequence[str], console: Console) -> None:
    urls = probes(settings.ports)
    for name in names:
        if answers(urls[name]):
            continue
        console.say(f"Waiting for {name}")
        if not _answers_in_time(layout, name, urls[name]):
            log = layout.logs / f"{name}.log"
            tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-12:]) if log.exists() else ""
            raise LocalRunError(f"{name} does not answer. Whole log: {log}\n{tail}")


def _answers_in_time(layout: Layout, name: str, url: str) -> bool:
    """False when the time is over, the supervisor ended, or the process keeps ending."""
    deadline, pids = time.monotonic() + START_SECONDS[name], set[int]()
    while time.monotonic() < deadline and len(pids) <= MOST_STARTS:
        alive = running(layout)
        if "supervisor" not in alive:
            return False
        if name in alive:
            pids.add(alive[name].pid)
        if answers(url):
            return True
        time.sleep(0.1)
    return False


def down(layout: Layout, console: Console) -> None:
    """Stop everything that was started for this stack. Its data stays."""
    if not running(layout):
        console.plain("Nothing runs.")
    clear_away(layout)


def forget(layout: Layout) -> None:
    """Drop what the stack stored: tables, objects, deliveries, the tenant. Its ports and permissions stay."""
    for name in ("aws", "objects", "tmp", "inferences", "cdk.out"):
        shutil.rmtree(layout.state / name, ignore_errors=True)
    for path in (layout.deployed, layout.tenant, layout.state / "webhooks.jsonl", layout.state / INTERRUPTED):
        path.unlink(missing_ok=True)


def status(layout: Layout) -> dict[str, object]:
    """What `status --json` prints."""
    settings, found = load_settings(layout.settings), health(layout)
    origin, inbox = (f"http://127.0.0.1:{port}" for port in (settings.ports.api, settings.ports.inbox))
    return {
        "state": found.state,
        "processes": found.processes,
        "api_url": origin,
        "webhook_inbox_url": f"{inbox}/hook",
        "webhook_deliveries_url": f"{inbox}/deliveries",
        "aws_endpoint_url": f"http://127.0.0.1:{settings.ports.aws}",
        "egress_allow": list(settings.egress),
        "logs": str(layout.logs),
        **tenant.read(layout),
        "outputs": deploy.outputs(layout),
    }


def logs(layout: Layout, console: Console, lines: int) -> None:
    """The last lines of every log."""
    for path in sorted(layout.logs.glob("*.log")):
        console.plain(f"==> {path}")
        for line in path.read_text("utf-8", "replace").splitlines()[-lines:]:
            console.plain(line)


@contextlib.contextmanager
def exclusive(layout: Layout, console: Console) -> Iterator[None]:
    """One launcher at a time changes a checkout's local run; a second one waits its turn."""
    layout.tools.mkdir(parents=True, exist_ok=True)
    with (layout.tools / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.say("Another `python3 -m local` is at work: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
