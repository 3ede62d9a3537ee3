"""The local stack's own organisation, made as an operator makes any: by invoking the deployed function."""

from __future__ import annotations

from local.admin import administer
from local.files import read_json, write_json
from local.layout import Layout
from local.settings import Settings

CREDITS = 1_000_000


def create(layout: Layout, settings: Settings) -> None:
    """An organisation with credits, a live and a test key, written to the state directory."""
    inbox = f"http://127.0.0.1:{settings.ports.inbox}/hook"
    wish = {"name": "Local run", "credits": CREDITS, "webhook_url": inbox}
    made = administer(layout, settings, "create_tenant", wish)
    keys = {
        environment: administer(
            layout,
            settings,
            "issue_key",
            {"tenant_id": made["tenant_id"], "environment": environment, "name": "Local run"},
        )["api_key"]
        for environment in ("live", "test")
    }
    known = {
        "tenant_id": made["tenant_id"],
        "api_key": keys["live"],
        "webhook_secret": made["webhook_secret"],
        "test_tenant_id": made["test_tenant_id"],
        "test_api_key": keys["test"],
    }
    write_json(layout.tenant, known)


def exists(layout: Layout) -> bool:
    """Whether it was made, by this version."""
    return "test_api_key" in read(layout)


def read(layout: Layout) -> dict[str, str]:
    """tenant_id, api_key, webhook_secret, test_tenant_id, test_api_key; empty before the first `up`."""
    return {name: str(value) for name, value in read_json(layout.tenant).items()}
