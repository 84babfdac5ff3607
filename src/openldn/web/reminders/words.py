"""The one sentence that ever leaves. It names no medicine, no illness, no arm, and not the app.

The name of the app stands for the medicine, so it is not in a calendar or a message either.
"""

from django.utils.translation import gettext_lazy as _

__all__ = ["SENTENCE"]

SENTENCE = _("Your evening note is open")
