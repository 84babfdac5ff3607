"""Tells Django about this app."""

from django.apps import AppConfig

__all__ = ["PlanConfig"]


class PlanConfig(AppConfig):
    """Plans in the making, and what is noted about a frozen one."""

    name = "openldn.web.plan"
    label = "plan"
