"""Addresses of the door."""

from django.urls import path

from openldn.web.access import views

__all__ = ["app_name", "urlpatterns"]

app_name = "access"
urlpatterns = [
    path("open/<str:token>", views.open_link, name="open"),
    path("opened", views.opened, name="opened"),
    path("alive", views.alive, name="alive"),
    path("leave", views.leave, name="leave"),
]
