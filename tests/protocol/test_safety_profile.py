"""Reading a profile file."""

from datetime import date
from decimal import Decimal

import pytest

from openldn.protocol.problems import InputError
from openldn.protocol.profile import MOST_MEDICINES, profile_from_toml
from openldn.protocol.screening import Profile

TODAY = date(2026, 11, 23)


def read(text: str) -> Profile:
    """Read a profile with the format line before it."""
    return profile_from_toml(f"format = 1\n{text}".encode(), today=TODAY)


def codes(data: bytes) -> list[str]:
    """List the codes of the problems of a file."""
    with pytest.raises(InputError) as caught:
        profile_from_toml(data, today=TODAY)
    return [problem.code for problem in caught.value.problems]


def test_what_is_not_said_stays_unsaid() -> None:
    """A missing list is no empty list, and a missing answer is no "no"."""
    profile = read("")
    assert profile.medicines is None
    assert profile.age is None
    assert profile.answers == {}
    assert read("medicines = []").medicines == ()


def test_every_key_is_read() -> None:
    """Numbers stay exact, and the two plain keys become answers."""
    profile = read(
        'age = 46\npregnant = false\nbreastfeeding = true\nconditions = ["lupus"]\n'
        'medicines = ["ibuprofen"]\nanswers = {opioid-now = false}\n'
        'numbers = {transaminases = 3.1}\npast_medicine = [{name = "codeine", days_ago = 3}]'
    )
    assert profile.age == 46
    assert profile.answers == {"pregnancy": False, "breastfeeding": True, "opioid-now": False}
    assert profile.numbers == {"transaminases": Decimal("3.1")}
    assert profile.past_medicines is not None
    assert profile.past_medicines[0].days_ago == 3


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("birth_year = 2007", 18),
        ("birth_year = 2008", 17),
        ("birth_year = 2008\nanswers = {adult = true}", 18),
        ("birth_year = 2009\nanswers = {adult = true}", 16),
        ("birth_year = 2026", 0),
    ],
)
def test_a_birth_year_counts_as_the_youngest_age(text: str, age: int) -> None:
    """Before the birthday of this year, unless someone of 17 or 18 says that it is over."""
    assert read(text).age == age


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("medicine = []", "LDN-G002"),
        ("numbers = {egrf = 1}", "LDN-G002"),
        ('past_medicine = [{name = "codeine", day = 1}]', "LDN-G002"),
        ('age = "46"', "LDN-G003"),
        ("age = 46.5", "LDN-G003"),
        ("age = true", "LDN-G003"),
        ('pregnant = "no"', "LDN-G003"),
        ("answers = {opioid-now = 0}", "LDN-G003"),
        ('medicines = "ibuprofen"', "LDN-G003"),
        ("medicines = [1]", "LDN-G003"),
        ("answers = 1", "LDN-G003"),
        ("past_medicine = 1", "LDN-G003"),
        ("age = 131", "LDN-G004"),
        ("birth_year = 2027", "LDN-G004"),
        ("numbers = {egfr = nan}", "LDN-G004"),
        ("numbers = {egfr = -1}", "LDN-G004"),
        ("numbers = {egfr = 1e400}", "LDN-G004"),
        ("past_medicine = [{name = 'codeine', days_ago = -1}]", "LDN-G004"),
        ("answers = {opiod-now = true}", "LDN-G005"),
        ("age = 46\nbirth_year = 1980", "LDN-G006"),
        ("pregnant = true\nanswers = {pregnancy = false}", "LDN-G006"),
        ('medicines = [""]', "LDN-G011"),
        ("past_medicine = [{days_ago = 1}]", "LDN-G011"),
        (f'medicines = ["{"a" * 201}"]', "LDN-G011"),
        ("medicines = [" + '"a",' * (MOST_MEDICINES + 1) + "]", "LDN-G010"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_code(text: str, code: str) -> None:
    """Nothing is guessed, cut or passed over."""
    assert codes(f"format = 1\n{text}".encode()) == [code]


@pytest.mark.parametrize("data", [b"\xff\xfe", b"format = ", b"a = " + b"[" * 5000, b"x\x00y"])
def test_a_file_that_is_no_toml_is_one_problem(data: bytes) -> None:
    """Bytes, broken text and deep nesting end in words."""
    assert codes(data) == ["LDN-G001"]


def test_another_format_is_a_problem() -> None:
    """A file of a later version is not read as if it were this one."""
    assert codes(b"format = 2") == ["LDN-G007"]
    assert codes(b"age = 40") == ["LDN-G007"]


def test_a_format_written_as_text_is_told_from_the_number() -> None:
    """`given 1, expected 1` would help nobody."""
    with pytest.raises(InputError, match=r'the text "1".*the number 1'):
        profile_from_toml(b'format = "1"', today=TODAY)


def test_all_problems_are_told_at_once() -> None:
    """Three mistakes, three lines, and the nearest known word for a slip."""
    with pytest.raises(InputError) as caught:
        read('age = "x"\nmedicnes = []\nanswers = {opiod-now = true}')
    problems = caught.value.problems
    assert {problem.code for problem in problems} == {"LDN-G002", "LDN-G003", "LDN-G005"}
    assert any('"medicines"' in problem.todo for problem in problems)
    assert any('"opioid-now"' in problem.todo for problem in problems)
