"""My story: write it, see it beside the figures, print it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from openldn.web.access import people
from openldn.web.person import clock
from openldn.web.share import stories
from openldn.web.share.forms import StoryForm
from openldn.web.share.mine import latest_answer

__all__ = ["my_story", "story_file"]


@require_http_methods(["GET", "POST"])
def my_story(request: HttpRequest) -> HttpResponse:
    """Take the words down, and show them beside what the records say."""
    person = people.of(request)
    answer = latest_answer(person)
    told = stories.figures(answer) if answer else None
    if answer is None or told is None:
        return render(request, "share/story_later.html")
    held = stories.latest(person, answer)
    is_sent = request.method == "POST"
    form = StoryForm(
        request.POST if is_sent else None, initial={"words": held.words if held else ""}
    )
    if is_sent and form.is_valid():
        words = form.cleaned_data["words"]
        stories.write(person=person, answer=answer, words=words, now=clock.now())
        return redirect("share:story")
    facts = {
        "form": form,
        "story": held,
        "figures": told,
        # The report escapes every word that a person wrote.
        "picture": mark_safe(told.picture),  # noqa: S308
    }
    return render(request, "share/story.html", facts, status=422 if is_sent else 200)


@require_GET
def story_file(request: HttpRequest) -> HttpResponse:
    """Print the story as it was saved last."""
    person = people.of(request)
    answer = latest_answer(person)
    held = stories.latest(person, answer) if answer else None
    content = stories.pdf(answer, held.words) if answer and held else None
    if content is None:
        raise Http404
    name = 'attachment; filename="openldn-story.pdf"'
    return HttpResponse(
        content, content_type="application/pdf", headers={"Content-Disposition": name}
    )
