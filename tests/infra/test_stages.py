"""What a stage may choose, and that the local one is the deployed one without what no emulator has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs

from app import build
from stacks.settings import Settings, SettingsError
from tests.infra.conftest import LOCAL_ONLY, new_app
from tests.infra.deployment import Deployment

LOCAL_VARIABLES = {"EGRESS_ALLOW", "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"}


def _common(deployment: Deployment, stage: str) -> dict[str, Any]:
    """The templates without the stage's name, the firewall's association and the local addresses."""
    text = json.dumps({name.split("-")[-1]: template for name, template in deployment.templates.items()})
    for name in {name for template in deployment.templates.values() for name in template["Resources"]}:
        if stage in name or name.startswith("GatewayDeployment"):  # CDK hashes the stage's name into these
            text = text.replace(f'"{name}"', f'"{re.sub(rf"{stage}|[0-9A-F]{{8}}|[0-9a-f]{{32}}", "", name)}"')
    text = re.sub(rf"Roomwright{stage}(\w+?)[0-9A-F]{{8}}\b", r"Roomwright\1", text)
    for name in (f"oomwright-{stage}", f'"{stage}"', f'\\"{stage}\\"', f"Roomwright {stage}"):
        text = text.replace(name, name.replace(stage, "STAGE"))
    templates: dict[str, Any] = json.loads(text)
    templates.pop("Inference", None)
    for template in templates.values():
        for name, resource in list(template["Resources"].items()):
            if resource["Type"] == "AWS::WAFv2::WebACLAssociation":
                del template["Resources"][name]
            variables = resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
            for variable in LOCAL_VARIABLES:
                variables.pop(variable, None)
    return templates


def test_local_stage_differs_in_nothing_else(prod: Deployment, local: Deployment) -> None:
    deployed, emulated = _common(prod, "prod"), _common(local, "local")
    assert deployed.keys() == emulated.keys()
    for kind, template in deployed.items():
        assert template["Resources"] == emulated[kind]["Resources"], kind


def test_local_stage_leaves_out_what_the_emulator_lacks(local: Deployment) -> None:
    types = {resource["Type"] for template in local.templates.values() for resource in template["Resources"].values()}
    assert not any(kind.startswith(("AWS::SageMaker", "AWS::ApplicationAutoScaling")) for kind in types)
    assert "AWS::WAFv2::WebACLAssociation" not in types
    assert "AWS::WAFv2::WebACL" in types


def test_only_the_local_stage_has_local_addresses(prod: Deployment, local: Deployment) -> None:
    def variables(deployment: Deployment) -> set[str]:
        functions = deployment.of("AWS::Lambda::Function")
        return {
            name for f in functions for name, value in f.properties["Environment"]["Variables"].items() if value != ""
        }

    assert variables(prod).isdisjoint(LOCAL_VARIABLES)
    assert variables(local) >= LOCAL_VARIABLES


def _settings(layers: Path, tmp_path: Path, **context: str) -> Settings:
    return Settings.from_context(new_app(tmp_path, {"layers": str(layers), **context}).node)


@pytest.mark.parametrize("key", LOCAL_ONLY)
def test_local_addresses_are_refused_elsewhere(layers: Path, tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError, match=f"{key}: only stage 'local'"):
        _settings(layers, tmp_path, stage="prod", **{key: LOCAL_ONLY[key]})


def test_missing_layers_name_the_command(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="python3 -m local build --target lambda"):
        _settings(tmp_path / "nowhere", tmp_path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("stage", "Prod_1"), ("job_timeout_seconds", "59"), ("job_timeout_seconds", "soon"), ("max_instances", "0")],
)
def test_odd_settings_are_refused(layers: Path, tmp_path: Path, key: str, value: str) -> None:
    with pytest.raises(SettingsError, match=key):
        _settings(layers, tmp_path, **{key: value})


def test_defaults(layers: Path, tmp_path: Path) -> None:
    settings = _settings(layers, tmp_path)
    assert (settings.stage, settings.job_timeout_s, settings.max_instances) == ("dev", 1800, 2)
    assert settings.managed_inference


def test_nag_watches(layers: Path, tmp_path: Path) -> None:
    """Synthesis of both stages passed; here it must not."""
    app = new_app(tmp_path, {"stage": "local", "layers": str(layers)})
    build(app)
    stack = app.node.find_child("Roomwright-local-Data")
    assert isinstance(stack, cdk.Stack)
    sqs.Queue(stack, "Careless")
    with pytest.raises(RuntimeError, match="AwsSolutions-SQS4"):
        app.synth()
