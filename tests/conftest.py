"""What holds for every test: fixed examples, no colours, no network, no one's own data."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The same examples on every machine and every run: a failure can be repeated by its name alone.
settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=60, database=None)
# Many random ones: `pytest --hypothesis-profile=search`.
settings.register_profile("search", deadline=None, max_examples=5000)
settings.load_profile("fixed")

_connect = socket.socket.connect


def _connect_here_only(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
        raise ConnectionRefusedError(f"tests may not reach the network, asked for {address[0]}")
    _connect(self, address)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _connect_here_only)
        yield


@pytest.fixture(scope="session", autouse=True)
def own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests, and the programs they start, away from the person's own data and terminal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", os.fspath(tmp_path_factory.mktemp("data-home")))
        patch.setenv("NO_COLOR", "1")
        patch.delenv("OPENLDN_DATA", raising=False)
        yield


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a new empty folder, as a person who follows the examples does."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
