"""Roomwright: virtual staging in your own AWS account. See docs/architecture.md for one request's way in."""

VERSION = "0.1.0"
