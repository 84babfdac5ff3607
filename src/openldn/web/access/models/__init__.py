"""What the way in has to remember."""

from openldn.web.access.models.login_link import LoginLink

__all__ = ["LoginLink"]
