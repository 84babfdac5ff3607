"""The purposes that a person can agree to, each with its own words.

Who changes the meaning of a text raises its version: what was agreed to before then no longer
counts, and the person is asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

__all__ = ["PURPOSES", "Purpose"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Purpose:
    """One thing that is done with records only while a person agrees to it."""

    id: str
    version: int
    name: _StrPromise
    what: _StrPromise  # that happens
    not_undone: _StrPromise  # what stays when it is withdrawn


_ALL = (
    Purpose(
        id="pool",
        version=1,
        name=_("Add my result to what everyone found"),
        what=_(
            "Your result without name, dates or diary goes into the pool of this app. Anyone may"
            " read what all results say together."
        ),
        not_undone=_(
            "If you withdraw, your result is in no later release. Releases that are out already"
            " are not called back."
        ),
    ),
    Purpose(
        id="share-page",
        version=1,
        name=_("Show my result to people who have a link"),
        what=_(
            "You can make links. Who has a link sees the outcomes you chose, without your name,"
            " until the link ends."
        ),
        not_undone=_(
            "If you withdraw, every link is closed. What somebody saw or copied before stays"
            " with them."
        ),
    ),
    Purpose(
        id="push",
        version=1,
        name=_("Remind me on this device"),
        what=_(
            "A short message is sent through the service of your browser's maker. It says only"
            " that your note is open. That maker can see when messages come."
        ),
        not_undone=_("If you withdraw, nothing more is sent."),
    ),
    Purpose(
        id="email",
        version=1,
        name=_("Remind me by e-mail"),
        what=_(
            "A short e-mail goes to your address. It says only that your note is open. Who can"
            " read your mailbox can see that it came."
        ),
        not_undone=_(
            "If you withdraw, nothing more is sent. E-mails you got stay in your mailbox."
        ),
    ),
)
PURPOSES: Mapping[str, Purpose] = MappingProxyType({one.id: one for one in _ALL})
