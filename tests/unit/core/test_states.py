"""The life of a job as the docs draw it is the one the code has."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from roomwright.domain.errors import StaleStateError
from roomwright.domain.job import TRANSITIONS, JobStatus, Outcome, ended, moved
from tests.fakes import make
from tests.fakes.make import SUCCESS
from tests.fakes.ports import START

PAGE = Path(__file__).parents[3] / "docs" / "job-states.md"


def diagram() -> str:
    """Mermaid, from the one table of transitions."""
    lines = ["stateDiagram-v2", "    [*] --> ingesting: an image to read first", "    [*] --> queued"]
    lines += [f"    {a.value} --> {b.value}" for a in TRANSITIONS for b in JobStatus if b in TRANSITIONS[a]]
    lines += [f"    {status.value} --> [*]" for status in JobStatus if status.terminal]
    return "\n".join(lines)


def test_the_docs_draw_the_transitions_the_code_has() -> None:
    drawn = PAGE.read_text().partition("```mermaid\n")[2].partition("\n```")[0]
    assert drawn == diagram(), f"docs/job-states.md should have:\n{diagram()}"


@pytest.mark.parametrize("before", JobStatus)
@pytest.mark.parametrize("after", JobStatus)
def test_no_step_is_possible_but_those(before: JobStatus, after: JobStatus) -> None:
    job, later = make.job(status=before), START + timedelta(minutes=1)
    outcomes = {JobStatus.SUCCEEDED: SUCCESS, JobStatus.CANCELLED: Outcome(), JobStatus.FAILED: make.FAILURE}

    def step() -> JobStatus:
        return (ended(job, outcomes[after], later) if after in outcomes else moved(job, after, later, later)).status

    if after in TRANSITIONS[before]:
        assert step() is after
    else:
        with pytest.raises(StaleStateError):
            step()


def test_outputs_without_a_manifest_cannot_be_said() -> None:
    with pytest.raises(ValueError, match="manifest"):
        Outcome(outputs=SUCCESS.outputs)
    with pytest.raises(ValueError, match="failure"):
        Outcome(outputs=SUCCESS.outputs, manifest_key="m", failure=make.FAILURE.failure)
