"""Addresses of sharing."""

from django.urls import path

from openldn.web.share.views import links, story
from openldn.web.share.views.hub import hub
from openldn.web.share.views.outside import shared

__all__ = ["app_name", "urlpatterns"]

app_name = "share"
urlpatterns = [
    path("share", hub, name="hub"),
    path("share/links", links.my_links, name="links"),
    path("share/look", links.look, name="look"),
    path("share/end", links.end, name="end"),
    path("shared/<str:token>", shared, name="shared"),
    path("story", story.my_story, name="story"),
    path("story.pdf", story.story_file, name="story_file"),
]
