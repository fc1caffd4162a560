"""An error in a setting names the variable, says what is wrong in our words, and what is allowed."""

from __future__ import annotations

from typing import Literal

import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.cli.setting_problems import in_our_words
from bot.ops.problems import sentence
from bot.settings import TelegramSettings
from briefings.errors import BadInput
from briefings.settings import NewsroomSettings

SECRET = "hush-hush"
WRONG = {
    "BRIEFINGS_EDITION_TIME": ("25:00", "“25:00” is not an hour. Use 00:00 to 23:59, for example 07:30."),
    "BRIEFINGS_TIMEZONE": ("Mars", "no zone is called “Mars”; use a city or an IANA name such as Europe/Moscow"),
    "BRIEFINGS_TEMPLATES_DIR": ("/no/such", "/no/such is not a folder"),
    "BRIEFINGS_PROXY": (
        f"socks://me:{SECRET}@host",
        "must be an http:// or socks5:// address, as socks5://user:password@host:1080",
    ),
    "BRIEFINGS_COLLECT_EVERY": ("often", "must be a whole number from 1 to 604,800"),
    "BRIEFINGS_ALLOW_HOSTS": (
        "http://feeds.lan",
        "“http://feeds.lan” is not the name or address of a host; leave out http:// and the port",
    ),
    "BRIEFINGS_SUMMARY_API_URL": (
        f"https://me:{SECRET}@models.example/v1",
        "must be an http:// or https:// address without a password in it",
    ),
    "BRIEFINGS_LOG_LEVEL": ("LOUD", "must be one of DEBUG, INFO, WARNING, ERROR"),
    "BRIEFINGS_LOG_FORMAT": ("xml", "must be one of text, json"),
    "TELEGRAM_API_URL": (f"{SECRET}.example", "must be an http:// or https:// address"),
    "TELEGRAM_OWNER_IDS": ("@me", "“@me” is not the number of a chat"),
    "TELEGRAM_MESSAGES_PER_SECOND": ("many", "must be a number from 1 to 1,000"),
    "TELEGRAM_ON_UNKNOWN": ("maybe", "must be one of resend, leave"),
    "TELEGRAM_WEBHOOK_URL": (f"http://{SECRET}.example", "must be an https:// address"),
    "TELEGRAM_WEBHOOK_SECRET": (f"{SECRET}!", "may hold up to 256 of A-Z a-z 0-9 _ - and nothing else"),
    "TELEGRAM_LISTEN": ("here", "must be a host and a port, as 127.0.0.1:8080, or off"),
}
TAKE_ANYTHING = {
    "BRIEFINGS_DATABASE_URL", "BRIEFINGS_SUMMARY_API_KEY", "BRIEFINGS_SUMMARY_API_MODEL", "TELEGRAM_BOT_TOKEN",
}  # fmt: skip
OUT_OF_BOUNDS = [
    ("BRIEFINGS_COLLECT_EVERY", "0"),
    ("BRIEFINGS_COLLECT_EVERY", "604801"),
    ("BRIEFINGS_COLLECT_EVERY", "1.5"),
    ("BRIEFINGS_COLLECT_EVERY", "9" * 5000),
    ("TELEGRAM_MESSAGES_PER_SECOND", "0.5"),
    ("TELEGRAM_MESSAGES_PER_SECOND", "1001"),
    ("TELEGRAM_MESSAGES_PER_SECOND", "nan"),
    ("TELEGRAM_MESSAGES_PER_SECOND", "inf"),
]


def error_line(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the line that ends the program when this variable has this value."""
    monkeypatch.setenv(name, value)
    settings = NewsroomSettings if name.startswith("BRIEFINGS_") else TelegramSettings
    with pytest.raises(BadInput) as raised, in_our_words(settings):
        settings(_env_file=None)
    return sentence(raised.value)


@pytest.mark.parametrize(("name", "value", "words"), [(name, *wrong) for name, wrong in WRONG.items()], ids=WRONG)
def test_a_wrong_setting_is_named_with_what_is_allowed_and_without_a_secret(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = error_line(name, value, monkeypatch)
    assert line == f"{name}: {words}"
    assert SECRET not in line


def test_every_setting_that_can_be_wrong_is_in_the_table() -> None:
    names = {f"BRIEFINGS_{name.upper()}" for name in NewsroomSettings.model_fields}
    names |= {f"TELEGRAM_{name.upper()}" for name in TelegramSettings.model_fields}
    assert names - TAKE_ANYTHING == WRONG.keys()


@pytest.mark.parametrize(("name", "value"), OUT_OF_BOUNDS, ids=range(len(OUT_OF_BOUNDS)))
def test_a_number_out_of_bounds_names_the_bounds(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert error_line(name, value, monkeypatch) == f"{name}: {WRONG[name][1]}"


@pytest.mark.parametrize(
    "name", ["BRIEFINGS_PROXY", "BRIEFINGS_SUMMARY_API_URL", "TELEGRAM_API_URL", "TELEGRAM_WEBHOOK_URL"]
)
def test_an_address_that_no_library_can_read_has_the_same_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert error_line(name, f"https://[{SECRET}", monkeypatch) == f"{name}: {WRONG[name][1]}"


@pytest.mark.parametrize(
    "user", [SECRET, f"{SECRET}:", f":{SECRET}", f"me:{SECRET}é", f"me:{SECRET}%C3%A9", "x" * 256 + ":y"]
)
def test_a_user_or_password_that_a_socks_proxy_cannot_be_given_is_named(
    user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = error_line("BRIEFINGS_PROXY", f"socks5://{user}@host", monkeypatch)
    assert line.startswith("BRIEFINGS_PROXY: must have, for socks5://, no user and no password or both")
    assert SECRET not in line


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://host",
        "socks5://host:1080",
        "socks5://me:s%40me@host:1080",
        "socks5://[::1]:1080",
        "http://me@host",
        "http://me:p@host:8080",
    ],
)
def test_a_proxy_may_be_http_or_socks5_with_or_without_a_password(proxy: str) -> None:
    assert NewsroomSettings(proxy=proxy, _env_file=None).proxy == proxy


def test_settings_that_do_not_go_together_say_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("TELEGRAM_WEBHOOK_URL", "https://bot.example.org/hook")
    line = error_line("TELEGRAM_LISTEN", "off", monkeypatch)
    assert line == "TELEGRAM_LISTEN: must be set when TELEGRAM_WEBHOOK_URL is"


class Others(BaseSettings):
    """Kinds of settings that the program does not have yet."""

    model_config = SettingsConfigDict(env_prefix="OTHERS_")

    kind: Literal["a", "b"] = "a"
    yes: bool = False
    any_number: int = 0


@pytest.mark.parametrize(
    ("name", "words"), [("YES", "must be true or false"), ("ANY_NUMBER", "cannot be used")], ids=["bool", "no-bounds"]
)
def test_an_error_has_our_words_instead_of_the_librarys(name: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"OTHERS_{name}", "perhaps")
    with pytest.raises(BadInput) as raised, in_our_words(Others):
        Others()
    assert sentence(raised.value) == f"OTHERS_{name}: {words}"
