"""Which answer of a person can be shared: the latest one that is ready."""

from openldn.web.access.models import Person
from openldn.web.person.models import Answer

__all__ = ["latest_answer"]


def latest_answer(person: Person) -> Answer | None:
    """Give the answer of the trial that began last, of those that have one."""
    ready = Answer.objects.filter(trial__person=person, state=Answer.State.READY)
    return ready.select_related("trial").order_by("trial__start", "pk").last()
