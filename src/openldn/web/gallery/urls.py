"""The address of the parts."""

from django.urls import path

from openldn.web.gallery.views import gallery

__all__ = ["app_name", "urlpatterns"]

app_name = "gallery"
urlpatterns = [path("gallery", gallery, name="gallery")]
