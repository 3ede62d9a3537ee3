"""What docs/webhooks.md tells a receiver to run, run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from roomwright.domain import signatures
from roomwright.domain.delivery import PER_RECEIVER, QUICK_WITHIN, SCHEDULE, TIMEOUT_S, Lane
from roomwright.domain.endpoint import DISABLE_AFTER, EVENT_TYPES, MAX_ENDPOINTS, QUIET

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "webhooks.md").read_text("utf-8")
KEYS = [bytes([n]) * 32 for n in range(3)]
BODY = '{"event_type":"generation.completed","reference":"Häus"}'.encode()
NODE = shutil.which("node")
Verify = Callable[[str, dict[str, str], bytes], bool]


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert len([line for line in found.splitlines() if line.strip()]) <= 10
    return str(found)


def in_python(secret: str, headers: dict[str, str], body: bytes) -> bool:
    names: dict[str, Any] = {}
    exec(block("python"), names)  # noqa: S102 - the project's own documentation
    return bool(names["verified"](secret, headers, body))


def in_node(secret: str, headers: dict[str, str], body: bytes) -> bool:
    given = f"{json.dumps(secret)}, {json.dumps(headers)}, Buffer.from('{body.hex()}', 'hex')"
    call = f"process.stdout.write(String(verified({given})))"
    assert NODE
    ran = subprocess.run([NODE, "-e", block("js") + call], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603
    return {"true": True, "false": False}[ran.stdout]


@pytest.mark.parametrize(
    "verify", [in_python, pytest.param(in_node, marks=pytest.mark.skipif(NODE is None, reason="needs Node"))]
)
def test_the_code_shown_accepts_what_is_signed_and_nothing_else(verify: Verify) -> None:
    old, new, other = (signatures.secret_text(key) for key in KEYS)
    now = datetime.now(UTC)
    headers = dict(signatures.standard_headers([KEYS[1], KEYS[0]], "msg_1", now, BODY))
    assert verify(old, headers, BODY)
    assert verify(new, headers, BODY)
    assert not verify(other, headers, BODY)
    assert not verify(new, headers, BODY + b" ")
    assert not verify(new, headers | {"webhook-id": "msg_2"}, BODY)
    assert not verify(new, headers | {"webhook-signature": "v1,ä v2,x"}, BODY)
    assert not verify(new, headers | {"webhook-timestamp": "soon"}, BODY)
    late = dict(signatures.standard_headers([KEYS[1]], "msg_1", now - timedelta(minutes=6), BODY))
    assert not verify(new, late, BODY)


def test_the_figures_are_those_of_the_code() -> None:
    words = {0: "at once", 5: "5 s", 300: "5 min", 1800: "30 min"}
    waits = [words.get(int(step.total_seconds()), f"{int(step.total_seconds() // 3600)} h") for step in SCHEDULE]
    text = " ".join(TEXT.split())
    assert f"{waits[0]}, then after {', '.join(waits[1:-1])} and {waits[-1]}" in text
    assert f"within **{TIMEOUT_S[Lane.QUICK]:.0f} seconds** ({TIMEOUT_S[Lane.SLOW]:.0f} for retries)" in text
    assert f"within {QUICK_WITHIN.total_seconds():.0f} seconds keeps you" in text
    assert f"at most {PER_RECEIVER} attempts a minute" in text
    assert f"up to {MAX_ENDPOINTS}:" in text
    assert (DISABLE_AFTER.days, QUIET.days) == (5, 3)
    assert "five days of nothing but failures do too (three days without any attempt" in text
    assert SCHEDULE[-1] * 2 + timedelta(hours=12) < QUIET, "or one delivery's own schedule would begin the count anew"
    for kind in EVENT_TYPES:
        assert kind in text or f"`{kind.removeprefix('generation.')}`" in text
