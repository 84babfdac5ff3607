"""An account: an e-mail address and ways to prove that one is its owner.

Records hang on the person and not on the account. A lost passkey, a new telephone or another
address change the way in, and nothing of a trial.
"""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models, transaction

from openldn.web.access.models import Person

__all__ = ["Account"]


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts, each with its person, and finds both at once: every page asks for both."""

    def get_queryset(self) -> models.QuerySet["Account"]:
        """Bring the person along."""
        return super().get_queryset().select_related("person")

    def create_user(self, email: str, password: str | None = None) -> "Account":
        """Add an account."""
        account = self.model(email=self.normalize_email(email))
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """One way in, to the records of one person."""

    person = models.OneToOneField("access.Person", on_delete=models.PROTECT, related_name="account")
    email = models.EmailField(unique=True, max_length=254)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountManager()

    USERNAME_FIELD = "email"

    class Meta:
        """The order of rows."""

        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"account {self.pk}"  # never the address: this is what logs print

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save it; a new account brings its person along."""
        if self._state.adding and not hasattr(self, "person"):
            self.person = Person.objects.create()
        super().save(*args, **kwargs)
