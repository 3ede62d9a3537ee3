"""Roomwright: virtual staging in your own AWS account. See docs/architecture.md for one request's way in."""

import os

VERSION = "0.1.0"

# Pydantic would look through every installed distribution for plugins at each cold start; there are none to find.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
