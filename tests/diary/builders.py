"""Small makers for diary tests."""

from pathlib import Path

from openldn.diary import Diary
from openldn.protocol.outcomes import Better, Family, Outcome, Role
from openldn.protocol.problems import InputError

PAIN = Outcome(
    id="pain",
    label="Pain",
    minimum=0,
    maximum=10,
    better=Better.LOWER,
    mcid=1,
    role=Role.PRIMARY,
    family=Family.GAUSSIAN,
)


def write(folder: Path, text: str | bytes, name: str = "diary.csv") -> Path:
    """Write a diary file and give its path."""
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def codes_of(error: InputError) -> list[str]:
    """Give the codes of all problems, in order."""
    return [problem.code for problem in error.problems]


def read(folder: Path, text: str | bytes, **more: object) -> Diary:
    """Write a diary file and read it with pain as its outcome."""
    return Diary.read(write(folder, text), **{"outcomes": [PAIN], **more})  # type: ignore[arg-type]
