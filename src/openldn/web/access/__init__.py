"""Who may open the app: the data folder, the one-time link, the session, the headers."""

__all__: list[str] = []
