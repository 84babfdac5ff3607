"""Pages outside the diary, by what is asked of them."""

__all__: list[str] = []
