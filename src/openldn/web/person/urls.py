"""Addresses of one person's pages."""

from django.urls import path

from openldn.web.person.views import answer, moments, start, tonight, trial
from openldn.web.person.views.event_days import event_days
from openldn.web.person.views.going_on import going_on
from openldn.web.person.views.help import help_page
from openldn.web.person.views.medicines import my_medicines

__all__ = ["app_name", "urlpatterns"]

app_name = "person"
_YESTERDAY = {"days_back": 1}
urlpatterns = [
    path("", tonight.check_in, name="tonight"),
    path("side-effects", tonight.side_effects, name="side_effects"),
    path("events", tonight.events, name="events"),
    path("events/days", event_days, name="event_days"),
    path("note", tonight.note, name="note"),
    path("yesterday", tonight.check_in, _YESTERDAY, name="yesterday"),
    path("yesterday/side-effects", tonight.side_effects, _YESTERDAY, name="yesterday_side_effects"),
    path("yesterday/events", tonight.events, _YESTERDAY, name="yesterday_events"),
    path("yesterday/note", tonight.note, _YESTERDAY, name="yesterday_note"),
    path("period-questions", moments.period_questions, name="period_questions"),
    path("period-guess", moments.period_guess, name="period_guess"),
    path("told", moments.told, name="told"),
    path("warning-signs", tonight.warning_signs, name="warning_signs"),
    path("medicines", my_medicines, name="medicines"),
    path("going-on", going_on, name="going_on"),
    path("trial", trial.trial, name="trial"),
    path("diary.csv", trial.diary_file, name="diary_file"),
    path("answer", answer.answer, name="answer"),
    path("answer/ask", answer.ask, name="ask"),
    path("answer/seal", answer.open_seal, name="open_seal"),
    path("answer/page-for-doctor.pdf", answer.page_for_doctor, name="page_for_doctor"),
    path("start", start.start, name="start"),
    path("start/questions", start.questions, name="questions"),
    path("start/decision", start.decision, name="decision"),
    path("start/plan", start.new_plan, name="new_plan"),
    path("help", help_page, name="help"),
]
