"""Every function is given what its handler reaches for: a name that is missing shows only when the code runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from roomwright.wiring import SettingMissingError, Settings, Wiring
from tests.infra.conftest import ROOT
from tests.infra.deployment import Deployment, short_name

HANDLERS = sorted((ROOT / "functions").glob("*/handler.py"))
REACHED = re.compile(r"\bthe\.(?:settings\.)?(\w+)|\bwiring\.(katalo|manage)_ports")
NOT_BUILT_FROM = {"ROOMWRIGHT_STAGE", "POWERTOOLS_SERVICE_NAME", "EGRESS_ALLOW"}
"""read later, or by others"""


def environment_of(prod: Deployment, name: str) -> dict[str, str]:
    """The variables of one function; references stand for themselves."""
    (function,) = [
        function
        for function in prod.of("AWS::Lambda::Function")
        if short_name(function.properties["FunctionName"]) == name.replace("_", "-")
    ]
    variables = function.properties["Environment"]["Variables"]
    return {key: prod.text(function.stack, value) for key, value in variables.items()}


def build(wiring: Wiring, name: str) -> None:
    """What the first use of `the.<name>` needs. Raises SettingMissingError."""
    if name == "count":
        wiring.settings.need("ROOMWRIGHT_STAGE")
        return
    getattr(wiring if hasattr(Wiring, name) else wiring.settings, name)
    if name == "sending":  # a webhook's body signs URLs
        assert wiring.blobs.bucket


@pytest.mark.parametrize("handler", HANDLERS, ids=lambda path: path.parent.name)
def test_a_function_has_what_its_handler_uses_and_no_more(
    prod: Deployment, handler: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(variable, "eu-central-1")
    reached = sorted({a or b for a, b in REACHED.findall(handler.read_text("utf-8"))})
    environment = environment_of(prod, handler.parent.name)

    def build_all(given: dict[str, str]) -> None:
        wiring = Wiring(Settings(given))
        for name in reached:
            build(wiring, name)

    build_all(environment)
    for variable in environment.keys() - NOT_BUILT_FROM:
        with pytest.raises(SettingMissingError, match=variable):
            build_all({name: value for name, value in environment.items() if name != variable})
