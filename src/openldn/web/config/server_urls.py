"""Every address of a server: those of the local app, and the accounts."""

from django.urls import include, path

from openldn.web.config import urls

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    *urls.urlpatterns,
    path("account/", include("openldn.web.accounts.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/keys/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
