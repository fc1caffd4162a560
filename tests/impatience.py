"""The times by which trouble with Telegram is waited out, made short for tests."""

from __future__ import annotations

from bot.telegram.retry import Patience, Pauses

TOKEN_SECONDS = 0.5
"""Time for which the token must be refused; a stand-in for a minute."""

IMPATIENCE = Patience(
    line=Pauses(first=0.01, most=0.1, most_unreached=0.1),
    chores=Pauses(first=0.05, most=0.2, most_unreached=0.2),
    token_refused=TOKEN_SECONDS,
    before_second_look=0.05,
    poll=1,
    poll_answer=1.0,
    deaf=Pauses(first=0.05, most=0.2, most_unreached=0.2),
)

TOKEN_REFUSED = {"ok": False, "error_code": 401, "description": "Unauthorized"}
"""The Bot API's answer to a token that it does not know."""

FOREVER = 1_000_000
"""Times that a fault is ordered, so that it lasts until the simulator is healed."""
