"""Every setting of the newsroom, with its default, unit and one sentence. Read once, when the program starts.

A value that cannot be used raises pydantic's ValidationError. Our own validators put a Problem into their ValueError.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from briefings.editions.typed_rhythm import parse_rhythm, parse_zone
from briefings.errors import BadInput, Problem
from briefings.model import Rhythm

LONGEST_PATH = 300  # characters of a folder's path that an error repeats


def _hours(value: str) -> str:
    try:
        parse_rhythm(value, "UTC")
    except BadInput as error:
        raise ValueError(error.problem) from None
    return value


def _zone(value: str) -> str:
    try:
        return parse_zone(value)
    except BadInput as error:
        raise ValueError(error.problem) from None


def _folder(value: Path | None) -> Path | None:
    if value is not None and not value.is_dir():
        raise ValueError(Problem("not-folder", {"path": str(value)[:LONGEST_PATH]}))
    return value


def address_parts(value: str) -> SplitResult:
    """The parts of a web address. Those of an address that cannot be read are all empty."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - raises for a port that is no number
        return parts
    except ValueError:  # that, or a broken IPv6 address
        return urlsplit("")


def _proxy(value: str | None) -> str | None:
    parts = address_parts(value or "http://none")
    if parts.scheme not in ("http", "https", "socks5") or not parts.hostname:
        raise ValueError(Problem("not-proxy-address"))  # without its value, which may hold a password
    if parts.scheme == "socks5" and "@" in parts.netloc:
        for secret in (parts.username, parts.password):
            if not re.fullmatch("[!-~ ]{1,255}", unquote(secret or "")):  # RFC 1929 counts its bytes in one byte
                raise ValueError(Problem("socks-password-unusable"))
    return value


def _hosts(value: str) -> str:
    for host in filter(None, map(str.strip, value.split(","))):
        if not re.fullmatch(r"[\w.-]+|\[?[0-9A-Fa-f:.]+\]?", host):
            raise ValueError(Problem("not-host", {"host": host[:60]}))
    return value


def _endpoint(value: str | None) -> str | None:
    parts = address_parts(value or "http://none")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError(Problem("address-with-password"))
    return value


def _model(value: str | None, info: ValidationInfo) -> str | None:
    if info.data.get("summary_api_url") and not value:
        raise ValueError(Problem("model-missing"))
    return value


class NewsroomSettings(BaseSettings):
    """The settings of the newsroom, read from the environment (prefix `BRIEFINGS_`) and from `.env`."""

    model_config = SettingsConfigDict(
        env_prefix="BRIEFINGS_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    database_url: str = Field(
        "sqlite:///briefings.db",
        description="Where the newsroom is kept: a file, or PostgreSQL as postgresql://user:password@host/name.",
    )
    edition_time: Annotated[str, AfterValidator(_hours)] = Field(
        "07:30",
        description="When a new subscriber's edition comes, local time; several hours and weekdays may be given.",
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        "UTC", description="A new subscriber's IANA time zone, until they choose their own."
    )
    templates_dir: Annotated[Path | None, AfterValidator(_folder)] = Field(
        None, description="Your own templates; a file here goes before the shipped one of the same name."
    )
    proxy: Annotated[str | None, AfterValidator(_proxy)] = Field(
        None,
        description="Proxy for everything that leaves the machine, as http:// or socks5://user:password@host:port.",
    )
    collect_every: int = Field(
        900, ge=1, le=604_800, description="Least time between two visits to a source, in seconds."
    )
    allow_hosts: Annotated[str, AfterValidator(_hosts)] = Field(
        "", description="Hosts on private networks that sources may be read from, with commas between."
    )
    summary_api_url: Annotated[str | None, AfterValidator(_endpoint)] = Field(
        None, description="Where a language model may write summaries, as https://host/v1; empty: extracts only."
    )
    summary_api_key: SecretStr | None = Field(None, description="The key for it, if it wants one. Secret.")
    summary_api_model: Annotated[str | None, AfterValidator(_model)] = Field(
        None, validate_default=True, description="The model to ask for there."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    log_format: Literal["text", "json"] = Field("text", description="Log lines for people or for machines.")

    def may_be_private(self) -> frozenset[str]:
        """Return the hosts that may be read although they are on a private network."""
        return frozenset(filter(None, map(str.strip, self.allow_hosts.split(","))))

    def visit_every(self) -> timedelta:
        """Return the least time between two visits to a source."""
        return timedelta(seconds=self.collect_every)

    def rhythm(self) -> Rhythm:
        """Return the rhythm a new subscriber starts with."""
        return parse_rhythm(self.edition_time, self.timezone)
