"""What the way in has to remember."""

from openldn.web.access.models.login_link import LoginLink
from openldn.web.access.models.person import Person

__all__ = ["LoginLink", "Person"]
