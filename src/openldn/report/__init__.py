"""How an answer is told: words, icons, charts, pages and the printed sheet.

Built only from a saved answer, with the diary and the plan for the pictures of days.
Importing this room loads no numerical library.
"""

from __future__ import annotations

from openldn.report.daily_plot import DailyPlot, Scale, opened_plot, own_curve
from openldn.report.page import AnswerPage, render_html, stylesheet
from openldn.report.pdf import render_pdf
from openldn.report.plain_text import summary_text
from openldn.report.plot_days import PlotDay, plot_days
from openldn.report.saved import SavedAnswer

__all__ = [
    "AnswerPage",
    "DailyPlot",
    "PlotDay",
    "SavedAnswer",
    "Scale",
    "opened_plot",
    "own_curve",
    "plot_days",
    "render_html",
    "render_pdf",
    "stylesheet",
    "summary_text",
]
