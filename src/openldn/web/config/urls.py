"""Every address of the app."""

from django.urls import include, path

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("", include("openldn.web.access.urls")),
    path("", include("openldn.web.person.urls")),
    path("", include("openldn.web.ask.urls")),
    path("", include("openldn.web.know.urls")),
    path("", include("openldn.web.plan.urls")),
    path("", include("openldn.web.languages.urls")),
    path("", include("openldn.web.consent.urls")),
    path("", include("openldn.web.share.urls")),
    path("", include("openldn.web.contribute.urls")),
    path("", include("openldn.web.keeping.urls")),
    path("", include("openldn.web.reminders.urls")),
    path("", include("openldn.web.offline.urls")),
    path("", include("openldn.web.gallery.urls")),
]
handler400 = "openldn.web.access.views.bad_request"
handler403 = "openldn.web.access.views.forbidden"
handler404 = "openldn.web.access.views.not_found"
handler500 = "openldn.web.access.views.our_mistake"
