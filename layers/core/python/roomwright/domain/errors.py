"""Everything the domain can refuse, each with the code that dialects map to their own envelope."""

from __future__ import annotations


class RoomwrightError(Exception):
    """Base of every expected refusal. `code` is stable; `message` says what to do."""

    code = "internal_error"
    retryable = False

    def __init__(self, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_s = retry_after_s


class UnauthorizedError(RoomwrightError):
    code = "unauthorized"


class ForbiddenError(RoomwrightError):
    code = "forbidden"


class NotFoundError(RoomwrightError):
    code = "not_found"


class BadRequestError(RoomwrightError):
    code = "bad_request"


class ValidationError(RoomwrightError):
    code = "validation_error"


class OperationUnavailableError(RoomwrightError):
    code = "operation_unavailable"


class IdempotencyConflictError(RoomwrightError):
    code = "idempotency_conflict"


class InsufficientCreditsError(RoomwrightError):
    code = "insufficient_credits"


class StorageLimitExceededError(RoomwrightError):
    """The organisation keeps as many bytes as its plan lets it."""

    code = "storage_limit_exceeded"

    def __init__(self, stored_bytes: int, max_stored_bytes: int) -> None:
        super().__init__(
            f"Your organisation keeps {stored_bytes / 1e9:.1f} GB; its plan has {max_stored_bytes / 1e9:,.0f} GB. "
            "DELETE source assets, or outputs of generations, that you need no more; or ask for a larger plan."
        )


class PeriodOverError(RoomwrightError):
    """The account's billing period has ended and the next has not been opened. Never shown to a caller."""

    code = "stale_state"
    retryable = True


class ConflictError(RoomwrightError):
    """The thing is in a state that this request cannot change."""

    code = "conflict"


class RateLimitedError(RoomwrightError):
    """Too many requests in the current window."""

    code = "rate_limited"
    retryable = True


class TooManyInFlightError(RoomwrightError):
    code = "rate_limited"
    retryable = True


class ContendedError(RoomwrightError):
    """Too many writes to the same items at once, also after retries. Nothing was written."""

    code = "rate_limited"
    retryable = True


class PayloadTooLargeError(RoomwrightError):
    code = "payload_too_large"


class UnsafeUrlError(ValidationError):
    """A URL that must not be fetched or called: wrong scheme, port, or a private address."""

    code = "validation_error"


class ImageRejectedError(RoomwrightError):
    """Bytes that are not an image this service takes."""

    code = "image_rejected"


class StaleStateError(RoomwrightError):
    """A conditional write found another state than expected: somebody else was first."""

    code = "stale_state"
    retryable = True
