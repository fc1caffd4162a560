"""The newsroom's settings: their defaults, their names, and the refusal of bad values."""

from datetime import time
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from briefings.model import Rhythm
from briefings.settings import NewsroomSettings

DEFAULTS = {
    "DATABASE_URL": ("database_url", "sqlite:///briefings.db"),
    "EDITION_TIME": ("edition_time", "07:30"),
    "TIMEZONE": ("timezone", "UTC"),
    "TEMPLATES_DIR": ("templates_dir", None),
    "PROXY": ("proxy", None),
    "SUMMARY_API_URL": ("summary_api_url", None),
    "SUMMARY_API_KEY": ("summary_api_key", None),
    "SUMMARY_API_MODEL": ("summary_api_model", None),
    "COLLECT_EVERY": ("collect_every", 900),
    "ALLOW_HOSTS": ("allow_hosts", ""),
    "LOG_LEVEL": ("log_level", "INFO"),
    "LOG_FORMAT": ("log_format", "text"),
}


@pytest.fixture(autouse=True)
def _no_other_settings(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in NewsroomSettings.model_fields:
        monkeypatch.delenv(f"BRIEFINGS_{name.upper()}", raising=False)


@pytest.mark.parametrize(("field", "value"), DEFAULTS.values(), ids=DEFAULTS.keys())
def test_a_setting_that_is_not_given_has_its_default(field, value):
    assert getattr(NewsroomSettings(), field) == value


GIVEN = {
    "DATABASE_URL": ("sqlite:////var/lib/news.db", "database_url", "sqlite:////var/lib/news.db"),
    "EDITION_TIME": ("6:45 18:00 mon-fri", "edition_time", "6:45 18:00 mon-fri"),
    "TIMEZONE": ("asia/kolkata", "timezone", "Asia/Kolkata"),
    "TEMPLATES_DIR": ("/tmp", "templates_dir", Path("/tmp")),
    "PROXY": ("http://127.0.0.1:8888", "proxy", "http://127.0.0.1:8888"),
    "SUMMARY_API_KEY": ("sk-1", "summary_api_key", SecretStr("sk-1")),
    "SUMMARY_API_MODEL": ("small", "summary_api_model", "small"),
    "COLLECT_EVERY": ("60", "collect_every", 60),
    "ALLOW_HOSTS": ("feeds.lan, 10.0.0.7,[fd00::1]", "allow_hosts", "feeds.lan, 10.0.0.7,[fd00::1]"),
    "LOG_LEVEL": ("DEBUG", "log_level", "DEBUG"),
    "LOG_FORMAT": ("json", "log_format", "json"),
}


@pytest.mark.parametrize("name", GIVEN)
@pytest.mark.parametrize("place", ["environment", "dotenv"])
def test_a_setting_is_read_from_the_environment_and_from_the_file_in_this_folder(monkeypatch, tmp_path, name, place):
    given, field, value = GIVEN[name]
    if place == "environment":
        monkeypatch.setenv(f"BRIEFINGS_{name}", given)
    else:
        (tmp_path / ".env").write_text(f"BRIEFINGS_{name}='{given}'\nTELEGRAM_BOT_TOKEN=1:x\nSOMETHING=else\n")
    assert getattr(NewsroomSettings(), field) == value


def test_the_environment_overrides_the_file(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("BRIEFINGS_TIMEZONE=Asia/Kolkata\n")
    monkeypatch.setenv("BRIEFINGS_TIMEZONE", "Europe/Paris")
    assert NewsroomSettings().timezone == "Europe/Paris"


@pytest.mark.parametrize("name", DEFAULTS)
def test_an_empty_setting_has_its_default(monkeypatch, name):
    monkeypatch.setenv(f"BRIEFINGS_{name}", "")
    field, value = DEFAULTS[name]
    assert getattr(NewsroomSettings(), field) == value


BAD = {
    "no-hour": ("EDITION_TIME", "25:00"),
    "no-time": ("EDITION_TIME", "soon"),
    "too-many-hours": ("EDITION_TIME", "1 2 3 4 5 6 7"),
    "no-zone": ("TIMEZONE", "Mars/Olympus"),
    "an-offset": ("TIMEZONE", "+05:30"),
    "a-path-for-a-zone": ("TIMEZONE", "../../etc/passwd"),
    "no-folder": ("TEMPLATES_DIR", "/no/such/folder"),
    "a-file-for-a-folder": ("TEMPLATES_DIR", "/etc/hostname"),
    "no-web-address": ("SUMMARY_API_URL", "ftp://models.example/v1"),
    "a-password-in-the-address": ("SUMMARY_API_URL", "https://me:secret@models.example/v1"),
    "a-password-without-a-user": ("SUMMARY_API_URL", "https://:secret@models.example/v1"),
    "a-port-that-is-no-number": ("PROXY", "http://me:secret@proxy.example:port"),
    "no-level": ("LOG_LEVEL", "LOUD"),
    "no-format": ("LOG_FORMAT", "xml"),
}


@pytest.mark.parametrize(("name", "value"), BAD.values(), ids=BAD.keys())
def test_a_bad_setting_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(f"BRIEFINGS_{name}", value)
    with pytest.raises(ValidationError) as refused:
        NewsroomSettings()
    [error] = refused.value.errors()
    assert error["loc"] == (name.lower(),)


def test_an_endpoint_without_a_model_is_refused_by_the_models_name(monkeypatch):
    monkeypatch.setenv("BRIEFINGS_SUMMARY_API_URL", "https://models.example/v1")
    with pytest.raises(ValidationError) as refused:
        NewsroomSettings()
    assert [error["loc"] for error in refused.value.errors()] == [("summary_api_model",)]
    monkeypatch.setenv("BRIEFINGS_SUMMARY_API_MODEL", "small")
    assert NewsroomSettings().summary_api_url == "https://models.example/v1"


def test_a_key_is_not_shown(monkeypatch):
    monkeypatch.setenv("BRIEFINGS_SUMMARY_API_KEY", "sk-hush")
    assert "sk-hush" not in repr(NewsroomSettings())


def test_every_setting_has_a_description():
    assert all(field.description for field in NewsroomSettings.model_fields.values())


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        NewsroomSettings().timezone = "UTC"


def test_the_rhythm_of_a_new_reader_comes_from_the_settings(monkeypatch):
    monkeypatch.setenv("BRIEFINGS_EDITION_TIME", "18:00 7:30 mon-fri")
    monkeypatch.setenv("BRIEFINGS_TIMEZONE", "Kolkata")
    expected = Rhythm((time(7, 30), time(18)), "Asia/Kolkata", frozenset(range(5)))
    assert NewsroomSettings().rhythm() == expected


def test_the_allowed_private_hosts_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("BRIEFINGS_ALLOW_HOSTS", " feeds.lan, 10.0.0.7,,")
    assert NewsroomSettings().may_be_private() == {"feeds.lan", "10.0.0.7"}


@pytest.mark.parametrize("given", ["http://feeds.lan", "feeds.lan/x", "a b", "*", "feeds.lan:80/x", "user@host"])
def test_a_value_that_is_no_host_is_refused(monkeypatch, given):
    monkeypatch.setenv("BRIEFINGS_ALLOW_HOSTS", given)
    with pytest.raises(ValidationError, match=r"not-host \(host="):
        NewsroomSettings()
