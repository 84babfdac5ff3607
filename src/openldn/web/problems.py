"""A problem of an input as a page says it: one line in the reader's language."""

from django.utils.translation import gettext as _

from openldn.protocol.problems import Problem

__all__ = ["line"]


def line(problem: Problem) -> str:
    """Say where it is, what was given, what is expected, and what to do."""
    return _("{place}: {given}. Expected: {expected}. {todo}").format(
        place=problem.place, given=problem.given, expected=problem.expected, todo=problem.todo
    )
