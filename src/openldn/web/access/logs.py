"""What the log file never holds: a link that still opens the app."""

import logging
import re

__all__ = ["LinklessFormatter"]

# To the end of the line: a token may be anywhere behind it, whatever stands between.
_LINK = re.compile(r"/open/.*", re.IGNORECASE)


class LinklessFormatter(logging.Formatter):
    """Leaves out what stands behind /open/, in messages and in traces, whoever logged it."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        return _LINK.sub("/open/...", super().format(record))
