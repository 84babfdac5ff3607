"""What the log file never holds: a link that still opens the app, or a page of it."""

import logging
import re

__all__ = ["LinklessFormatter"]

# To the end of the line: a token may be anywhere behind it, whatever stands between.
_LINK = re.compile(r"/(open|shared)/.*", re.IGNORECASE)


class LinklessFormatter(logging.Formatter):
    """Leaves out what stands behind /open/ and /shared/, in messages and traces."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        return _LINK.sub(_hidden, super().format(record))


def _hidden(found: re.Match[str]) -> str:
    return f"/{found[1].lower()}/..."
