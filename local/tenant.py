"""The local stack's own tenant, made by the application's use cases, not by hand-written items."""

from __future__ import annotations

import os
import subprocess

from local import deploy
from local.files import read_json
from local.layout import Layout, LocalRunError
from local.settings import Settings
from local.supervisor import base_environment, client_environment

CREDITS = 1_000_000


def create(layout: Layout, settings: Settings) -> None:
    """A tenant with credits and one live key, written to the state directory."""
    outputs = deploy.outputs(layout)
    layers = [layout.layers / name / "python" for name in ("core", "dependencies", "imaging")]
    env = {
        **base_environment(),
        **client_environment(settings.ports),
        "PYTHONPATH": os.pathsep.join(str(path) for path in (layout.root, *layers)),
        "ROOMWRIGHT_STAGE": "local",
        "TABLE_NAME": outputs["TableName"],
        "WEBHOOK_SECRET_ARN": outputs["WebhookSecretArn"],
    }
    inbox = f"http://127.0.0.1:{settings.ports.inbox}/hook"
    command = [str(layout.python("runtime")), "-m", "local.new_tenant", str(CREDITS), inbox, str(layout.tenant)]
    done = subprocess.run(command, cwd=layout.root, env=env, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise LocalRunError(f"The local tenant could not be created:\n{done.stderr.strip()[-2000:]}")


def read(layout: Layout) -> dict[str, str]:
    """tenant_id, api_key, webhook_secret; empty before the first `up`."""
    return {name: str(value) for name, value in read_json(layout.tenant).items()}
