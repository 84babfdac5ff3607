"""The command line: one module per command, and `main` which finds it.

A command module holds `NAME`, `SUMMARY`, `add_arguments(parser)` and `run(args)`, which returns
the exit status. It imports the heavy rooms inside `run`, so that `--help` is instant.
"""

__all__: list[str] = []
