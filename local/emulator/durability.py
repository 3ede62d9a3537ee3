"""Nothing that was acknowledged is lost when the emulator is killed.

MiniStack saves its state when it stops in good order, and objects at once. AWS keeps more than that, so:

- every change of a table is in a journal before the request is answered, one line per request, so that a
  transaction is replayed whole or not at all; the same for the start and end of a state machine's execution;
- queues, and how far each function has read a table's stream, are saved together four times a second,
  the positions first: what is read again after a kill is work done twice, never work lost. Messages of the
  last quarter second can be lost; the application's sweeper replaces them;
- the rest (what a deployment creates) is saved when the launcher asks for it.

On start the journal is replayed, messages that a killed function held are visible again, and executions
that were under way start again under their own name: their tasks may run twice, which AWS does not do and
our functions allow.
"""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from ministack import app
from ministack.core import persistence
from ministack.core.responses import _request_account_id, _request_region, get_account_id, get_region
from ministack.services import dynamodb, lambda_svc, sqs, stepfunctions

SAVE_EVERY_S = 0.25
RESUME_AFTER_S = 1.0
"""until the port is open that resumed tasks will call"""
JOURNAL_BYTES = 4_000_000
"""beyond which the tables are saved whole and the journal begins anew"""
STREAM = "roomwright_stream"
HOT = "roomwright_hot"
CHECKPOINT_REQUEST = "checkpoint.request"

logger = logging.getLogger("durability")
_Result = TypeVar("_Result")


class Journal:
    """Numbered files of JSON lines; a line without its end (a kill while writing) is ignored."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = threading.Lock()
        self._file: int | None = None
        self.number = 0
        self.size = 0

    def files(self) -> list[Path]:
        return sorted(self._directory.glob("journal-*.jsonl"))

    def rotate(self) -> list[Path]:
        """Begin a new file → the files before it."""
        with self._lock:
            before = self.files()
            if self._file is not None:
                os.close(self._file)
            self.number = max([self.number, *(int(p.stem.partition("-")[2]) for p in before)]) + 1
            path = self._directory / f"journal-{self.number:08d}.jsonl"
            self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            self.size = 0
            return before

    def append(self, entry: dict[str, Any]) -> None:
        line = (json.dumps(entry, default=persistence._json_default) + "\n").encode()
        with self._lock:
            if self._file is not None:
                os.write(self._file, line)
                self.size += len(line)

    def entries(self) -> list[dict[str, Any]]:
        lines = [line for path in self.files() for line in path.read_bytes().splitlines(keepends=True)]
        return [json.loads(n, object_hook=persistence._json_object_hook) for n in lines if n.endswith(b"\n")]


def apply(settled: Callable[[], None]) -> None:
    """Install the hooks. Call once, before MiniStack starts. `settled` is called after a start and a deployment."""
    persistence.logger.setLevel(logging.WARNING)  # it would report four times a second
    directory = Path(persistence.STATE_DIR)
    directory.mkdir(parents=True, exist_ok=True)
    journal = Journal(directory)
    _journal_tables(journal)
    _journal_executions(journal)
    _save_stream_with_tables()
    load = app._load_persisted_state

    def load_all() -> None:
        load()
        _restore_hot()
        _replay(journal)
        checkpoint(journal)
        _resume_executions()
        threading.Thread(target=_keep_saving, args=(journal, settled), daemon=True, name="durability").start()

    app._load_persisted_state = load_all
    app.save_all = lambda _services: checkpoint(journal, everything=True)


def _journal_tables(journal: Journal) -> None:
    """Collect the changes of one request, write them as one line, then answer."""
    emit, handle = dynamodb._emit_stream_event, dynamodb.handle_request
    pending: list[list[Any]] = []

    def emitting(table: str, name: str, old: Any, new: Any, replicate: bool = True) -> None:
        emit(table, name, old, new, replicate)
        pending.append([get_account_id(), get_region(), table, old, new])

    async def handling(*args: Any) -> Any:
        # MiniStack's handler has no await in it: requests change tables one after the other.
        answer = await handle(*args)
        if pending:
            journal.append({"items": pending})
            pending.clear()
        return answer

    dynamodb._emit_stream_event = emitting
    dynamodb.handle_request = handling


def _journal_executions(journal: Journal) -> None:
    emit = stepfunctions._emit_execution_status_event

    def emitting(execution: dict[str, Any]) -> None:
        journal.append({"execution": execution, "scope": [get_account_id(), get_region()]})
        emit(execution)

    stepfunctions._emit_execution_status_event = emitting


def _save_stream_with_tables() -> None:
    """A table's stream is part of its state here: a position in it means nothing without its records."""
    get_state, load_state = dynamodb.get_state, dynamodb.load_persisted_state

    def saving() -> dict[str, Any]:
        records = copy.deepcopy(dynamodb._stream_records)
        return {**get_state(), STREAM: {"records": records, "trimmed": copy.deepcopy(dynamodb._stream_trimmed)}}

    def loading(data: dict[str, Any]) -> None:
        stream = data.pop(STREAM, {})
        load_state(data)
        dynamodb._stream_records.update(stream.get("records", {}))
        dynamodb._stream_trimmed.update(stream.get("trimmed", {}))

    dynamodb.get_state = saving
    dynamodb.load_persisted_state = loading


def checkpoint(journal: Journal, everything: bool = False) -> None:
    """Save tables and executions whole and drop the journal before that moment; with `everything`, all services."""

    def capture() -> tuple[list[Path], dict[str, Any]]:
        return journal.rotate(), dynamodb.get_state()

    before, tables = _on_loop(capture)
    persistence.save_state("dynamodb", tables)
    persistence.save_state("stepfunctions", _stable(stepfunctions.get_state))
    if everything:
        services = app._build_persistence_save_dict()
        persistence.save_all({k: v for k, v in services.items() if k not in {"dynamodb", "stepfunctions"}})
        persistence.save_state(HOT, _hot())
    for path in before:
        path.unlink(missing_ok=True)


def _on_loop(work: Callable[[], _Result]) -> _Result:
    """Run `work` between two requests, whichever thread asks."""
    loop = app._MAIN_LOOP

    async def run() -> _Result:
        return work()

    try:
        if loop is None or asyncio.get_running_loop() is loop:
            return work()
    except RuntimeError:
        pass
    return asyncio.run_coroutine_threadsafe(run(), loop).result()


def _stable(get_state: Callable[[], _Result]) -> _Result:
    """A copy of what other threads may be changing: copied again when they did."""
    for _ in range(20):
        try:
            return get_state()
        except RuntimeError:
            time.sleep(0.01)
    return get_state()


def _hot() -> dict[str, Any]:
    """Stream positions first, queues second: a position is never saved without the messages it led to."""
    positions = _stable(lambda: copy.deepcopy(lambda_svc._dynamodb_stream_positions))
    return {"positions": positions, "sqs": _stable(sqs.get_state)}


def _keep_saving(journal: Journal, settled: Callable[[], None]) -> None:
    request, saved = Path(persistence.STATE_DIR) / CHECKPOINT_REQUEST, ""
    time.sleep(RESUME_AFTER_S)
    settled()
    while True:
        time.sleep(SAVE_EVERY_S)
        try:
            state = _hot()
            text = json.dumps(state, default=persistence._json_default)
            if text != saved:
                persistence.save_state(HOT, state)
                saved = text
            if request.exists():
                checkpoint(journal, everything=True)
                request.unlink(missing_ok=True)
                settled()
            elif journal.size > JOURNAL_BYTES:
                checkpoint(journal)
        except Exception:
            logger.exception("The state could not be saved; trying again")


def _restore_hot() -> None:
    state = persistence.load_state(HOT)
    if not state:
        return
    sqs._queues.clear()
    sqs.load_persisted_state(state["sqs"])
    lambda_svc._dynamodb_stream_positions.clear()
    lambda_svc._dynamodb_stream_positions.update(state["positions"])
    now = time.time()
    for queue in sqs._queues.all_values():
        for message in queue.get("messages", []):
            if message.get("receive_count", 0) > 0:
                message["visible_at"] = now


def _replay(journal: Journal) -> None:
    entries = journal.entries()
    for entry in entries:
        if "items" in entry:
            for account, region, table, old, new in entry["items"]:
                _within(account, region, _replay_item, table, old, new)
        else:
            account, region = entry["scope"]
            execution = entry["execution"]
            stepfunctions._executions.set_scoped(account, region, execution["executionArn"], execution)
    logger.info("Journal: %d entries replayed", len(entries))


def _replay_item(table: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
    if table not in dynamodb._tables:
        return
    if new is not None:
        answer = dynamodb._put_item({"TableName": table, "Item": new})
    else:
        schema = dynamodb._tables[table]
        names = [schema["pk_name"], *([schema["sk_name"]] if schema["sk_name"] else [])]
        answer = dynamodb._delete_item({"TableName": table, "Key": {n: (old or {})[n] for n in names}})
    if answer[0] != 200:
        logger.error("Journal: a change of %s was refused: %s", table, answer[2])


def _within(account: str, region: str, work: Callable[..., None], *args: Any) -> None:
    tokens = _request_account_id.set(account), _request_region.set(region)
    try:
        work(*args)
    finally:
        _request_account_id.reset(tokens[0])
        _request_region.reset(tokens[1])


def _resume_executions() -> None:
    """Start again what MiniStack marked as failed by the restart, or what the journal left running."""
    for (account, region, arn), execution in list(stepfunctions._executions.all_items()):
        restarted = execution.get("error") == "States.ServiceRestart"
        if not restarted and execution.get("status") != "RUNNING":
            continue
        execution.update(status="RUNNING", stopDate=None, output=None, error=None, cause=None)
        logger.info("Execution starts again: %s", arn)
        work = (account, region, stepfunctions._run_execution, arn)
        later = threading.Timer(RESUME_AFTER_S, _within, work)
        later.daemon = True
        later.start()
