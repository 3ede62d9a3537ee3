"""The inference container: `GET /ping`, `POST /invocations`, one job at a time."""
