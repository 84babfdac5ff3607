"""What a person may want to score: the questions of her conditions, and a few of everyday."""

from collections.abc import Iterable

from openldn.evidence.conditions import SLEEP, Condition, catalogue
from openldn.evidence.outcomes import EVERYDAY, Item, first_outcomes, items, mcid_sources

__all__ = ["conditions_of", "sources_of", "suggested"]


def conditions_of(ids: Iterable[str]) -> tuple[Condition, ...]:
    """Look up conditions by their ids."""
    by_id = {one.id: one for one in catalogue()}
    return tuple(by_id[one] for one in ids if one in by_id)


def suggested(condition_ids: Iterable[str]) -> tuple[Item, ...]:
    """List the questions that fit these conditions, the most fitting first."""
    known = conditions_of(condition_ids)
    of_conditions = (one.id for condition in known for one in first_outcomes(condition))
    wanted = dict.fromkeys((*of_conditions, *EVERYDAY, SLEEP))
    return tuple(items()[one] for one in wanted)


def sources_of(item: Item) -> str:
    """Name where the difference that matters comes from."""
    titles = (mcid_sources()[one].title for one in item.sources)
    return " ".join(filter(None, ("; ".join(titles) + ".", item.note)))
