"""Addresses of giving, and of what everyone found."""

from django.urls import path

from openldn.web.contribute.views import giving
from openldn.web.contribute.views.found import found

__all__ = ["app_name", "urlpatterns"]

app_name = "contribute"
urlpatterns = [
    path("contribute", giving.contribute, name="contribute"),
    path("contribute/show", giving.show, name="show"),
    path("contribute/give", giving.give, name="give"),
    path("contribute/withdraw", giving.withdraw, name="withdraw"),
    path("contribute/file.json", giving.file, name="file"),
    path("found", found, name="found"),
]
