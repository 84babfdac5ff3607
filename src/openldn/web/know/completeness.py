"""How complete the records are, in words: what is there, what a gap means, and no blame."""

from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openldn.web.person.progress import AIM_PERCENT

__all__ = ["Completeness"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Completeness:
    """Evenings recorded, of those that are over, of those in all."""

    recorded: int
    elapsed: int
    planned: int

    @property
    def percent(self) -> int:
        """Recorded evenings of 100."""
        return round(100 * self.recorded / self.elapsed) if self.elapsed else 0

    @property
    def is_on_track(self) -> bool:
        """Tell whether as many are recorded as the best grade asks for."""
        return 100 * self.recorded >= AIM_PERCENT * self.elapsed

    @property
    def head(self) -> str:
        """The whole in one short line."""
        if not self.elapsed:
            return _("Your first evening is still to come")
        if self.is_on_track:
            return _("You are on track")
        return _("Some evenings are missing, and that is all right")

    @property
    def counted(self) -> str:
        """The evenings in numbers; empty before the first."""
        if not self.elapsed:
            return ""
        return _("%(recorded)s of %(elapsed)s evenings are recorded: %(percent)s of 100.") % {
            "recorded": self.recorded,
            "elapsed": self.elapsed,
            "percent": self.percent,
        }

    @property
    def outlook(self) -> str:
        """What the aim is, and whether it can be reached; empty when it is."""
        if not self.elapsed or self.is_on_track:
            return ""
        aim = _("The best reading asks for %(aim)s of 100.") % {"aim": AIM_PERCENT}
        return f"{aim} {self._ahead}"

    @property
    def _ahead(self) -> str:
        needed = ceil(AIM_PERCENT * self.planned / 100) - self.recorded
        ahead = self.planned - self.elapsed
        if needed <= ahead:
            return ngettext(
                "With %(needed)s of the %(ahead)s evening to come you reach it.",
                "With %(needed)s of the %(ahead)s evenings to come you reach it.",
                ahead,
            ) % {"needed": needed, "ahead": ahead}
        return _("This trial stays below it. Each evening still makes the answer sharper.")
