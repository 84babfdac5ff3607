"""Addresses of reminders."""

from django.urls import path

from openldn.web.reminders import views

__all__ = ["app_name", "urlpatterns"]

app_name = "reminders"
urlpatterns = [
    path("reminders", views.reminders, name="reminders"),
    path("calendar/<str:secret>.ics", views.calendar, name="calendar"),
]
