"""Problems and the error that carries them."""

import pickle

from openldn.protocol.problems import InputError, Problem

PROBLEM = Problem(
    code="LDN-P101",
    place="ladder[2].dose_mg",
    given="5 mg",
    expected="at most 4.5 mg",
    todo="Ask the prescriber.",
)


def test_a_problem_reads_as_one_line() -> None:
    """Place, given, expected, next step and code, in that order."""
    assert str(PROBLEM) == (
        "ladder[2].dose_mg: given 5 mg; expected at most 4.5 mg. Ask the prescriber. [LDN-P101]"
    )


def test_an_input_error_says_every_problem() -> None:
    """None is lost, whichever kind of iterable brought them."""
    error = InputError(problem for problem in (PROBLEM, PROBLEM))
    assert error.problems == (PROBLEM, PROBLEM)
    assert str(error).count("LDN-P101") == 2


def test_an_input_error_survives_the_way_between_two_processes() -> None:
    """A worker's refusal arrives with its values."""
    assert pickle.loads(pickle.dumps(InputError([PROBLEM]))).problems == (PROBLEM,)
