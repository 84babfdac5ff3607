"""Addresses of one's own data, and of what stands beside the answer."""

from django.urls import path

from openldn.web.know.views.answer import in_words, read_picture
from openldn.web.know.views.my_data import my_data

__all__ = ["app_name", "urlpatterns"]

app_name = "know"
urlpatterns = [
    path("my-data", my_data, name="my_data"),
    path("answer/picture", read_picture, name="read_picture"),
    path("answer/in-words.txt", in_words, name="in_words"),
]
