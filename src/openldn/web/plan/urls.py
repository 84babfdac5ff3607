"""Addresses of a plan in the making, and of a frozen one."""

from django.urls import path

from openldn.web.plan import steps
from openldn.web.plan.views import frozen, own_diary
from openldn.web.plan.views.begin import begin_anew
from openldn.web.plan.views.expectation import expect
from openldn.web.plan.views.freeze import freeze
from openldn.web.plan.views.steps import step

__all__ = ["app_name", "urlpatterns"]

app_name = "plan"
urlpatterns = [
    *(path(f"plan/{one.id}", step, {"step_id": one.id}, name=one.id) for one in steps.STEPS),
    path("plan/freeze", freeze, name="freeze"),
    path("plan/anew", begin_anew, name="anew"),
    path("plan/frozen", frozen.frozen, name="frozen"),
    path("plan/frozen/change", frozen.amend, name="amend"),
    path("plan/plan.toml", frozen.plan_file, name="plan_file"),
    path("plan/expect", expect, name="expect"),
    path("my-diary", own_diary.my_diary, name="my_diary"),
    path("my-diary/begin", own_diary.begin_diary, name="begin_diary"),
    path("my-diary/diary.csv", own_diary.diary_file, name="own_diary_file"),
]
