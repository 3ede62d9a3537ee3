"""The engine's model weights: found in a directory, verified once, loaded when first needed."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cached_property
from pathlib import Path

import onnxruntime as ort

LOCK = Path(__file__).resolve().parents[1] / "weights.lock"
DIRECTORY_VARIABLE = "ROOMWRIGHT_WEIGHTS_DIR"
_DEFAULT_DIRECTORY = Path(__file__).resolve().parents[2] / ".local" / "weights"
_THREADS = 2


class WeightsMissingError(Exception):
    """A weight file is absent or is not the pinned one. The message says what to do."""


class Weights:
    """ONNX sessions over the locked files of one directory.

    Without an argument the directory is `ROOMWRIGHT_WEIGHTS_DIR`, else `.local/weights` in the repository.
    Every attribute raises WeightsMissingError when its file is absent or altered.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or Path(os.environ.get(DIRECTORY_VARIABLE, _DEFAULT_DIRECTORY))
        self._hashes = {e["name"]: e["sha256"] for e in json.loads(LOCK.read_text("utf-8"))["files"]}

    @cached_property
    def sam_encoder(self) -> ort.InferenceSession:
        """(1, 3, 1024, 1024) normalised RGB → image embedding."""
        return self._session("sam_encoder.onnx")

    @cached_property
    def sam_decoder(self) -> ort.InferenceSession:
        """Embedding and prompts → one mask; the standard Segment Anything signature."""
        return self._session("sam_decoder.onnx")

    @cached_property
    def mlsd(self) -> ort.InferenceSession:
        """(1, 512, 512, 4) raw RGB and a plane of ones → end point offsets and scores of line segments."""
        return self._session("mlsd_512_large.onnx")

    def available(self) -> bool:
        """Whether every locked file is present (hashes are checked on loading)."""
        return all((self.directory / name).is_file() for name in self._hashes)

    def _session(self, name: str) -> ort.InferenceSession:
        path = self.directory / name
        if not path.is_file():
            raise WeightsMissingError(
                f"The model file {name} is not in {self.directory}. Fetch the weights (`python3 -m local up`) "
                f"or set {DIRECTORY_VARIABLE} to the directory that holds them."
            )
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self._hashes[name]:
            raise WeightsMissingError(
                f"{name} in {self.directory} is not the pinned file. Delete it and fetch the weights again."
            )
        options = ort.SessionOptions()
        options.intra_op_num_threads = min(_THREADS, os.cpu_count() or 1)
        options.inter_op_num_threads = 1
        options.use_deterministic_compute = True
        # A thread that waits for its next turn by spinning takes the core from the other one: a quarter of the CPU.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        return ort.InferenceSession(content, options, providers=["CPUExecutionProvider"])
