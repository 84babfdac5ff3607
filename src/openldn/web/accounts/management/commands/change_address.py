"""The last way back: an account whose owner lost passkey and mailbox gets another address."""

from argparse import ArgumentParser
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from openldn.web.accounts.models import Account

__all__ = ["Command"]


class Command(BaseCommand):
    """Give an account another address, so that its owner can come in by a code."""

    help = (
        "Give an account another e-mail address. Its passkeys, password and sessions end; its"
        " records stay. First make sure, by other means than e-mail, who is asking."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare both addresses."""
        parser.add_argument("old")
        parser.add_argument("new")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Change it, or say why not."""
        old, new = options["old"].strip().lower(), options["new"].strip().lower()
        account = Account.objects.filter(email__iexact=old).first()
        if account is None:
            raise CommandError(f"There is no account with the address {old}. Look at its spelling.")
        if Account.objects.filter(email__iexact=new).exists():
            raise CommandError(f"Another account has the address {new}. Name one that is free.")
        account.email = new
        account.set_unusable_password()
        account.save()
        EmailAddress.objects.filter(user=account).delete()
        EmailAddress.objects.create(user=account, email=new, verified=True, primary=True)
        Authenticator.objects.filter(user=account).delete()
        for session in UserSession.objects.filter(user=account):
            session.end()
        self.stdout.write(f"Done. Codes now go to {new}. The records are as they were.")
