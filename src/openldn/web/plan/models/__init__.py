"""What is remembered of a plan before and after it is frozen."""

from openldn.web.plan.models.amendment import Amendment
from openldn.web.plan.models.draft import Draft
from openldn.web.plan.models.expectation import Expectation
from openldn.web.plan.models.forecast import Forecast
from openldn.web.plan.models.own_diary import OwnDiary, OwnEntry

__all__ = ["Amendment", "Draft", "Expectation", "Forecast", "OwnDiary", "OwnEntry"]
