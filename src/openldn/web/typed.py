"""What people type, as it is kept: every letter, and nothing that steers a screen."""

import unicodedata

__all__ = ["kept", "rows"]

_BIDI_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def kept(text: str) -> str:
    """Keep every letter and line break; each kind of space is one space."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(map(_sign, line)) for line in lines).strip()


def rows(text: str) -> list[str]:
    """Give the lines that hold something, each as it is kept."""
    return [line.strip() for line in kept(text).split("\n") if line.strip()]


def _sign(sign: str) -> str:
    """Drop what steers a screen or turns the direction of text. Joiners shape letters: kept."""
    if sign.isspace():
        return " "
    is_steering = unicodedata.category(sign) in ("Cc", "Cs") or sign in _BIDI_OVERRIDES
    return "" if is_steering else sign
