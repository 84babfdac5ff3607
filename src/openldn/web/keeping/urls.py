"""Addresses of taking everything along, and of erasing it."""

from django.urls import path

from openldn.web.keeping.views import keeping

__all__ = ["app_name", "urlpatterns"]

app_name = "keeping"
urlpatterns = [
    path("export", keeping.export, name="export"),
    path("export.zip", keeping.export_file, name="export_file"),
    path("erase", keeping.erase, name="erase"),
]
