"""Create the local tenant: `python -m local.new_tenant CREDITS WEBHOOK_URL FILE`, run with the layers on the path."""

from __future__ import annotations

import sys
from pathlib import Path

import boto3

from local.files import write_json
from roomwright.adapters.secrets import MasterSecret
from roomwright.domain.signatures import secret_text
from roomwright.usecases.create_tenant import create_tenant
from roomwright.usecases.issue_key import issue_key
from roomwright.wiring import Settings, Wiring


def main() -> None:
    credit, webhook_url, file = sys.argv[1:4]
    app = Wiring(Settings.from_env())
    secrets = MasterSecret(boto3.client("secretsmanager"), app.settings.need("WEBHOOK_SECRET_ARN"))
    account = create_tenant(app.stores, app.clock, app.random, "Local run", int(credit), webhook_url=webhook_url)
    key = issue_key(app.stores, app.clock, app.random, account.tenant_id, live=True)
    secret = secret_text(secrets.webhook_key(account.tenant_id, account.webhook_key_version))
    write_json(Path(file), {"tenant_id": account.tenant_id, "api_key": key, "webhook_secret": secret})


if __name__ == "__main__":
    main()
