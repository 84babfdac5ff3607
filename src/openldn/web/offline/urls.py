"""Addresses of the check-in without a connection."""

from django.urls import path

from openldn.web.offline import views

__all__ = ["app_name", "urlpatterns"]

app_name = "offline"
urlpatterns = [
    path("app.webmanifest", views.manifest, name="manifest"),
    path("worker.js", views.worker, name="worker"),
    path("kept", views.kept, name="kept"),
    path("kept/facts", views.facts, name="facts"),
    path("kept/entry", views.entry, name="entry"),
]
