"""What the log file never holds: a link or an address that opens something."""

import logging
import re

__all__ = ["LinklessFormatter"]

# To the end of the line: a token may be anywhere behind it, whatever stands between.
_LINK = re.compile(r"/(open|calendar)/.*", re.IGNORECASE)


class LinklessFormatter(logging.Formatter):
    """Leaves out what stands behind /open/ and /calendar/, in messages and traces alike."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        return _LINK.sub(lambda found: f"/{found[1].lower()}/...", super().format(record))
