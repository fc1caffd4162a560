"""Telegram on this machine: a strict stand-in for the Bot API, with a chat page, faults on demand and a memory.

`Simulator` is the server and `State` what lies behind the wire, for tests and `briefings try` to drive and read.
It imports nothing of ours, so that it can contradict us.
"""

from bot.simulator.chats import Call, Chat, Sent
from bot.simulator.server import Simulator
from bot.simulator.state import State
from bot.simulator.trouble import ApiError

__all__ = ["ApiError", "Call", "Chat", "Sent", "Simulator", "State"]
