"""One personal trial: its frozen plan, its first day, and its seal."""

from datetime import date, timedelta
from functools import lru_cache
from typing import ClassVar

from django.db import models

from openldn.protocol.plan import Arm, Plan
from openldn.web.person.models.safety_check import SafetyCheck

__all__ = ["Trial"]


class TrialQuerySet(models.QuerySet["Trial"]):
    """The ways in which pages ask for a trial."""

    def current(self) -> "Trial | None":
        """Return the trial that began last."""
        return self.order_by("start", "pk").last()

    def running(self, *, today: date) -> "Trial | None":
        """Return a trial that is not over yet, also one that only will begin."""
        return next((trial for trial in self.all() if not trial.is_over(today)), None)

    def over(self, *, today: date) -> "list[Trial]":
        """List the trials whose last day is behind us, the latest first."""
        return [trial for trial in self.order_by("-start", "-pk") if trial.is_over(today)]


class Trial(models.Model):
    """One trial of one person.

    The order of a blinded trial is nowhere in this database before its seal was opened.
    """

    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="trials")
    created_at = models.DateTimeField(auto_now_add=True)
    plan_toml = models.TextField()  # byte for byte: its hash is part of the seal
    start = models.DateField()  # day 0
    safety_check = models.OneToOneField(  # answered for this plan, and for no other
        SafetyCheck, on_delete=models.PROTECT, null=True, related_name="trial"
    )
    is_invented = models.BooleanField(default=False)
    commitment = models.CharField(max_length=64, blank=True)  # promised when the plan was added
    released_seal = models.JSONField(null=True)  # with salt and order, once opened
    is_code_kept = models.BooleanField(null=True)  # nobody learned an arm before the end

    objects = TrialQuerySet.as_manager()

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["start", "pk"]

    def __str__(self) -> str:
        return f"trial from {self.start.isoformat()}"

    @property
    def plan(self) -> Plan:
        """The plan as the protocol knows it."""
        return _plan(self.plan_toml)

    @property
    def is_sealed(self) -> bool:
        """Tell whether the order is still hidden."""
        return self.plan.design.kind.is_randomised and self.released_seal is None

    @property
    def is_promised(self) -> bool:
        """Tell whether the seal was there before the first day."""
        return bool(self.commitment)

    @property
    def order(self) -> tuple[Arm, ...] | None:
        """The arm of each period, once the seal was opened."""
        if self.released_seal is None:
            return None
        return tuple(Arm(word) for word in str(self.released_seal["order"]).split(","))

    @property
    def last_date(self) -> date:
        """The date of the last planned day."""
        return self.date_of(self.plan.total_days - 1)

    def day_of(self, when: date) -> int:
        """Return the day number of a date: 0 is the first day, before it is negative."""
        return (when - self.start).days

    def date_of(self, day: int) -> date:
        """Return the date of a day number."""
        try:
            return self.start + timedelta(days=day)
        except OverflowError:
            return date.max  # of a first day far ahead: pages must open all the same

    def is_over(self, today: date) -> bool:
        """Tell whether the last planned day is behind us."""
        return today > self.last_date


@lru_cache(maxsize=8)
def _plan(text: str) -> Plan:
    return Plan.from_toml(text.encode())
