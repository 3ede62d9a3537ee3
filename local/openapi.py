"""Write the committed OpenAPI document: `python -m local.openapi`, run with the layers' packages on the path."""

from __future__ import annotations

from local.layout import layout
from roomwright.dialects import openapi


def main() -> None:
    (layout().root / "docs" / "api" / "openapi.json").write_text(openapi.text(), "utf-8")


if __name__ == "__main__":
    main()
