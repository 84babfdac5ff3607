"""A password alone opens no records."""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

__all__ = ["second_factor_first"]

Answer = Callable[[HttpRequest], HttpResponse]

_OPEN_PATHS = ("/account/", "/static/", "/alive", "/leave", "/language")
_PROOFS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def second_factor_first(get_response: Answer) -> Answer:
    """Lead whoever came by a password alone to setting up a second proof."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(_OPEN_PATHS) and _has_one_proof_only(request):
            return redirect("mfa_index")
        return get_response(request)

    return answer


def _has_one_proof_only(request: HttpRequest) -> bool:
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    used = {record["method"] for record in records}
    if not used & {"password", "password_reset"} or used & {"mfa", "code"}:
        return False
    return not Authenticator.objects.filter(user=request.user, type__in=_PROOFS).exists()
