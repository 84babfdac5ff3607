"""What one person does: check in tonight, follow her trial, read her answer, begin a plan."""

__all__: list[str] = []
