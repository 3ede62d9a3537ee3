"""What a deployment may choose, read from the CDK context and checked before anything is built."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from constructs import Node

LOCAL = "local"
LAYERS = ("core", "dependencies", "imaging")


class SettingsError(ValueError):
    """The context cannot be deployed. The message says what to change."""


@dataclass(frozen=True)
class Settings:
    """One stage of one deployment."""

    stage: str
    layers: Path
    """holds `<layer>/python` for each of LAYERS"""
    job_timeout_s: int
    """how long one inference may take, the endpoint's wake-up included"""
    instance_type: str
    max_instances: int
    alarm_email: str | None = None
    egress_allow: str = ""
    """HOST:PORT, comma-separated, exempt from the private-address guard; stage `local` only"""
    sagemaker_runtime_endpoint: str | None = None
    """where stage `local` finds its stand-in for the SageMaker runtime"""

    @property
    def is_local(self) -> bool:
        return self.stage == LOCAL

    @property
    def managed_inference(self) -> bool:
        """The emulator knows neither SageMaker endpoints nor their scaling."""
        return not self.is_local

    def name(self, thing: str) -> str:
        """`jobs` → `roomwright-prod-jobs`: the physical name of everything that is not data."""
        return f"roomwright-{self.stage}-{thing}"

    @property
    def endpoint_name(self) -> str:
        """Fixed, so that the pipeline needs nothing from the inference stack."""
        return f"roomwright-{self.stage}"

    def stack_name(self, kind: str) -> str:
        return f"Roomwright-{self.stage}-{kind}"

    @classmethod
    def from_context(cls, node: Node) -> Settings:
        """Raises SettingsError, naming the context key and what it may hold."""
        stage = str(node.try_get_context("stage") or "dev")
        if not re.fullmatch(r"[a-z][a-z0-9]{1,11}", stage):
            raise SettingsError(f"stage {stage!r}: use 2 to 12 lower-case letters and digits, a letter first")
        local_only = {key: node.try_get_context(key) for key in ("egress_allow", "sagemaker_runtime_endpoint")}
        refused = sorted(key for key, value in local_only.items() if value)
        if refused and stage != LOCAL:
            raise SettingsError(f"{' and '.join(refused)}: only stage {LOCAL!r} may set this, not {stage!r}")
        return cls(
            stage=stage,
            layers=_layers(node),
            job_timeout_s=_number(node, "job_timeout_seconds", default=1800, low=60, high=3600),
            instance_type=str(node.try_get_context("instance_type") or "ml.c7i.2xlarge"),
            max_instances=_number(node, "max_instances", default=2, low=1, high=100),
            alarm_email=node.try_get_context("alarm_email"),
            egress_allow=str(local_only["egress_allow"] or ""),
            sagemaker_runtime_endpoint=local_only["sagemaker_runtime_endpoint"],
        )


def _layers(node: Node) -> Path:
    directory = Path(str(node.try_get_context("layers") or "build/layers/lambda"))
    missing = [name for name in LAYERS if not (directory / name / "python").is_dir()]
    if missing:
        raise SettingsError(
            f"layers: {directory} lacks {', '.join(f'{name}/python' for name in missing)}. "
            "Build them with: python3 -m local build --target lambda"
        )
    return directory


def _number(node: Node, key: str, *, default: int, low: int, high: int) -> int:
    text = str(node.try_get_context(key) or default)
    if not text.isdecimal() or not low <= int(text) <= high:
        raise SettingsError(f"{key} {text!r}: use a whole number from {low} to {high}")
    return int(text)
