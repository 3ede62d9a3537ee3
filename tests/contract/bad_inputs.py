"""The table of bad inputs: what is sent, and what it must get. `docs/bad-inputs.md` shows it with what was said."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from roomwright import wiring
from roomwright.adapters.http import SafeHttp
from roomwright.domain.account import Scope
from tests.contract.katalo.stage import Answer, Context, Stage, handler, multipart, proxy_event
from tests.unit.edge import pictures
from tests.unit.edge.test_http import loopback, saying, serving
from tests.unit.edge.test_imaging_bounds import empty_segments, exif_of_links, profile_bomb, text_bomb

ASSETS = "/api/v1/source-assets"
JOBS = "/api/v1/generations"
KEYS = "/api/v1/keys"
WEBHOOKS = "/api/v1/webhooks"
DEFAULT = WEBHOOKS + "/default"
PAGE = "https://shop.example.com"
"""where a public key may be used"""
JSON = {"Content-Type": "application/json"}
WANTED: Mapping[str, Any] = {
    "workflow": "staging",
    "capture_type": "photo",
    "mode": "furnish",
    "room_types": ["Living Room"],
    "style_preset": "modern",
}
GOOD_URL = "https://photos.example.com/a.jpg"


@dataclass(frozen=True)
class Got:
    """`outcome` is `<status> <code>`, or how the ingest ended; `told` is what the caller can read about it."""

    outcome: str
    told: str


@dataclass(frozen=True)
class Bad:
    """One bad input. `outcome` is what it must get."""

    group: str
    what: str
    send: Callable[[Stage], Got]
    outcome: str


def said(answer: Answer) -> Got:
    """What an HTTP answer says."""
    if "error" in answer.body:
        return Got(f"{answer.status} {answer.code}", answer.message)
    return Got(str(answer.status), "")


def ingested(stage: Stage, made: Answer) -> Got:
    """An asset that was accepted, after its ingest ran."""
    if made.status != 202:
        return said(made)
    stage.ingest(made.body["ingest_id"])
    read = stage.call("GET", f"{ASSETS}/{made.body['ingest_id']}").body
    if read["failure"]:
        return Got(f"202, then failed: {read['failure']['code']}", read["failure"]["message"])
    return Got(f"202, then {read['status']}", f"kept as {read['width']} × {read['height']}")


@cache
def ready(stage: Stage) -> str:
    """An asset of the first tenant."""
    return stage.ready_asset("ready")


def create(**changes: Any) -> Callable[[Stage], Got]:
    """A generation of a ready asset, with these fields changed (`...` leaves one out)."""

    def send(stage: Stage) -> Got:
        wanted = {"source_asset_id": ready(stage), **WANTED, **changes}
        return said(stage.post(JOBS, {name: value for name, value in wanted.items() if value is not ...}))

    return send


# ---- images -----------------------------------------------------------------------------------------------------


def image(make: Callable[[], bytes]) -> Callable[[Stage], Got]:
    return lambda stage: ingested(stage, stage.post_file(make()))


def _patched_frame(data: bytes, offset: int, patch: bytes) -> bytes:
    """A JPEG with bytes of its frame header replaced, `offset` counted from the frame's marker."""
    at = data.index(b"\xff\xc0") + offset
    return data[:at] + patch + data[at + len(patch) :]


def _jpeg_and_zip() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("run.html", "<script>alert(1)</script>")
    return pictures.jpeg() + archive.getvalue()


def _half(kind: str) -> bytes:
    noise = Image.fromarray(np.random.default_rng(3).integers(0, 255, (300, 300, 3), dtype=np.uint8))
    whole = pictures.encoded(noise, kind)
    return whole[: len(whole) // 2]


def _animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    return pictures.encoded(frames[0], kind, save_all=True, append_images=frames[1:])


def _deep_png() -> bytes:
    ramp = np.tile(np.linspace(0, 65535, 300).astype(np.uint16), (300, 1))
    return pictures.encoded(Image.fromarray(ramp), "PNG")


def _scan_bomb() -> bytes:
    data = pictures.jpeg(progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * 100 + data[-2:]


REJECTED = "202, then failed: image_rejected"
READY = "202, then ready"
IMAGES = [
    ("a GIF", lambda: b"GIF89a" + bytes(200), REJECTED),
    ("a PDF", lambda: b"%PDF-1.7\n" + bytes(200), REJECTED),
    ("an SVG with a script", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", REJECTED),
    ("an HTML page named photo.jpg", lambda: b"<!doctype html><script>alert(1)</script>", REJECTED),
    ("a TIFF", lambda: pictures.encoded(pictures.gradient(), "TIFF"), REJECTED),
    ("an AVIF", lambda: pictures.encoded(pictures.gradient(), "AVIF"), REJECTED),
    ("a PNG of 9,000 × 9,000 in 200 bytes", lambda: pictures.png_header_only(9_000, 9_000), REJECTED),
    ("a real PNG bomb, 14,000 × 14,000", lambda: pictures.encoded(Image.new("1", (14_000, 14_000)), "PNG"), REJECTED),
    ("a PNG 20,000 wide", lambda: pictures.png_header_only(20_000, 300), REJECTED),
    ("a JPEG that says 65,535 × 65,535",
     lambda: _patched_frame(pictures.jpeg(), 5, struct.pack(">HH", 65_535, 65_535)), REJECTED),
    ("a JPEG of height 0", lambda: _patched_frame(pictures.jpeg(), 5, b"\x00\x00"), REJECTED),
    ("a JPEG of 12 bits", lambda: _patched_frame(pictures.jpeg(), 4, b"\x0c"), REJECTED),
    ("an arithmetic-coded JPEG", lambda: _patched_frame(pictures.jpeg(), 1, b"\xc9"), REJECTED),
    ("a progressive JPEG of 110 scans", _scan_bomb, REJECTED),
    ("a JPEG of seven million empty segments, cut to 3.9 MB", lambda: empty_segments()[:3_900_000], REJECTED),
    ("a JPEG with 3 MB of fill bytes in its scan",
     lambda: pictures.jpeg()[:-2] + b"\xff" * 3_000_000 + b"\x00\xff\xd9", READY),
    ("half a JPEG", lambda: _half("JPEG"), REJECTED),
    ("half a PNG", lambda: _half("PNG"), REJECTED),
    ("half a WebP", lambda: _half("WEBP"), REJECTED),
    ("half a HEIC", lambda: _half("HEIF"), REJECTED),
    ("a photo of 1 × 1", lambda: pictures.encoded(Image.new("RGB", (1, 1)), "PNG"), REJECTED),
    ("an animated WebP", lambda: _animated("WEBP"), REJECTED),
    ("an animated PNG", lambda: _animated("PNG"), REJECTED),
    ("a PNG whose comment unpacks to 60 MB", lambda: text_bomb(60_000_000), REJECTED),
    ("a PNG whose colour profile unpacks to 60 MB", lambda: profile_bomb(60_000_000), REJECTED),
    ("a JPEG that is a ZIP as well", _jpeg_and_zip, READY),
    ("a JPEG whose EXIF links to itself", exif_of_links, READY),
    ("a CMYK JPEG", lambda: pictures.jpeg(pictures.gradient().convert("CMYK")), READY),
    ("a 16-bit PNG", _deep_png, READY),
]  # fmt: skip


# ---- addresses --------------------------------------------------------------------------------------------------


def source_url(url: str) -> Callable[[Stage], Got]:
    return lambda stage: said(stage.post(ASSETS, {"source_url": url}))


def resolving_to(*addresses: str) -> Callable[[Stage], Got]:
    """A name that looked well when it was sent, and resolves like this when it is fetched."""
    return _fetched_by(SafeHttp(resolver=lambda host, port: list(addresses)))


def _fetched_by(http: SafeHttp, url: str = GOOD_URL) -> Callable[[Stage], Got]:
    def send(stage: Stage) -> Got:
        the = wiring.wiring()
        before, the.http = the.http, http
        try:
            return ingested(stage, stage.post(ASSETS, {"source_url": url}))
        finally:
            the.http = before

    return send


def served(answer: bytes) -> Callable[[Stage], Got]:
    """A source that answers with these bytes; its address alone is let past the guard, redirects are not."""

    def send(stage: Stage) -> Got:
        with serving(saying(answer)) as server:
            http = SafeHttp(allow={("photos.test", server.port)}, resolver=loopback)
            real = http.fetch

            class Rerouted:
                def fetch(self, url: str, max_bytes: int, timeout_s: float) -> bytes:
                    return real(f"http://photos.test:{server.port}/a", max_bytes, timeout_s)

            return _fetched_by(Rerouted())(stage)  # type: ignore[arg-type]  # stands for SafeHttp

    return send


def _head(status: str, *headers: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode()


def webhook_url(url: str) -> Callable[[Stage], Got]:
    return create(webhook={"url": url})


INVALID = "422 validation_error"
WRONG = "400 bad_request"
UNSAFE = "202, then failed: validation_error"
UNREACHABLE = "202, then failed: source_unreachable"
URLS = [
    ("http:", source_url("http://example.com/a.jpg"), INVALID),
    ("file:", source_url("file:///etc/passwd"), INVALID),
    ("data:", source_url("data:image/png;base64,AAAA"), INVALID),
    ("no scheme", source_url("//example.com/a.jpg"), INVALID),
    ("a user name and password", source_url("https://user:secret@example.com/a.jpg"), INVALID),
    ("port 8443", source_url("https://example.com:8443/a.jpg"), INVALID),
    ("port 99999", source_url("https://example.com:99999/a.jpg"), INVALID),
    ("loopback", source_url("https://127.0.0.1/"), INVALID),
    ("a private network", source_url("https://10.0.0.8/a.jpg"), INVALID),
    ("the cloud's metadata", source_url("https://169.254.169.254/latest/meta-data/"), INVALID),
    ("IPv6 loopback", source_url("https://[::1]/"), INVALID),
    ("IPv4 mapped into IPv6", source_url("https://[::ffff:169.254.169.254]/"), INVALID),
    ("IPv4 behind NAT64", source_url("https://[64:ff9b::a00:1]/"), INVALID),
    ("an address as one number", source_url("https://2130706433/"), INVALID),
    ("an address in hexadecimal", source_url("https://0x7f000001/"), INVALID),
    ("localhost", source_url("https://localhost/"), INVALID),
    ("a name without a dot", source_url("https://intranet/"), INVALID),
    ("a backslash before an @", source_url("https://example.com\\@evil.test/"), INVALID),
    ("a line break and a header", source_url("https://example.com/\r\nHost: evil.test"), INVALID),
    ("3,000 characters", source_url("https://example.com/" + "a" * 3000), INVALID),
    ("half a surrogate pair", source_url("https://example.com/\ud800"), INVALID),
    ("an international name unencoded", source_url("https://exämple.com/"), INVALID),
    ("a name that resolves to the metadata address", resolving_to("169.254.169.254"), UNSAFE),
    ("a name with one private address among public ones", resolving_to("93.184.215.14", "10.0.0.8"), UNSAFE),
    ("a redirect to a private address", served(_head("302 Found", "Location: https://10.0.0.1/")), UNSAFE),
    ("a redirect to a file", served(_head("302 Found", "Location: file:///etc/passwd")), UNSAFE),
    ("30 GB announced", served(_head("200 OK", "Content-Length: 30000000000")),
     "202, then failed: payload_too_large"),
    ("an answer that breaks off", served(_head("200 OK", "Content-Length: 50") + b"short"), UNREACHABLE),
    ("an answer that is no HTTP", served(b"SSH-2.0-OpenSSH_9\r\n"), UNREACHABLE),
    ("a 404", served(_head("404 Not Found", "Content-Length: 0")), UNREACHABLE),
    ("a page instead of a photo", served(_head("200 OK", "Content-Length: 6") + b"<html>"), REJECTED),
    ("webhook.url to a private address", webhook_url("https://192.168.1.1/hook"), INVALID),
    ("webhook.url over http", webhook_url("http://example.com/hook"), INVALID),
    ("inline source_url to a private address", create(source_asset_id=..., source_url="https://10.0.0.8/"), INVALID),
    ("two sources at once", create(source_url=GOOD_URL), WRONG),
]  # fmt: skip


# ---- keys and headers -------------------------------------------------------------------------------------------


def with_key(key: Callable[[Stage], str | None]) -> Callable[[Stage], Got]:
    return lambda stage: said(stage.call("GET", f"{JOBS}/job_{'0' * 26}", key=key(stage)))


def authorization(value: str) -> Callable[[Stage], Got]:
    return lambda stage: said(stage.call("GET", f"{JOBS}/job_{'0' * 26}", key=None, headers={"Authorization": value}))


def idempotency(key: str | None) -> Callable[[Stage], Got]:
    return lambda stage: said(stage.post(ASSETS, {"source_url": GOOD_URL}, idempotency_key=key))


def content_type(kind: str) -> Callable[[Stage], Got]:
    return lambda stage: said(
        stage.call("POST", ASSETS, idempotency_key="fresh", body=b"{}", headers={"Content-Type": kind})
    )


def _broken_base64(stage: Stage) -> Got:
    headers = {"Authorization": f"Bearer {stage.key}", "Idempotency-Key": "k", **JSON}
    event = proxy_event("POST", ASSETS, headers, None) | {"body": "%%%", "isBase64Encoded": True}
    raw = handler("katalo_api").handler(event, Context())
    return said(Answer(raw["statusCode"], json.loads(raw["body"]), {}))


def _flipped(key: str) -> str:
    return key[:-1] + ("0" if key[-1] != "0" else "1")


NO_KEY = "401 unauthorized"
HEADERS = [
    ("no Authorization", with_key(lambda stage: None), NO_KEY),
    ("Basic credentials", authorization("Basic dXNlcjpwdw=="), NO_KEY),
    ("an empty Bearer", authorization("Bearer "), NO_KEY),
    ("a key with one letter wrong", with_key(lambda stage: _flipped(stage.key)), NO_KEY),
    ("half a key", with_key(lambda stage: stage.key[:30]), NO_KEY),
    ("a key and more", with_key(lambda stage: stage.key + " x"), NO_KEY),
    ("a key of another deployment", with_key(lambda stage: "rw_live_" + "0" * 16 + "_" + "0" * 38), NO_KEY),
    ("a key that is not ASCII", authorization("Bearer schlüssel"), NO_KEY),
    ("a key that may only read, creating",
     lambda stage: said(stage.post(JOBS, {**WANTED, "source_asset_id": "-"}, key=stage.reading_key)), "403 forbidden"),
    ("no Idempotency-Key", idempotency(None), WRONG),
    ("an empty Idempotency-Key", idempotency(""), WRONG),
    ("an Idempotency-Key of 256 characters", idempotency("k" * 256), WRONG),
    ("an Idempotency-Key with a tab", idempotency("a\tb"), WRONG),
    ("an Idempotency-Key that is not ASCII", idempotency("schlüssel"), WRONG),
    ("Content-Type: image/jpeg", content_type("image/jpeg"), WRONG),
    ("no Content-Type", content_type(""), WRONG),
    ("a body that is no base64", _broken_base64, WRONG),
]  # fmt: skip


# ---- JSON -------------------------------------------------------------------------------------------------------


def text(body: str | bytes, path: str = ASSETS) -> Callable[[Stage], Got]:
    return lambda stage: said(stage.post(path, body))


_TRIANGLE = [[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]]
BODIES = [
    ("an empty body", text(""), WRONG),
    ("broken JSON", text('{"source_url": '), WRONG),
    ("a list", text("[1, 2]"), WRONG),
    ("null", text("null"), WRONG),
    ("bytes that are no UTF-8", text(b"\xff\xfe\x00"), WRONG),
    ("90,000 nested lists", text("[" * 90_000), WRONG),
    ("15,000 nested objects", text('{"a":' * 15_000 + "1" + "}" * 15_000), WRONG),
    ("a field twice", text('{"source_url": "https://example.com/a", "source_url": "https://example.com/b"}'), WRONG),
    ("NaN", text('{"upload": {"content_type": "image/png", "size_bytes": NaN}}'), WRONG),
    ("a number of 5,000 digits", text('{"upload": {"content_type": "image/png", "size_bytes": ' + "9" * 5000 + "}}"),
     WRONG),
    ("200 kB", text(json.dumps({"source_url": "x" * 200_000})), "413 payload_too_large"),
    ("an unknown field", text('{"source_url": "https://example.com/a", "admin": true}'), INVALID),
    ("a number for text", text('{"source_url": 5}'), INVALID),
    ("a size of 1e400", text('{"upload": {"content_type": "image/png", "size_bytes": 1e400}}'), INVALID),
    ("an upload of 31 MB", text('{"upload": {"content_type": "image/png", "size_bytes": 31000000}}'),
     "413 payload_too_large"),
    ("text for a flag", create(include_alternates="yes"), INVALID),
    ("a seed below zero", create(seed=-1), INVALID),
    ("a seed of 2^63", create(seed=2**63), INVALID),
    ("an unknown room", create(room_types=["Dungeon"]), INVALID),
    ("a thousand rooms", create(room_types=["Bedroom"] * 1000), INVALID),
    ("rooms of two families", create(room_types=["Living Room", "Bathroom"]), INVALID),
    ("an unknown preset", create(style_preset="brutalist"), INVALID),
    ("no mode", create(mode=...), INVALID),
    ("nested metadata", create(metadata={"a": {"b": 1}}), INVALID),
    ("21 metadata pairs", create(metadata={f"k{n}": n for n in range(21)}), INVALID),
    ("half a surrogate pair as reference", create(reference="\ud800"), INVALID),
    ("a reference of 501 characters", create(reference="r" * 501), INVALID),
    ("a hint of another name", create(hints={"ceiling": 2.5}), INVALID),
    ("a ceiling of 40 m", create(hints={"ceiling_height_m": 40}), INVALID),
    ("a focal length as text", create(hints={"focal_length_35mm": "24"}), INVALID),
    ("a window beyond the photo", create(hints={"windows": [[[0, 0], [1.5, 0], [1, 1]]]}), INVALID),
    ("a door of two corners", create(hints={"doors": [[[0, 0], [1, 1]]]}), INVALID),
    ("a floor that is a line", create(hints={"floor_polygon": [[0, 0], [0.5, 0.5], [1, 1]]}), INVALID),
    ("a thousand windows", create(hints={"windows": [_TRIANGLE] * 1000}), INVALID),
    ("960 corners", create(hints={"keep_clear": [_TRIANGLE * 20] * 16}), INVALID),
    ("a NUL in an asset id", create(source_asset_id="src_\x00"), INVALID),
    ("an asset id that climbs folders", create(source_asset_id="../../tenants"), INVALID),
]  # fmt: skip


# ---- forms ------------------------------------------------------------------------------------------------------


def form(body: bytes, kind: str | None = None) -> Callable[[Stage], Got]:
    headers = {"Content-Type": kind or multipart(("x", b""))[1]}
    return lambda stage: said(stage.call("POST", ASSETS, idempotency_key="fresh", body=body, headers=headers))


_FORM = multipart(("file", b"photo"))[0]
FORMS = [
    ("no boundary", form(_FORM, "multipart/form-data"), WRONG),
    ("a boundary of 200 characters", form(_FORM, "multipart/form-data; boundary=" + "b" * 200), WRONG),
    ("another boundary than the body's", form(_FORM, "multipart/form-data; boundary=other"), WRONG),
    ("half a form", form(_FORM[: len(_FORM) // 2]), WRONG),
    ("an empty form", form(b""), WRONG),
    ("the file twice", form(multipart(("file", b"a"), ("file", b"b"))[0]), WRONG),
    ("nine parts", form(multipart(*((f"f{n}", b"x") for n in range(9)))[0]), WRONG),
    ("a part header of 9,000 bytes", form(_FORM.replace(b"photo.txt", b"p" * 9_000)), WRONG),
    ("a part without a name", form(_FORM.replace(b'name="file"; ', b"")), INVALID),
    ("an unknown field", form(multipart(("file", b"x"), ("path", b"/etc"))[0]), INVALID),
    ("an empty file", form(multipart(("file", b""))[0]), INVALID),
    ("5 MB inline", lambda stage: said(stage.post_file(pictures.jpeg() + bytes(5_000_000))), "413 payload_too_large"),
]  # fmt: skip


# ---- other tenants' ids -----------------------------------------------------------------------------------------


def theirs(method: str, path: str, content: Any = None) -> Callable[[Stage], Got]:
    """A good key of one tenant with ids of another: `{asset}`, `{ingest}` and `{job}` are theirs."""

    def send(stage: Stage) -> Got:
        found = victim(stage)
        body = json.dumps(content) if content is not None else None
        headers = JSON if body else {}
        return said(stage.call(method, path.format(**found), idempotency_key="fresh", body=body, headers=headers))

    return send


@cache
def victim(stage: Stage) -> dict[str, str]:
    """Ids of things that the other tenant owns."""
    asset = stage.ready_asset("victim", key=stage.other_key)
    job = stage.post(JOBS, {**WANTED, "source_asset_id": asset}, idempotency_key="victim", key=stage.other_key)
    endpoint = stage.post(WEBHOOKS, {"url": GOOD_URL}, idempotency_key="victim", key=stage.other_key)
    assert (job.status, endpoint.status) == (202, 201), (job.body, endpoint.body)
    return {
        "asset": asset,
        "ingest": "ing_" + asset.removeprefix("src_"),
        "job": job.body["job_id"],
        "endpoint": endpoint.body["endpoint_id"],
        "key": stage.other_key.split("_")[2],
        "delivery": "msg_" + "0" * 26,
    }


MISSING = "404 not_found"
SINCE = {"since": "2026-01-01T00:00:00Z"}
OF_OTHERS: list[tuple[str, str, str, Any]] = [
    ("reading their ingest", "GET", ASSETS + "/{ingest}", None),
    ("reading their job", "GET", JOBS + "/{job}", None),
    ("regenerating their job", "POST", JOBS + "/{job}/regenerate", {}),
    ("cancelling their job", "DELETE", JOBS + "/{job}", None),
    ("deleting their source asset", "DELETE", ASSETS + "/{ingest}", None),
    ("deleting it by its own id", "DELETE", ASSETS + "/{asset}", None),
    ("erasing their job's pictures", "DELETE", JOBS + "/{job}/outputs", None),
    ("reading their delivery log", "GET", JOBS + "/{job}/deliveries", None),
    ("sending their delivery again", "POST", JOBS + "/{job}/deliveries/{delivery}/replay", {}),
    ("reading their key", "GET", KEYS + "/{key}", None),
    ("revoking their key", "DELETE", KEYS + "/{key}", None),
    ("rotating their key", "POST", KEYS + "/{key}/rotate", {}),
    ("reading their endpoint", "GET", WEBHOOKS + "/{endpoint}", None),
    ("moving their endpoint", "PATCH", WEBHOOKS + "/{endpoint}", {"url": GOOD_URL}),
    ("deleting their endpoint", "DELETE", WEBHOOKS + "/{endpoint}", None),
    ("challenging their endpoint", "POST", WEBHOOKS + "/{endpoint}/verify", {}),
    ("pinging their endpoint", "POST", WEBHOOKS + "/{endpoint}/ping", {}),
    ("rotating their endpoint's secret", "POST", WEBHOOKS + "/{endpoint}/rotate-secret", {}),
    ("reading what their endpoint was sent", "GET", WEBHOOKS + "/{endpoint}/deliveries", None),
    ("sending all of it again", "POST", WEBHOOKS + "/{endpoint}/replay", SINCE),
]
TENANTS = [
    *((what, theirs(method, path, content), MISSING) for what, method, path, content in OF_OTHERS),
    ("staging their asset", lambda stage: create(source_asset_id=victim(stage)["asset"])(stage), INVALID),
]


# ---- keys and webhooks ------------------------------------------------------------------------------------------


def manage(path: str, content: Any, method: str = "POST") -> Callable[[Stage], Got]:
    def send(stage: Stage) -> Got:
        return said(stage.call(method, path, idempotency_key="fresh", body=json.dumps(content), headers=JSON))

    return send


def endpoint_url(url: str) -> Callable[[Stage], Got]:
    return manage(WEBHOOKS, {"url": url})


def key_wish(**changes: Any) -> Callable[[Stage], Got]:
    return manage(KEYS, {"name": "one", "scopes": ["read"], **changes})


def narrow(stage: Stage) -> Got:
    """A key that may manage but not create, giving the right to create."""
    key = stage.issue(stage.tenant_id, "manage")
    return said(stage.post(KEYS, {"name": "more", "scopes": ["create"]}, key=key))


def eraser(path: str) -> Callable[[Stage], Got]:
    """A key of every scope but `manage`, erasing."""

    def send(stage: Stage) -> Got:
        key = stage.issue(stage.tenant_id, *(set(Scope) - {Scope.MANAGE}))
        return said(stage.call("DELETE", path.format(asset=ready(stage)), key=key))

    return send


def spent_key(how: str) -> Callable[[Stage], Got]:
    """A key that worked, after its end."""

    def send(stage: Stage) -> Got:
        made = stage.post(KEYS, {"name": how, "scopes": ["read"]}).body
        path = f"{KEYS}/{made['key_id']}"
        ended = stage.call("DELETE", path) if how == "revoked" else stage.post(f"{path}/rotate", {"overlap_seconds": 0})
        assert ended.status in {200, 201}, ended.body
        return said(stage.call("GET", f"{JOBS}/job_{'0' * 26}", key=made["api_key"]))

    return send


def public_key(
    method: str, path: str, content: Any, origin: str = "https://shop.example.com"
) -> Callable[[Stage], Got]:
    """A public key, used for this."""

    def send(stage: Stage) -> Got:
        wish = {"name": "page", "scopes": ["upload", "create"], "public": True, "origins": [PAGE]}
        key = stage.post(KEYS, wish).body["api_key"]
        headers = {**JSON, "Origin": origin}
        body = json.dumps(content) if content is not None else None
        return said(stage.call(method, path, key=key, idempotency_key="fresh", body=body, headers=headers))

    return send


DENIED = "403 forbidden"
PHOTO = {"source_url": GOOD_URL}
MANAGE = [
    ("a revoked key", spent_key("revoked"), NO_KEY),
    ("a key rotated without overlap", spent_key("rotated"), NO_KEY),
    ("a key that gives more than it has", narrow, DENIED),
    ("a key without manage, deleting a source asset", eraser(ASSETS + "/{asset}"), DENIED),
    ("a key without manage, erasing pictures", eraser(f"{JOBS}/job_{'0' * 26}/outputs"), DENIED),
    ("a public key deleting", public_key("DELETE", f"{ASSETS}/ing_{'0' * 26}", None), DENIED),
    ("a key without scopes", key_wish(scopes=[]), INVALID),
    ("a key with an unknown scope", key_wish(scopes=["admin"]), INVALID),
    ("a key that ended yesterday", key_wish(expires_at="2020-01-01T00:00:00Z"), INVALID),
    ("a key that ends at a local time", key_wish(expires_at="2030-01-01T00:00:00"), INVALID),
    ("a public key that may read", key_wish(public=True, origins=[PAGE]), INVALID),
    ("a public key without origins", key_wish(public=True, scopes=["create"]), INVALID),
    ("a public key for every origin", key_wish(public=True, scopes=["create"], origins=["*"]), INVALID),
    ("an overlap of a year", manage(KEYS + "/" + "0" * 16 + "/rotate", {"overlap_seconds": 31_536_000}), INVALID),
    ("a public key on another page", public_key("POST", ASSETS, PHOTO, "https://evil.test"), DENIED),
    ("a public key without a page", public_key("POST", ASSETS, PHOTO, ""), DENIED),
    ("a public key reading", public_key("GET", f"{JOBS}/job_{'0' * 26}", None), DENIED),
    ("a public key regenerating", public_key("POST", f"{JOBS}/job_{'0' * 26}/regenerate", {}), DENIED),
    ("a public key making keys", public_key("POST", KEYS, {"name": "x", "scopes": ["create"]}), DENIED),
    ("a public key naming a webhook",
     public_key("POST", JOBS, {**WANTED, **PHOTO, "webhook": {"url": "https://thief.example.com/"}}), DENIED),
    ("an endpoint over http", endpoint_url("http://example.com/hook"), INVALID),
    ("an endpoint in a private network", endpoint_url("https://10.0.0.8/hook"), INVALID),
    ("an endpoint at the metadata address", endpoint_url("https://[::ffff:169.254.169.254]/"), INVALID),
    ("an endpoint for unknown events", manage(WEBHOOKS, {"url": GOOD_URL, "events": ["everything"]}), INVALID),
    ("a default callback on port 22", manage(DEFAULT, {"url": "https://example.com:22/"}, "PUT"), INVALID),
    ("a cursor of another kind", lambda stage: said(stage.call("GET", "/api/v1/billing/events?cursor=AAAA")), WRONG),
    ("a page of a million", lambda stage: said(stage.call("GET", "/api/v1/billing/events?limit=1000000")), WRONG),
]  # fmt: skip


def table() -> list[Bad]:
    groups: Mapping[str, list[tuple[str, Callable[[Stage], Got], str]]] = {
        "Images": [(what, image(make), outcome) for what, make, outcome in IMAGES],
        "Addresses": URLS,
        "Keys and headers": HEADERS,
        "JSON": BODIES,
        "Forms": FORMS,
        "Keys and webhooks": MANAGE,
        "Ids of other tenants": TENANTS,
    }
    return [Bad(group, what, send, outcome) for group, rows in groups.items() for what, send, outcome in rows]
