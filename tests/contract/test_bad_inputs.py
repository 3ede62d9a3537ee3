"""Every bad input gets the refusal it must get: no server error, nothing accepted in part, nothing charged.

`docs/bad-inputs.md` is written from what was said: run this file with UPDATE_DOCS=1 to write it anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from roomwright import wiring
from roomwright.domain.account import Scope
from tests.contract.bad_inputs import READY, Bad, Got, ready, table, victim
from tests.contract.katalo.stage import ENVIRONMENT, Stage, log_of, opened

PAGE = Path(__file__).parents[2] / "docs" / "bad-inputs.md"
ROWS = table()
KEY_LASTS = 15
"""rows that one key sends"""
INTRO = """# Bad inputs

What {count} bad inputs get. The table is written by `tests/contract/test_bad_inputs.py`, which sends every one of them
through the functions' own handlers, holds each to the outcome below, and checks that none is a server error, creates a
job, moves a credit or leaves an ingest open. An image is judged after the upload was accepted (202), so its ingest
fails, with the reason in `failure`. Ids are shown as `…`.
"""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with opened() as made:
        victim(made)
        ready(made)
        yield made


@pytest.fixture(scope="module")
def got(stage: Stage) -> dict[str, Got]:
    """What each got, filled by the tests below."""
    return {}


def books(stage: Stage) -> list[Any]:
    """Everything that costs or is owed, of both tenants, and every job."""
    stores = wiring.wiring().stores
    accounts = [stores.tenant(tenant_id).account() for tenant_id in (stage.tenant_id, stage.other_tenant_id)]
    items = boto3.client("dynamodb").scan(TableName=ENVIRONMENT["TABLE_NAME"])["Items"]
    return [
        [replace(account, stored_bytes=0) for account in accounts],
        [item for item in items if item["kind"]["S"] in {"job", "ledger", "delivery", "line"}],
    ]


def stored(stage: Stage) -> list[int]:
    """Bytes that each keeps."""
    stores = wiring.wiring().stores
    return [stores.tenant(one).account().stored_bytes for one in (stage.tenant_id, stage.other_tenant_id)]


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    assert len(ROWS) >= 60
    assert len({(row.group, row.what) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.group}: {row.what}" for row in ROWS])
def test_a_bad_input_is_refused_and_costs_nothing(stage: Stage, got: dict[str, Got], row: Bad) -> None:
    if ROWS.index(row) % KEY_LASTS == 0:  # a key may send so many requests a minute, and tests are quick
        stage.key = stage.issue(stage.tenant_id, *Scope)
    before, kept = books(stage), stored(stage)
    with log_of("katalo_api", "manage_api", "ingest_source") as log:
        answer = row.send(stage)
    got[f"{row.group}: {row.what}"] = answer
    assert answer.outcome == row.outcome, answer.told
    assert answer.told, "a refusal says what to do"
    assert '"level":"ERROR"' not in log.getvalue(), "a bad input is no fault of ours"
    assert books(stage) == before
    assert (stored(stage) == kept) is (row.outcome != READY)


def test_nothing_is_left_open(stage: Stage) -> None:
    """But uploads that were offered, which end by themselves."""
    assert [item for item in wiring.wiring().stores.open_assets() if item.status != "awaiting_upload"] == []


def page(got: dict[str, Got]) -> str:
    lines = [INTRO.format(count=len(ROWS))]
    group = ""
    for row in ROWS:
        if row.group != group:
            group = row.group
            lines += [f"\n## {group}\n", "| What was sent | What it got | What it was told |", "|---|---|---|"]
        told = got[f"{row.group}: {row.what}"].told
        lines.append(f"| {row.what} | {row.outcome} | {_shown(told)} |")
    return "\n".join(lines) + "\n"


def _shown(told: str) -> str:
    """One line of a table, without what differs from run to run."""
    plain = "".join(character if character.isprintable() else "�" for character in told)
    flat = re.sub(r"_[0-9a-z]{26}", "_…", plain).replace("|", "\\|").replace("<", "&lt;")
    return flat if len(flat) <= 160 else flat[:159] + "…"


def test_the_page_shows_what_each_got(got: dict[str, Got]) -> None:
    if len(got) < len(ROWS):
        pytest.skip("not every input was sent")
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(page(got), "utf-8")
    assert PAGE.read_text("utf-8") == page(got), "run with UPDATE_DOCS=1 to write docs/bad-inputs.md anew"
