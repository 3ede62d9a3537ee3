"""Invoke a deployed function: `python -m local.invoke FUNCTION`, the event on stdin, the result on stdout."""

from __future__ import annotations

import sys

import boto3
from botocore.config import Config

SECONDS = 60


def main() -> int:
    """→ 0 for a result, 1 for a function that failed (then what it said is on stderr)."""
    once = Config(read_timeout=SECONDS, retries={"total_max_attempts": 1})  # an action is not done twice
    answer = boto3.client("lambda", config=once).invoke(FunctionName=sys.argv[1], Payload=sys.stdin.buffer.read())
    text = answer["Payload"].read().decode()
    failed = "FunctionError" in answer
    (sys.stderr if failed else sys.stdout).write(text)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
