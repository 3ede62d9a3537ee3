"""Deploy the unmodified app into the local AWS with the stock `cdk`, when anything it is made from changed."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from local import layers
from local.console import Console
from local.files import digest, read_json, write_json
from local.install import Installer
from local.layout import ACCOUNT, REGION, Layout, LocalRunError
from local.settings import Settings
from local.supervisor import client_environment

DEPLOY_SECONDS = 600
CHECKPOINT_REQUEST = "checkpoint.request"
MADE_FROM = ("app.py", "cdk.json", "stacks", "functions", "layers", "requirements.txt", "requirements/functions.txt")
NEEDED = (
    "AdministerFunction",
    "ApiId",
    "ApiStage",
    "BucketName",
    "TableName",
    "SuccessTopicArn",
    "ErrorTopicArn",
    "EndpointName",
)


def wanted_hash(layout: Layout, settings: Settings) -> str:
    """What would be deployed: every file it is made from, and the addresses given to it."""
    context = " ".join(_context(layout, settings))
    return digest([p for name in MADE_FROM if (p := layout.root / name).exists()], context)


def is_current(layout: Layout, settings: Settings) -> bool:
    return bool(read_json(layout.deployed).get("hash") == wanted_hash(layout, settings))


def deploy(layout: Layout, settings: Settings, installer: Installer, console: Console) -> None:
    """Bootstrap if needed, deploy every stack, wait until the local AWS has it on disk, keep the outputs."""
    wanted = synthesise(layout, settings, installer, console)
    console.say("Deploying the CDK app into the local AWS")
    if not layout.deployed.exists():
        # Outside the app's folder, so that it is not synthesised a second time for this.
        _cdk(layout, settings, installer, ["bootstrap", f"aws://{ACCOUNT}/{REGION}"], cwd=layout.state)
    outputs = layout.state / "outputs.json"
    flags = ["--all", "--require-approval", "never", "--concurrency", "4", "--outputs-file", str(outputs)]
    _cdk(layout, settings, installer, ["deploy", *flags, "--app", str(_assembly(layout))])
    merged = {name: value for stack in read_json(outputs).values() for name, value in stack.items()}
    missing = [name for name in NEEDED if name not in merged]
    if missing:
        raise LocalRunError(
            f"The deployed stacks have no output {', '.join(missing)}. See {layout.logs / 'deploy.log'}."
        )
    _checkpoint(layout)
    write_json(layout.deployed, {"hash": wanted, "outputs": merged})
    console.say("Deployed")


def synthesise(layout: Layout, settings: Settings, installer: Installer, console: Console) -> str:
    """`cdk synth` when anything changed since the last time → the hash of what was synthesised."""
    layers.build("host", layout, installer, console)
    wanted, stamp = wanted_hash(layout, settings), layout.state / "synthesised.json"
    if read_json(stamp).get("hash") != wanted or not (_assembly(layout) / "manifest.json").exists():
        console.say("Synthesising the CDK app")
        app = f'"{layout.python("app")}" app.py'
        arguments = ["synth", "--quiet", "--app", app, "--output", str(_assembly(layout))]
        _cdk(layout, settings, installer, [*arguments, *_context(layout, settings)])
        write_json(stamp, {"hash": wanted})
    return wanted


def _assembly(layout: Layout) -> Path:
    return layout.state / "cdk.out"


def outputs(layout: Layout) -> dict[str, str]:
    found: dict[str, str] = read_json(layout.deployed).get("outputs", {})
    return found


def _checkpoint(layout: Layout) -> None:
    """What a deployment creates is saved on request; see `local.emulator.durability`."""
    request = layout.state / "aws" / CHECKPOINT_REQUEST
    request.touch()
    deadline = time.monotonic() + 30
    while request.exists():
        if time.monotonic() > deadline:
            raise LocalRunError(f"The local AWS does not save its state. See {layout.logs / 'aws.log'}.")
        time.sleep(0.05)


def _context(layout: Layout, settings: Settings) -> list[str]:
    values = {
        "stage": "local",
        "layers": os.path.relpath(layout.layers, layout.root),
        "egress_allow": ",".join(settings.egress),
        "sagemaker_runtime_endpoint": f"http://127.0.0.1:{settings.ports.sagemaker}",
    }
    return [part for name, value in values.items() for part in ("-c", f"{name}={value}")]


def _cdk(
    layout: Layout, settings: Settings, installer: Installer, arguments: Sequence[str], cwd: Path | None = None
) -> None:
    node, log = installer.node(), layout.logs / "deploy.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([node.path, os.environ.get("PATH", "")])
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **client_environment(settings.ports),
        "PATH": path,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "PYTHONWARNINGS": "ignore",
    }
    # aws-cdk-lib is large: its byte code must be kept.
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [str(Path(node.path) / "node"), str(installer.cdk), *arguments, "--no-color", "--no-notices"]
    with log.open("ab") as stream:
        try:
            done = subprocess.run(
                command,
                cwd=cwd or layout.root,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                timeout=DEPLOY_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise LocalRunError(f"`cdk {arguments[0]}` took more than {DEPLOY_SECONDS} s. See {log}.") from error
    if done.returncode != 0:
        tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-25:])
        raise LocalRunError(f"`cdk {arguments[0]}` failed. Whole log: {log}\n{tail}")
