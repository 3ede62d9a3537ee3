"""cfn-lint knows what CloudFormation refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

IGNORED = {
    "W3005": "an explicit DependsOn keeps a role's policy ahead of what uses it, which GetAtt alone does not",
}


def lint(*templates: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("cfn-lint")),
        "--regions",
        "us-east-1",
        "--ignore-checks",
        *IGNORED,
        "--",
    ]
    return subprocess.run([*command, *map(str, templates)], capture_output=True, text=True, check=False)  # noqa: S603


def test_templates_are_clean(assembly: Path) -> None:
    """The local stage's are these, less what it leaves out (test_stages)."""
    templates = sorted(assembly.glob("*.template.json"))
    assert len(templates) == 7
    done = lint(*templates)
    assert done.returncode == 0, done.stdout


def test_lint_sees_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.template.json"
    broken.write_text('{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"Colour": "red"}}}}', "utf-8")
    assert "E3002" in lint(broken).stdout
