"""In-memory ports. The store is held to the same contract tests as the table (tests/unit/core/test_store_contract)."""
