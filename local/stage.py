"""Stage one photo as a customer would: through the public HTTP API, with a key."""

from __future__ import annotations

import json
import secrets
import time
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import stack
from local.client import MULTIPART_LIMIT, ApiError, Client, content_type, download, upload_form
from local.console import Console
from local.files import write_text
from local.layout import Layout, LocalRunError

EXAMPLE = "examples/empty-living-room.jpg"
POLL_S = 0.5
JOB_SECONDS = 2400
ENDED = frozenset({"succeeded", "failed", "cancelled"})
FILES = {
    "staged_png": "staged.png",
    "staged_jpg": "staged.jpg",
    "before_after_jpg": "before_after.jpg",
    "changed_mask_png": "changed_mask.png",
}
SOMETIMES = {"jpeg_mask_png": "jpeg_mask.png", "checks_png": "checks.png", "scene_json": "scene.json"}
"""what a picture may come without"""


@dataclass(frozen=True)
class Wish:
    """What to stage, how, and where the pictures go."""

    photo: Path
    room: str
    style: str
    seed: int | None
    out: Path
    alternates: bool = False
    hints: Path | None = None
    """a JSON file: the API's `hints`"""


def find_photo(place: Layout, given: Path | None) -> Path:
    """The photo as an absolute path. Raises LocalRunError when there is none."""
    photo = (given or place.root / EXAMPLE).expanduser().resolve()
    if not photo.is_file():
        raise LocalRunError(f"There is no photo {photo}. Give the path of a JPEG, PNG, WebP or HEIC file.")
    return photo


def run(place: Layout, console: Console, wish: Wish, show: bool) -> int:
    """Submit, follow, download → 0 for a succeeded job only."""
    state = stack.status(place)
    client = Client(str(state["api_url"]), str(state["api_key"]))
    try:
        job = follow(client, console, submit(client, console, wish))
        collect(console, wish, job)
    except ApiError as error:
        raise LocalRunError(explain_refusal(error)) from error
    if job["status"] != "succeeded":
        console.warn(explain_failure(job))
        return 1
    if show:
        webbrowser.open((wish.out / FILES["before_after_jpg"]).resolve().as_uri())
    console.say(f"Staged: {wish.out}")
    return 0


def submit(client: Client, console: Console, wish: Wish) -> str:
    """Send the photo and ask for the job → job id."""
    console.say(f"Sending {wish.photo.name}")
    source = send_photo(client, wish.photo)
    request: dict[str, Any] = {
        "source_asset_id": source,
        "workflow": "staging",
        "capture_type": "photo",
        "mode": "furnish",
        "room_types": [wish.room],
        "style_preset": wish.style,
        "reference": wish.photo.name,
    }
    if wish.seed is not None:
        request["seed"] = wish.seed
    if wish.alternates:
        request["include_alternates"] = True
    if wish.hints is not None:
        request["hints"] = read_hints(wish.hints)
    job = client.post_json("/api/v1/generations", request, secrets.token_hex(16))
    console.say(f"Job {job['job_id']}: {job['status']}")
    return str(job["job_id"])


def read_hints(file: Path) -> Any:
    """Whatever JSON lies there; what is wrong with it the API says. Raises LocalRunError."""
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise LocalRunError(f"{file} cannot be read as JSON: {error}") from error


def send_photo(client: Client, photo: Path) -> str:
    """Multipart when it fits into an API request, else a presigned upload → source asset id once it is ready."""
    key = secrets.token_hex(16)
    if photo.stat().st_size <= MULTIPART_LIMIT:
        asset = client.post_file("/api/v1/source-assets", "file", photo, key)
    else:
        wanted = {"content_type": content_type(photo), "size_bytes": photo.stat().st_size}
        asset = client.post_json("/api/v1/source-assets", {"upload": wanted}, key)
        upload_form(asset["upload"]["url"], asset["upload"]["fields"], photo)
    deadline = time.monotonic() + JOB_SECONDS
    while asset["status"] not in {"ready", "failed"}:
        if time.monotonic() > deadline:
            raise LocalRunError(f"The photo is still {asset['status']}. See `python3 -m local logs`.")
        time.sleep(POLL_S)
        asset = client.get(f"/api/v1/source-assets/{asset['ingest_id']}")
    if asset["status"] == "failed":
        raise LocalRunError(explain_failure(asset))
    return str(asset["source_asset_id"])


def follow(client: Client, console: Console, job_id: str) -> dict[str, Any]:
    """Poll until the job has ended, saying what changes on the way → the job."""
    seen: tuple[str, str] = ("", "")
    deadline = time.monotonic() + JOB_SECONDS
    while time.monotonic() < deadline:
        job: dict[str, Any] = client.get(f"/api/v1/generations/{job_id}")
        progress = job.get("progress") or {}
        now = (str(job["status"]), str(progress.get("stage") or ""))
        if now != seen:
            done = f" · {now[1]} ({progress.get('fraction', 0):.0%})" if now[1] else ""
            console.say(f"Job {now[0]}{done}")
            seen = now
        if job["status"] in ENDED:
            return job
        time.sleep(POLL_S)
    raise LocalRunError(f"Job {job_id} has not ended in {JOB_SECONDS} s. See `python3 -m local logs`.")


def collect(console: Console, wish: Wish, job: dict[str, Any]) -> None:
    """Write job.json and, of a succeeded job, every picture; those of an alternate into a folder of its own."""
    wish.out.mkdir(parents=True, exist_ok=True)
    write_text(wish.out / "job.json", json.dumps(job, indent=2) + "\n", 0o644)
    if job.get("source_image_url"):
        download(str(job["source_image_url"]), wish.out / "source.png")
    for output in job.get("outputs") or []:
        folder = wish.out if output["role"] == "primary" else wish.out / str(output["role"])
        folder.mkdir(exist_ok=True)
        links: dict[str, str] = output.get("artifacts") or {}
        for name, file in {**FILES, **SOMETIMES}.items():
            if name in links:
                download(links[name], folder / file)
            elif name in FILES:
                console.warn(f"The job has no {file}.")


def explain_failure(thing: dict[str, Any]) -> str:
    """Why a job or an asset failed, and what to do."""
    failure = thing.get("failure") or {}
    lines = [f"{thing['status']}: {failure.get('code', 'unknown')}. {failure.get('message', '')}".strip()]
    if failure.get("hint"):
        lines.append(f"Hint: {failure['hint']}")
    return "\n".join(lines)


def explain_refusal(error: ApiError) -> str:
    body = error.body.get("error", {}) if isinstance(error.body, dict) else {}
    if isinstance(body, dict) and body.get("code"):
        return f"The API refused ({error.status} {body['code']}): {body.get('message', '')}"
    return f"The API refused: {error}"
