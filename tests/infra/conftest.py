"""Both stages, synthesized once for the whole session, however many processes it has."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import aws_cdk as cdk
import pytest

from app import build
from stacks.settings import LAYERS
from tests.infra.deployment import Deployment

ROOT = Path(__file__).resolve().parents[2]
LOCAL_ONLY = {"egress_allow": "127.0.0.1:9090", "sagemaker_runtime_endpoint": "http://127.0.0.1:8081"}


@pytest.fixture(scope="session")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up directory of layers: what is in them is not this test's matter."""
    directory = tmp_path_factory.mktemp("layers")
    for name in LAYERS:
        (directory / name / "python").mkdir(parents=True)
        (directory / name / "python" / f"{name}.py").write_text("", "utf-8")
    return directory


def new_app(outdir: Path, context: dict[str, str]) -> cdk.App:
    """An app as the CDK CLI would start it: cdk.json's context and the given one."""
    os.environ["JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION"] = "1"
    os.environ["JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION"] = "1"
    flags = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    return cdk.App(outdir=str(outdir), context={**flags, **context})


def synthesize(outdir: Path, context: dict[str, str]) -> Path:
    """→ the cloud assembly. Raises if cdk-nag finds anything that is not acknowledged."""
    app = new_app(outdir, context)
    build(app)
    app.synth()
    return outdir


def synthesized_once(factory: pytest.TempPathFactory, context: dict[str, str]) -> Path:
    """→ the cloud assembly of a stage, made by whichever process of the session comes first."""
    own = factory.getbasetemp()
    session = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    outdir, done = session / context["stage"], session / f"{context['stage']}.done"
    with (session / f"{context['stage']}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            synthesize(outdir, context)
            done.touch()
    return outdir


def load(assembly: Path) -> Deployment:
    return Deployment(
        {
            path.name.removesuffix(".template.json"): json.loads(path.read_text("utf-8"))
            for path in sorted(assembly.glob("*.template.json"))
        }
    )


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory, layers: Path) -> Path:
    return synthesized_once(
        tmp_path_factory, {"stage": "prod", "layers": str(layers), "alarm_email": "ops@example.com"}
    )


@pytest.fixture(scope="session")
def local_assembly(tmp_path_factory: pytest.TempPathFactory, layers: Path) -> Path:
    context = {"stage": "local", "layers": str(layers), "alarm_email": "ops@example.com", **LOCAL_ONLY}
    return synthesized_once(tmp_path_factory, context)


@pytest.fixture(scope="session")
def prod(assembly: Path) -> Deployment:
    return load(assembly)


@pytest.fixture(scope="session")
def local(local_assembly: Path) -> Deployment:
    return load(local_assembly)
