"""What an operator does, through the deployed function that does it (docs/operations.md)."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from typing import Any

from local import deploy
from local.layout import Layout, LocalRunError
from local.settings import Settings
from local.supervisor import base_environment, client_environment

SECONDS = 90


def administer(layout: Layout, settings: Settings, action: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """→ the action's result. Raises LocalRunError with the function's own words for a refused one."""
    function = deploy.outputs(layout).get("AdministerFunction")
    if not function:
        raise LocalRunError("Nothing is deployed here yet. Run `python3 -m local up` first.")
    command = [str(layout.python("runtime")), "-m", "local.invoke", function]
    env = {**base_environment(), **client_environment(settings.ports)}
    event = json.dumps({**arguments, "action": action})
    done = subprocess.run(
        command, cwd=layout.root, env=env, input=event, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode != 0:
        raise LocalRunError(f"The action could not be run:\n{done.stderr.strip()[-2000:]}")
    result: dict[str, Any] = json.loads(done.stdout)
    if "error" in result:
        raise LocalRunError(f"{action} was refused: {result['error']['message']}")
    return result


def parse(text: str) -> dict[str, Any]:
    """The arguments of an action as typed. Raises LocalRunError for anything but a JSON object."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise LocalRunError(f"{text!r} is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise LocalRunError('Give the arguments as a JSON object, such as \'{"name": "Agency"}\'.')
    return content
