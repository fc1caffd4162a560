"""The errors that the face raises on purpose. Each is an error of `briefings/errors.py`: a key with arguments."""

from __future__ import annotations

from briefings.errors import BriefingsError


class BadToken(BriefingsError):
    """Telegram does not know the bot's token."""


class BadWebhook(BriefingsError):
    """Telegram will never take the webhook's address."""


class ListenTrouble(BriefingsError):
    """The address to listen at cannot be used, and a webhook needs it."""
