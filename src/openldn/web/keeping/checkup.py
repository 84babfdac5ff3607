"""One thing that `openldn doctor` looked at, and how to mend it."""

from dataclasses import dataclass

__all__ = ["Finding", "good", "to_mend"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What was looked at, what was found, and what to do (empty: it is as it should be)."""

    about: str
    found: str
    todo: str = ""

    @property
    def is_good(self) -> bool:
        """Tell whether there is nothing to mend."""
        return not self.todo

    def __str__(self) -> str:
        if self.is_good:
            return f"ok    {self.about}: {self.found}"
        return f"MEND  {self.about}: {self.found}\n      {self.todo}"


def good(about: str, found: str) -> Finding:
    """Note that something is as it should be."""
    return Finding(about=about, found=found)


def to_mend(about: str, found: str, todo: str) -> Finding:
    """Note that something is wrong, and how to mend it."""
    return Finding(about=about, found=found, todo=todo)
