"""Telegram on this machine: a strict stand-in for the Bot API, with a chat page, faults on demand and a memory.

`Simulator` is the server; tests and `briefings try` drive it and read it through its `State`. It imports nothing of
ours, so that it can contradict us.
"""

from bot.simulator.chats import Call, Chat, Sent
from bot.simulator.server import Simulator
from bot.simulator.state import State
from bot.simulator.trouble import ApiError

__all__ = ["ApiError", "Call", "Chat", "Sent", "Simulator", "State"]
