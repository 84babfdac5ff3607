"""My account: the ways in, the devices that are in, and what I agreed to."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

__all__ = ["my_account"]


@require_GET
@login_required
def my_account(request: HttpRequest) -> HttpResponse:
    """Show how one gets in, and lead to the pages that change it."""
    kinds = Authenticator.Type
    held = Authenticator.objects.filter(user=request.user).values_list("type", flat=True)
    facts = {
        "tab": "",
        "passkeys": sum(kind == kinds.WEBAUTHN for kind in held),
        "has_app": kinds.TOTP in held,
        "has_password": request.user.is_authenticated and request.user.has_usable_password(),
    }
    return render(request, "accounts/mine.html", facts)
