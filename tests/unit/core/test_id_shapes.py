"""Ids from outside: loose where a contract's documentation shows other shapes than ours, strict everywhere else."""

from __future__ import annotations

import pytest

from roomwright.domain import ids

OURS = ids.derived_id("job", "t", "k", "x").removeprefix("job_")
SHOWN = ("01JXSRCABCDEFGHIJKL012345", "01JXJOBABCDEFGHIJKL0123456", OURS)
NEVER = ("", "a" * 19, "a" * 41, "../" + "a" * 26, "a" * 25 + "#", "a" * 25 + "/", "a" * 26 + "\n", "é" * 26, "٣" * 26)


@pytest.mark.parametrize("prefix", ["job", "src", "ing"])
def test_jobs_and_assets_may_have_any_documented_shape(prefix: str) -> None:
    assert all(ids.is_id(prefix, f"{prefix}_{body}") for body in SHOWN)
    assert not any(ids.is_id(prefix, f"{prefix}_{body}") for body in NEVER)
    assert not ids.is_id(prefix, OURS)


@pytest.mark.parametrize("prefix", ["ten", "whe", "msg"])
def test_all_others_are_exactly_ours(prefix: str) -> None:
    assert ids.is_id(prefix, f"{prefix}_{OURS}")
    assert not any(ids.is_id(prefix, f"{prefix}_{body}") for body in (*NEVER, *SHOWN[:2], OURS.upper()))


def test_an_asset_and_its_ingest_find_each_other() -> None:
    for body in SHOWN:
        assert ids.ingest_id(ids.source_asset_id(f"ing_{body}")) == f"ing_{body}"
