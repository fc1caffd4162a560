"""Connections through a SOCKS5 proxy (RFC 1928), with a user and a password if it wants them (RFC 1929).

Promises that the proxy resolves the names, and that everything that goes wrong before the connection stands is
`ProxyTrouble`, or aiohttp's own error of a bad certificate behind the proxy. A module of its own, because its library
takes 20 ms to load, which only a program with such a proxy should wait for.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyConnector, ProxyError, ProxyType
from yarl import URL

from briefings.adapters.proxy_trouble import ProxyTrouble, not_connecting, not_reached, password_refused

PORT = 1080
"""Where a SOCKS proxy listens when its address names no port (RFC 1928, 3)."""


class SocksConnector(ProxyConnector):
    """A pool of connections through the proxy at this address. `options` are those of aiohttp's connector.

    `prepare` is called with the socket of each new connection.
    """

    def __init__(self, proxy: URL, prepare: Callable[[Any], None], **options: Any) -> None:
        super().__init__(
            proxy.host or "",
            proxy.port or PORT,
            ProxyType.SOCKS5,
            proxy.user,
            proxy.password,
            rdns=True,
            **options,
        )
        self._prepare = prepare

    async def _wrap_create_connection(self, *args: Any, req: aiohttp.ClientRequest, **options: Any) -> Any:
        try:
            transport, protocol = await super()._wrap_create_connection(*args, req=req, **options)
        except ssl.CertificateError as error:
            raise aiohttp.ClientConnectorCertificateError(req.connection_key, error) from error
        except ssl.SSLError as error:
            raise aiohttp.ClientConnectorSSLError(req.connection_key, error) from error
        except Exception as error:  # the library raises errors of many kinds at an odd answer; nothing was sent yet
            raise _trouble(error, req.host) from error
        self._prepare(transport.get_extra_info("socket"))
        return transport, protocol


def _trouble(error: Exception, host: str) -> ProxyTrouble:
    if isinstance(error, ProxyConnectionError):
        return not_reached()
    if isinstance(error, ProxyError) and error.error_code is None and "auth" in str(error).lower():
        return password_refused()  # an error code is the answer to the request for the host, after the password
    return not_connecting(host)
