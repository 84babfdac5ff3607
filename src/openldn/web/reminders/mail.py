"""The reminder by e-mail."""

import smtplib
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import translation

from openldn.web.reminders.addresses import address_of
from openldn.web.reminders.channels import RefusedError, UnsureError
from openldn.web.reminders.models import Wish
from openldn.web.reminders.words import SENTENCE

__all__ = ["is_offered", "send"]

_ANSWERED = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
)


def is_offered() -> bool:
    """Tell whether this server was told how to send mail."""
    return bool(settings.EMAIL_HOST)


def send(wish: Wish, *, before: Callable[[], None]) -> None:
    """Send one reminder; `before` is called when the mail server listens and nothing left yet.

    It holds the address of the app and nothing else.

    Raises
    ------
    RefusedError
        The mail server could not be reached, or said no.
    UnsureError
        The line broke after the message was on its way.
    """
    post = get_connection()
    try:
        post.open()
    except (OSError, smtplib.SMTPException) as error:
        raise RefusedError(type(error).__name__) from error
    try:
        message = _message(wish)
        before()
        post.send_messages([message])
    except _ANSWERED as error:
        raise RefusedError(type(error).__name__) from error
    except (OSError, smtplib.SMTPException) as error:
        raise UnsureError(type(error).__name__) from error
    finally:
        post.close()


def _message(wish: Wish) -> EmailMessage:
    with translation.override(wish.read_in):
        words = str(SENTENCE)
    return EmailMessage(
        subject=words,
        body=f"{words}.\n\n{settings.APP_URL}\n",
        to=[address_of(wish)],
        # So that holiday replies and the like leave it alone (RFC 3834).
        headers={"Auto-Submitted": "auto-generated"},
    )
