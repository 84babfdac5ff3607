"""Collect the texts of the pages into the catalogues of `web/languages/locale`, and compile them.

    python tools/messages.py          collect, then say what has no translation yet
    python tools/messages.py nb       the same, and print those of one language

Texts come from the Python files and templates of `web`, from `report`, which tells answers, and
from the tables that pages show. A catalogue keeps no text that is gone, and never guesses a
translation from one that is alike.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

__all__ = ["LANGUAGES", "collected", "compiled", "missing", "po_of", "read", "updated"]

WEB: Final = Path(__file__).parents[1] / "src" / "openldn" / "web"
REPORT: Final = WEB.parent / "report"
LOCALE: Final = WEB / "languages" / "locale"
LANGUAGES: Final = ("nb", "es")
_BEGUN: Final = datetime(2026, 11, 26, tzinfo=UTC)  # no clock: the same texts make the same file
_CONTEXT: Final = "context"
# The arguments of each function that looks a text up; the last four are of report/speaking.py.
_KEYWORDS: Final = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), ("text",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), ("text", "text")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (_CONTEXT, "text")),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (_CONTEXT, "text", "text")),
    **dict.fromkeys(("said", "marked"), ("text",)),
    "counted": ("text", "text"),
}


def main(words: list[str]) -> None:
    """Bring every catalogue up to date."""
    found = collected()
    for language in LANGUAGES:
        catalog = updated(read(language), found)
        _write(language, catalog)
        left = missing(catalog)
        print(f"{language}: {len(catalog)} texts, {len(left)} without a translation")
        if language in words:
            print(*(repr(message.id) for message in left), sep="\n")


def collected() -> Catalog:
    """Collect every text from its place."""
    found = Catalog()
    for place, texts in _sources():
        for text, context in texts:
            found.add(text, locations=[(place, 0)], context=context)
    return found


def read(language: str) -> Catalog:
    """Read a catalogue; an empty one where there is none yet."""
    path = po_of(language)
    if not path.exists():
        return Catalog(
            locale=language,
            header_comment=f"# The texts of OpenLDN's pages in {Locale(language).english_name}.",
            project="OpenLDN",
            version="1",
            msgid_bugs_address="see CONTRIBUTING.md",
            last_translator="the OpenLDN team",
            language_team="the OpenLDN team",
            creation_date=_BEGUN,
            revision_date=_BEGUN,
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(catalog: Catalog, found: Catalog) -> Catalog:
    """Take over the texts that were found, with the translations that are known."""
    catalog.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def missing(catalog: Catalog) -> list[Message]:
    """List the texts without a translation, or with one that somebody doubts."""
    return [m for m in catalog if m.id and (m.fuzzy or not _is_whole(m.string))]


def compiled(catalog: Catalog) -> bytes:
    """Give the bytes of the file that Django reads."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def po_of(language: str) -> Path:
    """Name the file of a catalogue; the compiled one stands beside it."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _is_whole(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(text) if isinstance(text, tuple | list) else bool(text)


def _write(language: str, catalog: Catalog) -> None:
    path = po_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, include_lineno=False, sort_by_file=True, width=100)
    path.with_suffix(".mo").write_bytes(compiled(read(language)))


Found = Iterator[tuple[str | tuple[str, ...], str | None]]


def _sources() -> Iterator[tuple[str, Found]]:
    for path in sorted(WEB.rglob("*")):
        place = path.relative_to(WEB).as_posix()
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield place, _of_python(path)
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            yield place, _of_template(path)
    for path in sorted(REPORT.glob("*.py")):
        yield f"report/{path.name}", _of_python(path)
    yield from _of_tables()


def _of_python(path: Path) -> Found:
    """Find the calls that look a text up, also those inside of an f-string."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
        kinds = _KEYWORDS.get(name, ())
        given = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
        words = [one for one in given[: len(kinds)] if isinstance(one, str)]
        if kinds and len(words) == len(kinds):
            yield _found(list(zip(kinds, words, strict=True)))


def _found(words: list[tuple[str, str]]) -> tuple[str | tuple[str, ...], str | None]:
    texts = tuple(word for kind, word in words if kind != _CONTEXT)
    context = next((word for kind, word in words if kind == _CONTEXT), None)
    return (texts[0] if len(texts) == 1 else texts), context


def _of_template(path: Path) -> Found:
    """Find the texts of a template, which Django turns into calls with the rest blanked out."""
    from django.utils.translation.template import templatize

    source = templatize(path.read_text(encoding="utf-8"))
    # Blanked lines keep their indentation, which Python would read as blocks.
    lines = "\n".join(line.strip() for line in source.splitlines()).encode()
    for _, text, _, context in extract("python", BytesIO(lines)):
        yield text, context


def _of_tables() -> Iterator[tuple[str, Found]]:
    from openldn.web.languages import tables

    for text, place in tables.texts():
        if text:
            yield place, iter([(text, None)])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openldn.web.config.settings")
    import django

    django.setup()
    main(sys.argv[1:])
