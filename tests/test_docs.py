"""README, .env.example and the architecture notes tell the truth, and all of it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import click
import pytest
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from bot.cli.main import cli
from bot.conversation.commands import COMMANDS
from bot.settings import TelegramSettings
from briefings.settings import NewsroomSettings
from briefings.topics.topic_files import LISTS, parse_topic

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[tuple[str, str]]:
    """First and second cell of each row of the tables in a text."""
    cells = [re.split(r"(?<!\\)\|", line.strip("|")) for line in text.splitlines() if line.startswith("|")]
    return [(row[0].strip(), row[1].strip()) for row in cells if not set(row[0]) <= set("-| ")]


def settings() -> dict[str, str]:
    """Every setting by its name in the environment, with its default as one would write it there."""
    found = {}
    kinds: list[type[BaseSettings]] = [NewsroomSettings, TelegramSettings]
    for kind in kinds:
        for name, field in kind.model_fields.items():
            default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
            found[f"{kind.model_config['env_prefix']}{name.upper()}"] = "" if default is None else str(default)
    return found


def test_the_first_two_commands_install_and_run_by_themselves() -> None:
    fenced = re.findall(r"^```\w*\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    first, second = (block.strip() for block in fenced[:2])
    for command in (first, second):
        assert "\n" not in command
        assert command.startswith("python3 -m venv ")
        assert "-c constraints.txt" in command
    assert first.endswith("briefings try")
    assert second.endswith("pytest")


def test_every_command_is_in_the_readme_and_no_other() -> None:
    told = set(re.findall(r"`/(\w+)", " ".join(cell for cell, _ in rows(section("What a reader can say")))))
    assert told - {"relos", "s400"} == {command.name for command in COMMANDS}


def test_every_verb_is_in_the_readme_and_no_other() -> None:
    told = set(re.findall(r"`briefings (\w+)", " ".join(cell for cell, _ in rows(section("What an operator can do")))))
    assert told == set(cli.commands)


def test_every_verb_of_a_group_is_in_the_readme_and_no_other() -> None:
    told = set(re.findall(r"`briefings (\w+ (?!add\b|FILE)[a-z]+|\w+ add)\b", section("What an operator can do")))
    groups = {name: group for name, group in cli.commands.items() if isinstance(group, click.Group)}
    ours = {f"{name} {verb}" for name, group in groups.items() for verb in group.commands}
    assert ours <= told
    assert {one for one in told if one.split()[0] in groups} == ours


def test_the_topic_in_the_readme_is_one() -> None:
    told = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    assert told is not None
    topic = parse_topic("README.md", told[1].encode())
    assert all(getattr(topic, key) for key in LISTS)


def test_every_option_of_a_verb_is_in_the_readme() -> None:
    text = section("What an operator can do")
    for name, command in cli.commands.items():
        for option in (o for o in command.params if isinstance(o, click.Option)):
            assert option.opts[0] in text or name == "articles", f"{name} {option.opts[0]}"


def test_every_setting_is_in_the_readme_with_its_default_and_no_other() -> None:
    told = {name.strip("`"): default.strip("`") for name, default in rows(section("Settings"))[1:]}
    assert told == {name: default or "none" for name, default in settings().items()}


def test_every_setting_is_in_the_example_with_its_default_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert told == settings()


def test_the_example_is_a_working_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())
    monkeypatch.chdir(tmp_path)
    assert NewsroomSettings() == NewsroomSettings(_env_file=None)
    assert TelegramSettings() == TelegramSettings(_env_file=None)


def test_every_module_has_its_line_in_the_architecture() -> None:
    for package in ("briefings", "bot"):
        for module in (ROOT / package).glob("*.py"):
            if not module.name.startswith("__"):
                assert module.name in ARCHITECTURE, f"{package}/{module.name}"


def test_every_dependency_has_its_reason() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *(one for extra in extras.values() for one in extra)]
    for requirement in wanted:
        name = re.split(r"[\[<>=;]", requirement)[0]
        if name != "briefings":
            assert name.lower() in ARCHITECTURE.lower(), name


def test_every_dependency_is_pinned() -> None:
    pins = {line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines() if "==" in line}
    for requirement in PROJECT["project"]["dependencies"]:
        assert re.split(r"[\[<>=;]", requirement)[0].lower() in pins


def test_no_committed_file_names_a_package_registry() -> None:
    hosts = ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js"]
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607 - git is wherever it is
    if files.returncode:
        pytest.skip("not a git checkout")
    for name in files.stdout.splitlines():
        text = (ROOT / name).read_bytes().decode(errors="ignore")
        assert not any(host in text for host in hosts), name


def test_what_the_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)|src=\"([^\"]+)\"", README):
        assert (ROOT / (target[0] or target[1])).exists(), target
