"""What was made to be given, what was given, and what was published."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models import Answer
from openldn.web.person.models.append_only import AppendOnly

__all__ = ["Gift", "Offer", "Release"]


class Offer(models.Model):
    """One contribution file that was asked for, to look at. It has not left anywhere."""

    class State(models.TextChoices):
        """How far the file has come."""

        ASKED = "asked"
        READY = "ready"
        REFUSED = "refused"  # there is nothing that could be put together with others
        FAILED = "failed"  # our mistake

    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="offers")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="offers")
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    file = models.JSONField(null=True)  # the contribution file of the contract
    refusal = models.JSONField(default=list)  # plain sentences

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="offer_has_a_file_when_ready",
                condition=models.Q(state="ready", file__isnull=False)
                | (~models.Q(state="ready") & models.Q(file__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return f"contribution of {self.asked_at:%Y-%m-%d}: {self.state}"


class GiftQuerySet(models.QuerySet["Gift"]):
    """Gifts, asked for as the pages and the pool need them."""

    def in_pool(self) -> "GiftQuerySet":
        """Leave out what was withdrawn."""
        return self.filter(withdrawn_at=None)


class Gift(models.Model):
    """One contribution in the pool of this server. Withdrawn, its file is gone."""

    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="gifts")
    file = models.JSONField(null=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = GiftQuerySet.as_manager()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="gift_is_gone_when_withdrawn",
                condition=models.Q(withdrawn_at=None, file__isnull=False)
                | models.Q(withdrawn_at__isnull=False, file=None),
            ),
            models.UniqueConstraint(  # a pool counts each person once
                name="gift_one_a_person",
                fields=["person"],
                condition=models.Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"given {self.given_at:%Y-%m-%d}"


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Releases, asked for as the public page needs them."""

    def of_each_score(self) -> "list[Release]":
        """Give the last release of each score, the one with most people first."""
        last = {release.score: release for release in self.order_by("pk")}
        return sorted(last.values(), key=lambda one: -int(one.pooled["people"]))


class Release(AppendOnly):
    """What was published of the pool: no person, no group under 11 people."""

    made_at = models.DateTimeField()
    score = models.CharField(max_length=120)  # what was scored: people are pooled within one
    pooled = models.JSONField()  # the pool file of the contract, as released
    # The random ids that went in, so that the next release can be held apart. Never shown.
    members = models.JSONField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"release of {self.made_at:%Y-%m-%d}"
