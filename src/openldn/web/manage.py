"""Django's own commands, for whoever runs a server: `python -m openldn.web.manage`.

python -m openldn.web.manage --server /etc/notes.toml check --deploy
python -m openldn.web.manage --server /etc/notes.toml change_address OLD NEW
"""

import os
import sys
from pathlib import Path

from openldn.protocol.problems import InputError
from openldn.web.config.server_options import FILE, options_from

__all__ = ["main", "use_server_settings"]


def main(words: list[str]) -> int:
    """Run one command; without --server, for the local app."""
    if words[:1] == ["--server"] and len(words) > 1:
        try:
            use_server_settings(Path(words[1]))
        except InputError as error:
            sys.stderr.write(f"{error}\n")
            return 2
        words = words[2:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openldn.web.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["python -m openldn.web.manage", *words])
    return 0


def use_server_settings(path: Path) -> None:
    """Tell this process and its children which server they belong to."""
    os.environ[FILE] = str(path.absolute())
    options_from(os.environ)  # what is wrong is said before Django loads
    os.environ["DJANGO_SETTINGS_MODULE"] = "openldn.web.config.server_settings"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
