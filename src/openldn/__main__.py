"""`python -m openldn` is the `openldn` command."""

import sys

from openldn.cli.main import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())
