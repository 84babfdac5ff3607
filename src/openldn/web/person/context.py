"""What every page knows about the app."""

from django.conf import settings
from django.http import HttpRequest

__all__ = ["about_the_app"]


def about_the_app(request: HttpRequest) -> dict[str, object]:
    """Tell templates whether the records are invented."""
    return {"is_demo": settings.IS_DEMO}
