"""Every setting of the Telegram face: its default, its unit, one sentence.

A validator of ours puts the Problem into its ValueError, as those of `briefings/settings.py` do.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from briefings.errors import Problem
from briefings.settings import address_parts


def _address(value: str) -> str:
    parts = address_parts(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(Problem("not-http-address"))  # without its value, which may hold a token
    return value.rstrip("/")


LOOPBACK = ("127.0.0.1", "localhost", "::1")
OFF = "off"


def _webhook(value: str) -> str:
    parts = address_parts(value)
    if not value:
        return value
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError(Problem("not-https-address"))
    if not parts.hostname or parts.username or not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/?", parts.path):
        raise ValueError(Problem("webhook-path-not-plain"))
    if parts.query or parts.fragment or parts.path in ("/healthz", "/metrics"):
        raise ValueError(Problem("webhook-path-not-own"))
    return value


def _listen(value: str) -> str:
    if value in ("", OFF):
        return value
    match = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):([0-9]{1,5})", value)
    if match is None or int(match[3]) > 65535:
        raise ValueError(Problem("not-host-and-port"))
    return value


def _chats(value: str) -> str:
    for chat in filter(None, map(str.strip, value.split(","))):
        if not re.fullmatch(r"-?[1-9][0-9]{0,18}", chat):
            raise ValueError(Problem("not-chat", {"chat": chat[:20]}))
    return value


class TelegramSettings(BaseSettings):
    """The face, from the environment (prefix `TELEGRAM_`) and `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="TELEGRAM_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    bot_token: SecretStr = Field(SecretStr(""), description="What @BotFather gave you. Secret.")
    api_url: Annotated[str, AfterValidator(_address)] = Field(
        "https://api.telegram.org", description="The Bot API; a self-hosted server or a stand-in goes here."
    )
    owner_ids: Annotated[str, AfterValidator(_chats)] = Field(
        "", description="Chats that are told when a source is in trouble; numbers with commas between."
    )
    messages_per_second: float = Field(
        30, ge=1, le=1000, description="Messages a second over all chats that Telegram allows the bot."
    )
    on_unknown: Literal["resend", "leave"] = Field(
        "resend", description="What to do when the line died after sending: send again, or leave it as unknown."
    )
    webhook_url: Annotated[str, AfterValidator(_webhook)] = Field(
        "", description="Where Telegram brings updates, as https://host/path; empty: they are fetched."
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""), validate_default=True, description="What Telegram says with each update it brings. Secret."
    )
    listen: Annotated[str, AfterValidator(_listen)] = Field(
        "127.0.0.1:8080",
        validate_default=True,
        description="Host and port of the webhook, /healthz and /metrics; off: none of them.",
    )

    @field_validator("webhook_secret")
    @classmethod
    def _check_secret(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value.get_secret_value()):
            raise ValueError(Problem("secret-not-allowed"))
        if info.data.get("webhook_url") and not value.get_secret_value():
            raise ValueError(Problem("secret-missing"))
        return value

    @field_validator("listen")
    @classmethod
    def _check_listen(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("webhook_url") and value in ("", OFF):
            raise ValueError(Problem("listen-missing"))
        return value

    def webhook_path(self) -> str:
        """Return the path that Telegram posts updates to."""
        return urlsplit(self.webhook_url).path or "/"

    def address(self) -> tuple[str, int] | None:
        """Return host and port to listen at, None for nowhere."""
        if self.listen in ("", OFF):
            return None
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)

    def owners(self) -> tuple[int, ...]:
        """Return the owners' chats, each once."""
        return tuple(dict.fromkeys(int(chat) for chat in self.owner_ids.split(",") if chat.strip()))
