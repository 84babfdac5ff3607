"""A refusal: the analysis will not answer, and says why (exit status 4)."""

from collections.abc import Iterable

from openldn.protocol.problems import Problem

__all__ = ["AnalysisRefused"]


class AnalysisRefused(Exception):
    """No outcome can be answered; `problems` says why, one for each outcome or one for all."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["AnalysisRefused"], tuple[tuple[Problem, ...]]]:
        return (type(self), (self.problems,))
