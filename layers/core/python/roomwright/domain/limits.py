"""How long things may take and how large they may be."""

from __future__ import annotations

from datetime import timedelta

MAX_SOURCE_BYTES = 30_000_000
"""of one original photo"""
MAX_SOURCE_PIXELS = 50_000_000
MAX_SOURCE_SIDE = 16_000
"""pixels"""
MAX_RESULT_BYTES = 2_000_000
"""of what an engine answers (JSON)"""
MAX_IDEMPOTENCY_KEY = 255
"""characters, as Stripe's"""

UPLOAD_WINDOW = timedelta(minutes=15)
"""from a presigned upload to its bytes"""
INGEST_WINDOW = timedelta(minutes=15)
"""from bytes or URL to a sanitised asset"""
LINE_WINDOW = timedelta(hours=24)
"""in the tenant's waiting line"""
MAX_JOBS_PER_SLOT = 40
"""of a plan: more would still wait in line when LINE_WINDOW ends, even if none took longer than half an hour"""
START_WINDOW = timedelta(minutes=10)
"""from a concurrency slot to the engine's start"""
RUN_GRACE = timedelta(minutes=2)
"""beyond the state machine's own time-out, before the sweeper ends a running job"""
LOST_AFTER = timedelta(minutes=2)
"""a queue message that had no effect by then is sent again"""
DELIVERY_GRACE = timedelta(minutes=1)
"""a delivery due for longer than this has lost its message"""
DELIVERY_RETENTION = timedelta(days=90)
"""of the delivery log"""
