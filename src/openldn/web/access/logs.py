"""What the log file never holds: a link that still opens something, and what somebody read."""

import logging
import re

__all__ = ["LinklessFormatter"]

# To the end of the line: a token may be anywhere behind it, whatever stands between.
_TOLD = re.compile(r"/(open|shared|known|calendar)/.*", re.IGNORECASE)


class LinklessFormatter(logging.Formatter):
    """Leaves out what stands behind such an address, in messages and traces, whoever logged it."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        return _TOLD.sub(lambda found: f"/{found[1].lower()}/...", super().format(record))
