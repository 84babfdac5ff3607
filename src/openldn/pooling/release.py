"""What of a pool may be published: nobody alone, no small group, nothing to work one out from.

Cells of 1 to 10 people are suppressed, as the CMS cell suppression policy does, together with what
would give them away. The unit that is protected is the person.
"""

from typing import Any, Final

from openldn._version import __version__
from openldn.inference.refusal import AnalysisRefused
from openldn.pooling.people import People
from openldn.pooling.pool import DIRECTION, OPEN, SELF_SELECTION, Pool, model_json, rounded
from openldn.protocol.problems import Problem

__all__ = ["DIGITS_RELEASED", "LEAST_PEOPLE", "refuse_if_few", "released", "shown_conditions"]

LEAST_PEOPLE: Final = 11
# Fewer digits than the analysis has: two releases that differ by one person look more alike.
DIGITS_RELEASED: Final = 3
# Nothing that was asked is told apart below this: a quantile of 8e-75 is 0 with a false look.
NEGLIGIBLE: Final = 1e-6
OVERLAP: Final = (
    "Do not publish another pool that shares people with this one: the difference between two"
    " overlapping groups can point at a person."
)


def shown_conditions(people: dict[str, int]) -> tuple[str, ...]:
    """The conditions that may be shown, by how many people each has.

    Those under `LEAST_PEOPLE` are hidden. The total is shown, so that what is hidden can be worked
    out as a rest: the hidden people together must be `LEAST_PEOPLE` too, and of two conditions or
    more; the smallest of the others is hidden until they are.
    """
    hidden = [name for name, count in people.items() if count < LEAST_PEOPLE]
    rest = sorted((name for name in people if name not in hidden), key=lambda n: (people[n], n))
    while (
        hidden and rest and (len(hidden) < 2 or sum(people[name] for name in hidden) < LEAST_PEOPLE)
    ):
        hidden.append(rest.pop(0))
    return tuple(name for name in people if name in rest)


def refuse_if_few(people: People) -> None:
    """Stop before the work where nothing could be published.

    Raises
    ------
    AnalysisRefused
        When there are fewer than `LEAST_PEOPLE` people.
    """
    if len(people) < LEAST_PEOPLE:
        raise AnalysisRefused([_not_enough()])


def released(pooled: Pool) -> dict[str, Any]:
    """The pool as it may be published.

    Raises
    ------
    AnalysisRefused
        When there are fewer than `LEAST_PEOPLE` people.
    """
    people, found = pooled.people, pooled.population
    refuse_if_few(people)
    shown = shown_conditions({name: people.of(name) for name in people.conditions})
    biased = {
        bias: sum(len(group) for group in people.groups if group.bias == bias)
        for bias in ("", *found.biases)
    }
    are_kinds_shown = len(shown_conditions(biased)) == len(biased)
    written: dict[str, Any] = _without_dust(
        {
            "format": 1,
            "kind": "pool",
            "openldn": __version__,
            "method": "bayes",
            "publication": "may be published",
            "people": len(people),
            "outcome": people.outcome or None,
            "unit": DIRECTION,
            "mcid": pooled.mcid,
            "mu": found.mu.to_json(),
            "omega": found.omega.to_json(),
            "kappa": found.kappa.to_json() if found.kappa else None,
            "bias": {name: bias.to_json() for name, bias in found.biases.items()}
            if are_kinds_shown
            else {},
            "conditions": {
                name: {
                    "people": people.of(name),
                    "mu": found.conditions[name].to_json(),
                    "share_meaningful_benefit": found.share_of[name].to_json(),
                }
                for name in shown
            },
            "share_meaningful_benefit": found.share.to_json(),
            "model": model_json(pooled),
            "limits": [SELF_SELECTION, *([OPEN] if found.biases else []), OVERLAP],
        }
    )
    written["people"] = len(people)
    return written


def _without_dust(value: Any) -> Any:
    """The same values with the digits that are released, and 0 for what is `NEGLIGIBLE`."""
    if isinstance(value, float):
        return 0.0 if abs(value) < NEGLIGIBLE else rounded(value, DIGITS_RELEASED)
    if isinstance(value, dict):
        return {key: _without_dust(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_dust(part) for part in value]
    return value


def _not_enough() -> Problem:
    return Problem(
        code="LDN-N015",
        place="--release",
        given=f"fewer than {LEAST_PEOPLE} people",
        expected=f"at least {LEAST_PEOPLE}",
        todo="There are not enough people yet: among so few, one could be recognised.",
    )
