"""Every part that pages are made of, on one page, in both schemes. It holds nothing of anybody."""

__all__: list[str] = []
