"""How the picture of an answer was read, the page as it is kept, and what would make it clearer."""

from typing import ClassVar

from django.db import models

from openldn.web.person.models import Answer, Trial
from openldn.web.person.models.append_only import AppendOnly

__all__ = ["AnotherTrial", "KeptPage", "PictureRead"]


class PictureRead(AppendOnly):
    """What a person said that the picture of her answer says. Asked once a trial."""

    class Reading(models.TextChoices):
        """What the marks of the picture were taken for."""

        ANSWERS = "answers"  # as it is meant: answers that fit the records
        DAYS = "days"
        PEOPLE = "people"
        UNSURE = "unsure"

    class Group(models.TextChoices):
        """One group of the hundred answers."""

        BETTER = "better"
        SAME = "same"
        WORSE = "worse"

    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    trial = models.OneToOneField(Trial, on_delete=models.PROTECT, related_name="picture_read")
    reading = models.CharField(max_length=7, choices=Reading.choices)
    group = models.CharField(max_length=6, choices=Group.choices)  # the one that was asked about
    count = models.PositiveSmallIntegerField()  # its marks, of 100
    read_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="picture_read_known",
                condition=models.Q(
                    reading__in=("answers", "days", "people", "unsure"),
                    group__in=("better", "same", "worse"),
                    count__range=(0, 100),
                ),
            )
        ]

    def __str__(self) -> str:
        return f"picture of {self.trial}: {self.reading}"


class KeptPage(models.Model):
    """The told answer in one language, kept so that opening it again costs next to nothing.

    It holds nothing that cannot be made again from the answer and the diary.
    """

    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="kept_pages")
    language = models.CharField(max_length=16)
    made_by = models.CharField(max_length=64)  # fingerprint of the code that told it
    content = models.JSONField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="kept_page_once", fields=["answer", "language"])
        ]

    def __str__(self) -> str:
        return f"page of {self.answer}, {self.language}"


class AnotherTrial(models.Model):
    """Virtual trials that were run because an answer stayed open: what would make it clearer."""

    person = models.ForeignKey("access.Person", on_delete=models.PROTECT, related_name="+")
    answer = models.OneToOneField(Answer, on_delete=models.PROTECT, related_name="another_trial")
    found = models.JSONField(null=True)  # the block `forecast` of the report; null: begun, or none

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"another trial after {self.answer}"
