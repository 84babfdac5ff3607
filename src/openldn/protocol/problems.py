"""What is wrong with an input, in a form that a person can act on.

Every reader in the house collects problems and raises them together, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["InputError", "Problem"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong, where it is, and what to do next."""

    code: str  # stable: LDN-P plan, LDN-D diary, LDN-S seal, LDN-C command line, LDN-G gate ...
    place: str  # "ladder[2].dose_mg", "line 14, column pain"
    given: str
    expected: str
    todo: str  # one sentence

    def __str__(self) -> str:
        found = f"{self.place}: given {self.given}; expected {self.expected}."
        return f"{found} {self.todo} [{self.code}]"


class InputError(Exception):
    """An input that cannot be used, with every problem found in it (exit status 3)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        # Exceptions are rebuilt from their message when they cross a process; ours carries values.
        return (type(self), (self.problems,))
