"""The README, .env.example and the other docs say what is true, and leave nothing out."""

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
from bot.roles import ALIASES, ROLES
from bot.settings import TelegramSettings
from briefings.settings import NewsroomSettings
from briefings.topics.topic_files import LISTS, parse_topic

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[tuple[str, str]]:
    """First and second cell of each row of the tables in a text."""
    cells = [re.split(r"(?<!\\)\|", line.strip("|")) for line in text.splitlines() if line.startswith("|")]
    return [(row[0].strip(), row[1].strip()) for row in cells if not set(row[0]) <= set("-| ")]


def settings() -> dict[str, str]:
    """Every setting by its name in the environment, with its default as one would write it there."""
    defaults = {}
    kinds: list[type[BaseSettings]] = [NewsroomSettings, TelegramSettings]
    for kind in kinds:
        for name, field in kind.model_fields.items():
            default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
            defaults[f"{kind.model_config['env_prefix']}{name.upper()}"] = "" if default is None else str(default)
    return defaults


def targets() -> dict[str, str]:
    """Each target of the Makefile, with the one line it runs."""
    return dict(re.findall(r"^(\w+):\n\t(.+)\n(?!\t)", MAKEFILE + "\n", re.MULTILINE))


# The README and .env.example


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
    documented = set(re.findall(r"`/(\w+)", " ".join(cell for cell, _ in rows(section("What a reader can say")))))
    assert documented - {"relos", "s400"} == {command.name for command in COMMANDS}


def test_every_verb_is_in_the_readme_and_no_other() -> None:
    first_cells = " ".join(cell for cell, _ in rows(section("What an operator can do")))
    assert set(re.findall(r"`briefings (\w+)", first_cells)) == set(cli.commands)


def test_every_verb_of_a_group_is_in_the_readme_and_no_other() -> None:
    text = section("What an operator can do")
    documented = set(re.findall(r"`briefings (\w+ (?!add\b|FILE)[a-z]+|\w+ add)\b", text))
    groups = {name: group for name, group in cli.commands.items() if isinstance(group, click.Group)}
    ours = {f"{name} {verb}" for name, group in groups.items() for verb in group.commands}
    assert ours <= documented
    assert {name for name in documented if name.split()[0] in groups} == ours


def test_the_topic_in_the_readme_can_be_read_and_uses_every_list() -> None:
    example = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    assert example is not None
    topic = parse_topic("README.md", example[1].encode())
    assert all(getattr(topic, key) for key in LISTS)


def test_every_option_of_a_verb_is_in_the_readme() -> None:
    text = section("What an operator can do")
    for name, command in cli.commands.items():
        for option in (o for o in command.params if isinstance(o, click.Option)):
            assert option.opts[0] in text or name == "articles", f"{name} {option.opts[0]}"


def test_every_role_of_a_process_is_in_the_readme_and_no_other() -> None:
    text = section("What an operator can do")
    assert f"[--only {','.join(ROLES)}]" in text
    assert all(f"`{former}` still works for `{name}`" in text for former, name in ALIASES.items())


def test_every_setting_is_in_the_readme_with_its_default_and_no_other() -> None:
    documented = {name.strip("`"): default.strip("`") for name, default in rows(section("Settings"))[1:]}
    assert documented == {name: default or "none" for name, default in settings().items()}


def test_every_setting_is_in_the_example_with_its_default_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert dict(line.split("=", 1) for line in lines if line and not line.startswith("#")) == settings()


def test_the_example_is_a_working_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())
    monkeypatch.chdir(tmp_path)
    assert NewsroomSettings() == NewsroomSettings(_env_file=None)
    assert TelegramSettings() == TelegramSettings(_env_file=None)


# Carrying on


@pytest.mark.parametrize("package", ["bot", "briefings"])
def test_every_folder_and_module_of_a_package_has_its_line_in_the_architecture_and_no_other(package: str) -> None:
    tree = re.search(rf"^{package}/ .*\n((?:  .*\n)+)", ARCHITECTURE, re.MULTILINE)
    assert tree is not None
    folders = {f"{path.parent.name}/" for path in (ROOT / package).glob("*/__init__.py")}
    modules = {path.name for path in (ROOT / package).glob("*.py") if not path.name.startswith("__")}
    assert set(re.findall(r"^  (\S+)", tree[1], re.MULTILINE)) == folders | modules


def test_contributing_names_every_target_of_the_makefile_with_the_command_it_runs() -> None:
    documented = {target.strip("`"): command.strip("`") for target, command in rows(CONTRIBUTING)[1:]}
    assert documented == {f"make {target}": command for target, command in targets().items()}
    assert set(targets()) == set(MAKEFILE.split(".PHONY:")[1].split("\n")[0].split())


def test_the_readme_and_the_gate_run_the_commands_of_the_makefile() -> None:
    assert f"{targets()['setup']} && {targets()['test']}\n" in README
    gate = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [command for command in targets()["check"].split(" && ") if command not in gate] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "CHANGELOG.md"], ids=lambda page: page.name)
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    """A path is given from the root, from `briefings/`, or from `tests/`. The changelog may name what was."""
    named = set(re.findall(r"`((?:[\w.-]+/)+(?:[\w.-]+\.\w+)?)`", page.read_text()))
    places = (ROOT, ROOT / "briefings", ROOT / "tests")
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_links_to_exists(page: Path) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)(?:#[^)]*)?\)|src=\"([^\"]+)\"", page.read_text())
    assert [link or image for link, image in links if not (page.parent / (link or image)).exists()] == []


def test_every_dependency_has_its_reason_in_the_architecture() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *(requirement for extra in extras.values() for requirement in extra)]
    for requirement in wanted:
        name = re.split(r"[\[<>=;]", requirement)[0]
        if name != "briefings":
            assert name.lower() in ARCHITECTURE.lower(), name


def test_every_dependency_has_an_exact_version_in_the_constraints() -> None:
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
