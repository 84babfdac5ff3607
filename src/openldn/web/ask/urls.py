"""Addresses of what is known, the safety check, the pack and the talk."""

from django.urls import path

from openldn.web.ask.views import check, known, pack, talk

__all__ = ["app_name", "urlpatterns"]

app_name = "ask"
urlpatterns = [
    path("known", known.known, name="known"),
    path("known/claims/<slug:claim_id>", known.claim, name="claim"),
    path("known/conditions/<slug:condition_id>", known.condition, name="condition"),
    path("known/side-effects/<slug:effect_id>", known.side_effect, name="side_effect"),
    path("known/story", known.story, name="story"),
    path("known/blockade", known.blockade, name="blockade"),
    path("check", check.safety_check, name="check"),
    path("pack", pack.pack, name="pack"),
    path("pack.pdf", pack.pack_file, name="pack_file"),
    path("card.pdf", pack.wallet_card, name="wallet_card"),
    path("talk", talk.talk, name="talk"),
]
