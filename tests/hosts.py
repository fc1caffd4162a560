"""Hosts with networks of their own on this machine, joined by a bridge. Each can be cut off and joined again.

Needs the right to make network namespaces (`ip netns`, Linux, root).
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """A bridge of hosts. This machine is on it too, at the address `here`."""

    name: str
    prefix: str
    hosts: Sequence[str]

    @property
    def here(self) -> str:
        """This machine's address on the bridge."""
        return f"{self.prefix}.1"

    def address(self, host: str) -> str:
        """A host's address."""
        return f"{self.prefix}.{self.hosts.index(host) + 2}"

    def on(self, host: str) -> tuple[str, ...]:
        """Return the words that run the command after them on a host."""
        return ("ip", "netns", "exec", f"{self.name}{host}")

    def cut(self, host: str) -> None:
        """Pull a host's plug: no packet comes or goes, and no connection is closed."""
        _run("ip", "link", "set", f"{self.name}{host}", "nomaster")

    def mend(self, host: str) -> None:
        """Put a host's plug back."""
        _run("ip", "link", "set", f"{self.name}{host}", "master", self.name)


def missing() -> str:
    """Return the reason why there can be no such network here; empty if there can."""
    if not shutil.which("ip"):
        return "the command `ip` is not installed"
    name = f"b{secrets.token_hex(3)}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)  # noqa: S607
    if made.returncode:
        return f"no right to make network namespaces ({made.stderr.strip()})"
    _run("ip", "netns", "del", name)
    return ""


@contextmanager
def network(*hosts: str) -> Iterator[Network]:
    """Make hosts with the given short names and remove them when the block ends."""
    made = Network(f"b{secrets.token_hex(3)}", f"10.{secrets.randbelow(100) + 100}.{secrets.randbelow(250)}", hosts)
    with ExitStack() as undo:
        _run("ip", "link", "add", made.name, "type", "bridge")
        undo.callback(_run, "ip", "link", "del", made.name)
        _run("ip", "addr", "add", f"{made.here}/24", "dev", made.name)
        _run("ip", "link", "set", made.name, "up")
        for host in hosts:
            space = f"{made.name}{host}"
            _run("ip", "netns", "add", space)
            undo.callback(_run, "ip", "netns", "del", space)  # its end of the cable, and so the cable, goes with it
            _run("ip", "link", "add", space, "type", "veth", "peer", "name", "eth0", "netns", space)
            _run("ip", "link", "set", space, "master", made.name, "up")
            _run("ip", "-n", space, "addr", "add", f"{made.address(host)}/24", "dev", "eth0")
            _run("ip", "-n", space, "link", "set", "eth0", "up")
            _run("ip", "-n", space, "link", "set", "lo", "up")
        yield made


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (command, done.stderr)
