"""Addresses of one's own account, beside those that allauth brings."""

from django.urls import path

from openldn.web.accounts import views

__all__ = ["app_name", "urlpatterns"]

app_name = "accounts"
urlpatterns = [path("", views.my_account, name="mine")]
