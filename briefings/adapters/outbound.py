"""Opens HTTP sessions to the world outside, directly or through the operator's proxy.

Promises that all requests of a session with a proxy go through it, and that the proxy resolves their hosts' names.
A proxy that gives no connection is `ProxyTrouble`, raised before anything was sent. Reads no environment.
"""

from __future__ import annotations

import socket
from functools import partial
from typing import Any

import aiohttp
from yarl import URL

from briefings.adapters.proxy_trouble import not_connecting, not_reached, password_refused
from briefings.errors import BadInput

PROXIES = ("http", "https", "socks5")
"""Schemes of a proxy's address."""

PASSWORD_REFUSED = 407
"""The HTTP status by which a proxy, and nobody else, wants a user and a password (RFC 9110, 15.5.8)."""


def proxy_address(proxy: str | None) -> URL | None:
    """Return a proxy's address; None for none. Raises BadInput unless it is of a scheme in PROXIES and has a host."""
    if not proxy:
        return None
    try:
        address = URL(proxy)
        is_usable = address.scheme in PROXIES and bool(address.host)
    except ValueError:
        is_usable = False
    if not is_usable:
        raise BadInput("proxy-not-address")
    return address


def session_options(proxy: str | None, *, give_up_after: float | None = None, **connector: Any) -> dict[str, Any]:
    """Return the options of an aiohttp session that goes through this proxy. `connector`: options of its connector.

    Bytes that the other side, which is the proxy if there is one, has not confirmed to have received after
    `give_up_after` seconds are thrown away with their connection (on systems with TCP_USER_TIMEOUT). Raises BadInput.
    """
    address = proxy_address(proxy)
    if address is not None and address.scheme == "socks5":
        from briefings.adapters.socks import SocksConnector

        return {"connector": SocksConnector(address, partial(_give_up, give_up_after), **connector)}
    connector["socket_factory"] = partial(_new_socket, give_up_after)
    if address is None:
        return {"connector": aiohttp.TCPConnector(**connector)}
    return {"connector": _HttpProxyConnector(**connector), "proxy": address, "middlewares": (_notice_407,)}


class _HttpProxyConnector(aiohttp.TCPConnector):
    """A pool of connections through an HTTP proxy, whose errors are told from those of the host behind it."""

    async def _create_proxy_connection(self, req: aiohttp.ClientRequest, *args: Any, **options: Any) -> Any:
        try:
            return await super()._create_proxy_connection(req, *args, **options)
        except (aiohttp.ClientProxyConnectionError, aiohttp.ClientConnectorDNSError) as error:
            raise not_reached() from error  # the only name that is looked up here is the proxy's
        except aiohttp.ClientHttpProxyError as error:
            raise (password_refused() if error.status == PASSWORD_REFUSED else not_connecting(req.host)) from error
        except (aiohttp.ClientConnectorError, TimeoutError):
            raise  # of the host behind the proxy, such as a bad certificate
        except (aiohttp.ClientError, OSError) as error:  # the proxy broke off, or answered what is no HTTP
            raise not_connecting(req.host) from error


async def _notice_407(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Raise ProxyTrouble when a proxy answers an unencrypted request itself, because it does not let us in."""
    response = await handler(request)
    if response.status == PASSWORD_REFUSED:
        response.close()
        raise password_refused()
    return response


def _give_up(after: float | None, connection: Any) -> None:
    """Set how many seconds the system waits for bytes to be confirmed. Does nothing for None, or where it cannot."""
    if after is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(after * 1000))


def _new_socket(give_up_after: float | None, address: aiohttp.AddrInfoType) -> socket.socket:
    created = socket.socket(*address[:3])
    _give_up(give_up_after, created)
    return created
