"""Links that a person made, and the words that she wrote beside her result."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from openldn.web.access.models import Person
from openldn.web.consent.models import Consent
from openldn.web.person.models import Answer
from openldn.web.person.models.append_only import AppendOnly

__all__ = ["LONGEST_STORY", "Link", "Story"]

LONGEST_STORY = 10_000


class Story(AppendOnly):
    """What she wrote about one answer, at one time. The latest counts."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="stories")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="stories")
    words = models.CharField(max_length=LONGEST_STORY)
    written_at = models.DateTimeField()

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"story of {self.written_at:%Y-%m-%d}"


class LinkQuerySet(models.QuerySet["Link"]):
    """Links, asked for as the pages need them."""

    def open_at(self, now: datetime) -> "LinkQuerySet":
        """Leave out what has run out, was ended, or lies before a withdrawal.

        A later yes, as with the next link, does not open an old address again.
        """
        no = Consent.objects.filter(person=models.OuterRef("person"), purpose="share-page")
        no = no.filter(is_given=False, said_at__gt=models.OuterRef("made_at"))
        return self.filter(~models.Exists(no), ended_at=None, valid_until__gt=now)


class Link(models.Model):
    """One address that shows one answer, read-only. The address itself is nowhere on disk."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="links")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="links")
    story = models.ForeignKey(Story, on_delete=models.PROTECT, null=True, related_name="links")
    token_sha256 = models.CharField(max_length=64, unique=True)
    form_key = models.CharField(max_length=43, unique=True)  # one form makes one link
    outcomes = models.JSONField()  # ids that are shown, and no others
    has_side_effects = models.BooleanField()
    meant_for = models.CharField(max_length=80, blank=True)  # shown to her alone
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_opened_at = models.DateTimeField(null=True)
    times_opened = models.PositiveIntegerField(default=0)

    objects = LinkQuerySet.as_manager()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="link_runs_out", condition=models.Q(valid_until__gt=models.F("made_at"))
            )
        ]

    def __str__(self) -> str:
        return f"link of {self.made_at:%Y-%m-%d}"
