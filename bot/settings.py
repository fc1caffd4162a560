"""Every setting of the Telegram face: its default, its unit, one sentence."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http:// or https:// address")  # its value may hold a token
    return value.rstrip("/")


def _chats(value: str) -> str:
    for chat in filter(None, map(str.strip, value.split(","))):
        if not re.fullmatch(r"-?[1-9][0-9]{0,18}", chat):
            raise ValueError(f"“{chat[:20]}” is not the number of a chat")
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

    def owners(self) -> tuple[int, ...]:
        """The owners' chats, each once."""
        return tuple(dict.fromkeys(int(chat) for chat in self.owner_ids.split(",") if chat.strip()))
