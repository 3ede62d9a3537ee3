"""`docs/dependencies.md` names every package that is asked for, and none that is not."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def asked_for() -> set[str]:
    """Direct requirements of Python, and of the CDK command line."""
    names = set(json.loads((ROOT / "local/cdk/package.json").read_text("utf-8"))["dependencies"])
    for file in (ROOT / "requirements").glob("*.in"):
        lines = (line.split("#")[0].strip() for line in file.read_text("utf-8").splitlines())
        names |= {re.split(r"[\[=<>~! ;]", line)[0] for line in lines if line and not line.startswith("-")}
    return names


def listed() -> dict[str, list[str]]:
    """Package → what it does, licence, why this one."""
    rows = re.findall(r"^\| (\S+) \|(.+)\|$", (ROOT / "docs/dependencies.md").read_text("utf-8"), re.MULTILINE)
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in rows if name != "package"}


def test_every_direct_dependency_has_its_line() -> None:
    assert asked_for() - listed().keys() == set()


def test_no_line_outlives_its_package() -> None:
    assert listed().keys() - asked_for() == set()


def test_every_line_says_what_licence_and_why() -> None:
    assert [name for name, cells in listed().items() if len(cells) != 3 or not all(cells)] == []
