"""Collects what is wrong with a diary, so that everything is told at once."""

from openldn.protocol.problems import InputError, Problem

__all__ = ["Collector", "shown"]

_SHOWN_CHARACTERS = 40  # enough to find the cell again, short enough for one line


_KEPT = 50  # nobody reads more than a page of them
_COUNTED = 20_000  # a hostile file can hold millions; counting on would only take time


class Collector:
    """A list of problems that keeps the first ones and counts the rest."""

    def __init__(self) -> None:
        self._kept: list[Problem] = []
        self.count = 0

    @property
    def is_full(self) -> bool:
        """Whether there are so many that reading on tells nothing more."""
        return self.count >= _COUNTED

    def add(self, *, code: str, place: str, given: str, expected: str, todo: str) -> None:
        """Note one problem."""
        self.count += 1
        if len(self._kept) < _KEPT:
            self._kept.append(
                Problem(code=code, place=place, given=given, expected=expected, todo=todo)
            )

    def add_all(self, problems: tuple[Problem, ...]) -> None:
        """Note problems found elsewhere."""
        self.count += len(problems)
        self._kept.extend(problems[: _KEPT - len(self._kept)])

    @property
    def lists_no_more(self) -> bool:
        """Whether further problems would only be counted."""
        return self.count > _KEPT

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was found; the last one tells how many more there are."""
        hidden = self.count - len(self._kept)
        if not hidden:
            return tuple(self._kept)
        rest = Problem(
            code="LDN-D099",
            place="the rest of the file",
            given=f"{hidden}{' or more' if self.is_full else ''} further problems",
            expected="none",
            todo="Mend the ones listed first, then run this again.",
        )
        return (*self._kept, rest)

    def raise_any(self) -> None:
        """Raise `InputError` if anything was noted."""
        if self.count:
            raise InputError(self.problems)


def shown(text: str) -> str:
    """Give a cell as it can be printed safely: quoted, short, control characters escaped."""
    is_long = len(text) > _SHOWN_CHARACTERS
    return repr(text[:_SHOWN_CHARACTERS]) + (" and more" if is_long else "")
