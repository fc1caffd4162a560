"""The one error of a proxy that gives no connection, whichever kind of proxy it is."""

from __future__ import annotations

import aiohttp

from briefings.errors import Problem


class ProxyTrouble(aiohttp.ClientConnectionError):
    """The proxy gave no connection, so the request was not sent. `problem` never names the proxy's address or user."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def not_reached() -> ProxyTrouble:
    """Return the error of a proxy that cannot be reached."""
    return ProxyTrouble(Problem("proxy-not-reached"))


def password_refused() -> ProxyTrouble:
    """Return the error of a proxy that does not let us in."""
    return ProxyTrouble(Problem("proxy-password-refused"))


def not_connecting(host: str) -> ProxyTrouble:
    """Return the error of a proxy that does not connect us to a host, or answers what cannot be understood."""
    return ProxyTrouble(Problem("proxy-not-connecting", {"host": host[:LONGEST_HOST]}))


LONGEST_HOST = 253
"""Characters; the longest name that DNS allows."""
