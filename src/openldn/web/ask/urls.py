"""Addresses of what is known."""

from django.urls import path

from openldn.web.ask import views

__all__ = ["app_name", "urlpatterns"]

app_name = "ask"
urlpatterns = [
    path("known", views.known, name="known"),
    path("known/claims/<slug:claim_id>", views.claim, name="claim"),
    path("known/conditions/<slug:condition_id>", views.condition, name="condition"),
    path("known/side-effects/<slug:effect_id>", views.side_effect, name="side_effect"),
    path("known/story", views.story, name="story"),
    path("known/blockade", views.blockade, name="blockade"),
]
