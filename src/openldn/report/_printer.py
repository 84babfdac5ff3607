"""Printing a sheet of ours: a template and plain data in, the same bytes each time.

All words and numbers reach a template as data, so nothing that a person wrote is ever read as
markup. No clock is asked, and no fonts of the machine are used unless a text needs letters that
the built-in fonts lack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import typst

__all__ = ["print_pdf", "print_pictures"]

# A fixed instant in every file: the time of printing is not part of what it says.
_EPOCH = 0
_ACCESSIBLE: tuple[Literal["ua-1"], ...] = ("ua-1",)
_DOTS_PER_INCH = 110.0


def print_pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """Print a template of `report/static` as one tagged PDF."""
    import typst

    try:
        printer = _printer(template, data, ignore_system_fonts=True)
        printed = printer.compile(format="pdf", pdf_standards=[*_ACCESSIBLE], timestamp=_EPOCH)
    except typst.TypstError:
        # The accessible standard refuses letters without a font; a readable page comes first.
        printer = _printer(template, data, ignore_system_fonts=False)
        printed = printer.compile(format="pdf", timestamp=_EPOCH)
    if not isinstance(printed, bytes):
        raise TypeError("the printer gave no single document")
    return printed


def print_pictures(template: str, data: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Print the same pages as pictures (PNG), one a page, to look at."""
    printer = _printer(template, data, ignore_system_fonts=True)
    printed = printer.compile(format="png", ppi=_DOTS_PER_INCH)
    pages: Sequence[bytes | None] = printed if isinstance(printed, list) else (printed,)
    return tuple(page for page in pages if isinstance(page, bytes))


def _printer(
    template: str, data: Mapping[str, Any], *, ignore_system_fonts: bool
) -> typst.Compiler:
    import typst

    source = (files("openldn.report") / "static" / template).read_bytes()
    words = json.dumps(data, ensure_ascii=False)
    return typst.Compiler(
        source, sys_inputs={"data": words}, ignore_system_fonts=ignore_system_fonts
    )
