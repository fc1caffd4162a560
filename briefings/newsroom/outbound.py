"""The way out through the operator's proxy, for a face's own connections. Part of the door."""

from __future__ import annotations

from briefings.adapters.outbound import session_options
from briefings.adapters.proxy_trouble import ProxyTrouble

__all__ = ["ProxyTrouble", "session_options"]
