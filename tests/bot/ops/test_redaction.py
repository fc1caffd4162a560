"""The secrets of the settings are taken out of any text, in every spelling."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from bot.ops.redaction import Redaction, secrets_of
from bot.settings import TelegramSettings
from briefings.settings import NewsroomSettings

TOKEN = "123456:AAE-invented_TOKEN"


def redaction(telegram: dict[str, Any] | None = None, **newsroom: Any) -> Redaction:
    """Return the redaction for these settings."""
    face = TelegramSettings(**telegram, _env_file=None) if telegram else None
    settings = NewsroomSettings(**newsroom, summary_api_model="a-model", _env_file=None)
    return Redaction(secrets_of(settings, face))


SECRETS = {
    "token": ({"telegram": {"bot_token": SecretStr(TOKEN)}}, TOKEN),
    "token-without-its-number": ({"telegram": {"bot_token": SecretStr(TOKEN)}}, "AAE-invented_TOKEN"),
    "webhook-secret": ({"telegram": {"webhook_secret": SecretStr("a-webhook_secret")}}, "a-webhook_secret"),
    "password-of-the-api": ({"telegram": {"api_url": "http://bot:sesame-1@api.example"}}, "sesame-1"),
    "summary-key": ({"summary_api_key": SecretStr("sk-invented/key+1")}, "sk-invented/key+1"),
    "summary-key-in-the-query": ({"summary_api_url": "https://llm.example/v1?k=open%20sesame&x=1"}, "open sesame"),
    "database-password": ({"database_url": "postgresql://desk:open-sesame@db/news"}, "open-sesame"),
    "password-with-percent": ({"database_url": "postgresql://desk:p%40ss%2Fword@db/news"}, "p%40ss%2Fword"),
    "password-decoded": ({"database_url": "postgresql://desk:p%40ss%2Fword@db/news"}, "p@ss/word"),
    "password-with-a-slash": ({"database_url": "postgresql://desk:open/sesame@db/news"}, "open/sesame"),
    "password-with-a-quote": ({"database_url": "postgresql://desk:open\"ses'ame\\@db/news"}, "open\"ses'ame\\"),
    "password-in-the-query": ({"database_url": "postgresql://db/news?user=desk&password=sesame%3F1"}, "sesame?1"),
    "proxy-password": ({"proxy": "http://desk:open-sesame@proxy:8080"}, "open-sesame"),
    "socks-password": ({"proxy": "socks5://desk:open-sesame@proxy:1080"}, "open-sesame"),
    "proxy-password-decoded": ({"proxy": "http://desk:sesame%3A1%25@proxy:8080"}, "sesame:1%"),
    "proxy-password-with-an-at": ({"proxy": "http://desk:sesame@open@proxy:8080"}, "sesame@open"),
}


@pytest.mark.parametrize(("settings", "secret"), SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_taken_out_in_every_spelling(settings: dict[str, Any], secret: str) -> None:
    redacted = redaction(**settings)
    for spelling in (secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]):
        assert redacted(f"before {spelling} after") == "before <secret> after"
        assert spelling not in redacted(f"{{'key': '{spelling}'}}")


SHORT = {
    "database": ({"database_url": "postgresql://desk:ab@db/news"}, "postgresql://desk:ab@db/news", "ab"),
    "decoded": ({"database_url": "postgresql://desk:a%40b@db/news"}, "postgresql://desk:a@b@db/news", "a@b"),
    "with-a-slash": ({"database_url": "postgresql://desk:a/b@db/news"}, "cannot read desk:a/b@db", "a/b"),
    "proxy": ({"proxy": "http://desk:ab@proxy:8080"}, "http://desk:ab@proxy:8080", "ab@"),
    "user-alone": ({"proxy": "http://to-ken@proxy:8080"}, "http://to-ken@proxy:8080", "to-ken"),
    "query": ({"summary_api_url": "https://llm.example/v1?k=ab"}, "https://llm.example/v1?k=ab", "k=ab"),
    "no-setting": ({}, "https://me:ab@feeds.example/x", "ab@"),
    "no-setting-with-an-at": ({}, "cannot reach https://me:a@b@feeds.example/x", "a@b"),
}


@pytest.mark.parametrize(("settings", "text", "secret"), SHORT.values(), ids=SHORT.keys())
def test_a_short_secret_is_taken_out_of_an_address(settings: dict[str, Any], text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redaction(**settings)(text)


KEPT = {
    "words": "about cabs and abbeys",
    "address-without-a-password": "postgresql://desk@db:5432/news, http://127.0.0.1:8080/healthz",
    "mail-address-after-an-address": "see http://example.org:80/x or write to me:you@example.org",
    "two-addresses-in-json": '{"a":"http://example.org:80","b":"me@example.org"}',
    "logger": "briefings.store.database",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert redaction(database_url="postgresql://briefings:ab@db/briefings")(text) == text


def test_settings_without_secrets_hold_none() -> None:
    settings = TelegramSettings(_env_file=None)
    assert secrets_of(NewsroomSettings(_env_file=None), settings) == frozenset()
    assert Redaction([])("a text") == "a text"
