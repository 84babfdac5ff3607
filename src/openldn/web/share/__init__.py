"""What a person shows to others: a link to one result, and her story beside it."""

__all__: list[str] = []
