"""The check-in without a connection: kept on the device, and received exactly once."""

__all__: list[str] = []
