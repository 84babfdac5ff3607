"""The ways in which a message can fail to leave."""

__all__ = ["GoneError", "RefusedError", "TakenError", "UnsureError"]


class RefusedError(Exception):
    """The message surely did not leave; it may be tried again."""


class GoneError(RefusedError):
    """Whoever should get it is not there any more; trying again is no use."""


class UnsureError(Exception):
    """Nobody can tell whether the message left, so it is not sent a second time."""


class TakenError(Exception):
    """Another worker has it; this one lets go."""
