"""Where a person's e-mails go."""

from openldn.web.access.models import Person
from openldn.web.reminders.models import Wish

__all__ = ["address_of", "of_account"]


def of_account(person: Person) -> str:
    """Give the address of the account, which was proven to be the person's; empty: no account.

    Where there are accounts, nobody can have e-mails sent to anyone else. In local mode there
    are none, and whoever runs the app is the person.
    """
    account = getattr(person, "account", None)
    return str(account.email) if account is not None else ""


def address_of(wish: Wish) -> str:
    """Give the address that counts now; empty: no e-mail is wanted."""
    return wish.email and (of_account(wish.person) or wish.email)
