"""Addresses of what a person agreed to."""

from django.urls import path

from openldn.web.consent import views

__all__ = ["app_name", "urlpatterns"]

app_name = "consent"
urlpatterns = [path("consent", views.consents, name="all")]
