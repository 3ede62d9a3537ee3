"""Start the patched MiniStack: `python -m local.emulator`, configured by MiniStack's own variables."""

from __future__ import annotations

from ministack.app import main

from local.emulator import durability, fidelity, warm

if __name__ == "__main__":
    fidelity.apply()
    durability.apply(settled=warm.start)
    main()
