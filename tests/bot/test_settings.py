"""The face's settings: valid addresses are taken, and an error never shows the value."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bot.settings import TelegramSettings

URL, SECRET = "https://bot.example.org/briefings", SecretStr("se-cret_1")


def settings(**values: Any) -> TelegramSettings:
    return TelegramSettings(_env_file=None, **values)


ADDRESSES = {
    "127.0.0.1:8080": ("127.0.0.1", 8080),
    "0.0.0.0:80": ("0.0.0.0", 80),  # noqa: S104 - an address to read
    "[::1]:8443": ("::1", 8443),
    "localhost:0": ("localhost", 0),
    "off": None,
    "": None,
}


@pytest.mark.parametrize(("text", "address"), ADDRESSES.items(), ids=ADDRESSES)
def test_an_address_to_listen_at_is_read(text: str, address: tuple[str, int] | None) -> None:
    assert settings(listen=text).address() == address


@pytest.mark.parametrize("text", ["8080", "host:", ":8080", "host:99999", "::1:80", "http://host:80", "a b:80"])
def test_a_text_that_is_no_address_to_listen_at_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="not-host-and-port"):
        settings(listen=text)


WEBHOOKS = {
    "https://bot.example.org/briefings": "/briefings",
    "https://bot.example.org:8443/a/b-c_d.e~1/": "/a/b-c_d.e~1/",
    "https://bot.example.org": "/",
    "http://127.0.0.1:9000/hook": "/hook",
    "http://localhost/hook": "/hook",
    "http://[::1]:9000/hook": "/hook",
}


@pytest.mark.parametrize(("url", "path"), WEBHOOKS.items(), ids=WEBHOOKS)
def test_a_webhook_address_gives_its_path(url: str, path: str) -> None:
    assert settings(webhook_url=url, webhook_secret=SECRET).webhook_path() == path


@pytest.mark.parametrize(
    "url",
    [
        "http://bot.example.org/hook",
        "bot.example.org/hook",
        "https:///hook",
        "https://me:word@bot.example.org/hook",
        "https://bot.example.org/hook?x=1",
        "https://bot.example.org/hook#x",
        "https://bot.example.org/{path}",
        "https://bot.example.org/two words",
        "https://bot.example.org/healthz",
        "https://bot.example.org/metrics",
    ],
)
def test_an_address_telegram_cannot_post_updates_to_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"not-https-address|webhook-path-not-(?:plain|own)") as bad:
        settings(webhook_url=url, webhook_secret=SECRET)
    assert bad.value.errors()[0]["loc"] == ("webhook_url",)


BAD = {
    "no-secret": ({"webhook_url": URL}, "webhook_secret"),
    "secret-telegram-refuses": ({"webhook_url": URL, "webhook_secret": SecretStr("not this!")}, "webhook_secret"),
    "secret-too-long": ({"webhook_secret": SecretStr("x" * 257)}, "webhook_secret"),
    "nowhere-to-listen": ({"webhook_url": URL, "webhook_secret": SECRET, "listen": "off"}, "listen"),
}


@pytest.mark.parametrize(("values", "name"), BAD.values(), ids=BAD)
def test_settings_that_contradict_each_other_are_refused(values: dict[str, Any], name: str) -> None:
    with pytest.raises(ValidationError) as bad:
        settings(**values)
    assert bad.value.errors()[0]["loc"] == (name,)
    assert "not this!" not in bad.value.errors()[0]["msg"]
