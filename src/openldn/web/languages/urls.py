"""Address of the choice of a language."""

from django.urls import path

from openldn.web.languages import views

__all__ = ["app_name", "urlpatterns"]

app_name = "languages"
urlpatterns = [path("language", views.choose, name="choose")]
