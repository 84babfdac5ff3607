"""What she guessed a blinded period held, asked when it was over and still sealed."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from openldn.web.person.models.append_only import AppendOnly
from openldn.web.person.models.trial import Trial

__all__ = ["PeriodGuess"]


class Said(models.TextChoices):
    """What a row says."""

    LDN = "ldn", "LDN"
    PLACEBO = "placebo", _("Placebo")
    UNKNOWN = "dont-know", _("I don’t know")
    SKIPPED = "skipped"  # asked, and left out
    TAKEN_BACK = "taken-back"  # the latest row of this period does not count


class Why(models.TextChoices):
    """The main reason for a guess."""

    BETTER = "felt-better", _("I felt better")
    WORSE = "felt-worse", _("I felt worse")
    SIDE_EFFECT = "side-effect", _("Side effect")
    LOOK = "taste-or-look", _("Taste or look")
    NONE = "no-reason", _("No reason")


_SURE = models.Q(confidence__isnull=False, confidence__range=(0, 10))
_IS_WHOLE = (
    _SURE & models.Q(said__in=("ldn", "placebo"), reason__in=Why.values)
    | (_SURE | models.Q(confidence=None)) & models.Q(said="dont-know", reason__in=("", *Why.values))
    | models.Q(said__in=("skipped", "taken-back"), confidence=None, reason="")
)


class PeriodGuess(AppendOnly):
    """One guess about one period. The latest that was not taken back counts."""

    Said = Said
    Why = Why

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="period_guesses")
    period = models.PositiveSmallIntegerField()  # its number, from 1
    said = models.CharField(max_length=10, choices=Said.choices)
    confidence = models.PositiveSmallIntegerField(null=True)  # 0 to 10
    reason = models.CharField(max_length=13, choices=Why.choices, blank=True)
    guessed_at = models.DateTimeField()

    class Meta:
        """The order of rows, and what the database refuses."""

        ordering: ClassVar[list[str]] = ["pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="period_guess_of_a_period", condition=models.Q(period__gte=1)
            ),
            models.CheckConstraint(name="period_guess_is_whole", condition=_IS_WHOLE),
        ]

    def __str__(self) -> str:
        return f"period {self.period}: {self.said}"
