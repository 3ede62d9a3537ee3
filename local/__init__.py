"""The local run: `python3 -m local <command>`. Standard library only, until its own environments exist."""
