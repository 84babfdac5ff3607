"""The language of the pages: chosen by the person, else asked of the browser."""

__all__: list[str] = []
