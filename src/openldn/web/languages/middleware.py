"""Every page is written in the language of its reader."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from openldn.web.languages import choosing

__all__ = ["in_the_reader_s_language"]

Answer = Callable[[HttpRequest], HttpResponse]


def in_the_reader_s_language(get_response: Answer) -> Answer:
    """Switch the texts to a request's language, and back when it is answered."""

    def answer(request: HttpRequest) -> HttpResponse:
        code = choosing.of_request(request)
        with translation.override(code):
            response = get_response(request)
        response.setdefault("Content-Language", code)
        return response

    return answer
