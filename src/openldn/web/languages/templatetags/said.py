"""The filter `said`: a text of a data table in the reader's language."""

from django import template

from openldn.web.languages import tables

__all__ = ["register"]

register = template.Library()
register.filter("said", tables.said)
