"""Where the local run keeps its things. Everything lies under `.local/`, which git ignores."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATE_VARIABLE = "ROOMWRIGHT_LOCAL_STATE"
"""Set to a directory to run a second stack beside the first one (the tests do)."""
REGION = "us-east-1"
ACCOUNT = "000000000000"


class LocalRunError(Exception):
    """The local run cannot go on. The message says what is missing and what to do."""


@dataclass(frozen=True)
class Layout:
    """`tools` is what was installed and may be shared; `state` belongs to one running stack."""

    root: Path
    tools: Path
    state: Path

    def python(self, environment: str) -> Path:
        """The interpreter of one of our virtual environments."""
        return self.tools / "venv" / environment / "bin" / "python"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def weights(self) -> Path:
        return self.tools / "weights"

    @property
    def layers(self) -> Path:
        return self.root / "build" / "layers" / "host"

    @property
    def settings(self) -> Path:
        """Ports and permissions of this stack; see `local.settings`."""
        return self.state / "stack.json"

    @property
    def deployed(self) -> Path:
        """What was deployed: the hash and the stacks' outputs; see `local.deploy`."""
        return self.state / "deployed.json"

    @property
    def tenant(self) -> Path:
        """The local organisation's ids, API keys and webhook secret; see `local.tenant`."""
        return self.state / "tenant.json"


def layout() -> Layout:
    """The layout of this checkout."""
    tools = ROOT / ".local"
    state = os.environ.get(STATE_VARIABLE)
    return Layout(ROOT, tools, Path(state).resolve() if state else tools / "stack")


def check_machine() -> None:
    """Raises LocalRunError on a Python or a system that this run does not know."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        found = platform.python_version()
        raise LocalRunError(f"Python 3.11, 3.12 or 3.13 is needed; this is {found}. Run `python3.13 -m local …`.")
    if sys.platform not in {"linux", "darwin"}:
        raise LocalRunError("The local run needs Linux or macOS (on Windows: WSL).")
