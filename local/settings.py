"""What one stack remembers about itself between runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from local.files import read_json, write_json
from local.processes import free_port


@dataclass(frozen=True)
class Ports:
    """All on 127.0.0.1. `api` is the origin that clients use."""

    api: int = 8700
    inbox: int = 8701
    sagemaker: int = 8702
    engine: int = 8703
    aws: int = 8704

    def __iter__(self) -> Iterator[int]:
        return (getattr(self, f.name) for f in fields(self))


@dataclass(frozen=True)
class Settings:
    """`allow`: HOST:PORT that the guards against private addresses let through, beside our own inbox."""

    ports: Ports = Ports()
    allow: tuple[str, ...] = field(default=())

    @property
    def egress(self) -> tuple[str, ...]:
        return (f"127.0.0.1:{self.ports.inbox}", *self.allow)


def load_settings(path: Path) -> Settings:
    """The saved settings, or the defaults."""
    content = read_json(path)
    known = {f.name for f in fields(Ports)}
    ports = Ports(**{name: int(port) for name, port in content.get("ports", {}).items() if name in known})
    return Settings(ports, tuple(str(host) for host in content.get("allow", [])))


def save_settings(path: Path, settings: Settings) -> None:
    write_json(path, {"ports": asdict(settings.ports), "allow": list(settings.allow)})


def with_free_ports(settings: Settings) -> Settings:
    """The same ports where nobody else took them; others, all different, where somebody did."""
    chosen: dict[str, int] = {}
    for f in fields(Ports):
        port = free_port(getattr(settings.ports, f.name))
        while port in chosen.values():
            port = free_port(0)
        chosen[f.name] = port
    return replace(settings, ports=Ports(**chosen))
