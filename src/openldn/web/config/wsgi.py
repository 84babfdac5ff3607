"""The callable that granian serves."""

import multiprocessing
import os
import threading

from django.core.wsgi import get_wsgi_application

__all__ = ["application"]


def _end_with_server() -> None:
    """End this process when the one that started it is gone, however it went."""
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os._exit(0)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openldn.web.config.settings")
application = get_wsgi_application()
threading.Thread(target=_end_with_server, daemon=True).start()
