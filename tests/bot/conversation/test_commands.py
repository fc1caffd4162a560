"""The commands of the one table can be registered with Telegram, and all of them are in /help."""

from __future__ import annotations

import re

import pytest
from builders import topic
from telegram_parser import accepts

from bot.conversation import replies
from bot.conversation.commands import BY_NAME, COMMANDS, MENU_COMMANDS, help_command, menu
from bot.conversation.request import Request
from briefings.starter import topics

NAME = re.compile(r"[a-z0-9_]{1,32}")
BY_ID = [pytest.param(command, id=command.name) for command in COMMANDS]


@pytest.mark.parametrize("command", BY_ID)
def test_a_command_can_be_registered(command: object) -> None:
    assert NAME.fullmatch(command.name)
    assert 3 <= len(command.sentence) <= 256
    assert "\n" not in command.sentence
    assert command.alias_of is None or BY_NAME[command.alias_of].handler is command.handler


def test_no_name_is_taken_twice() -> None:
    assert len(BY_NAME) == len(COMMANDS)


def test_no_starter_topic_hides_behind_a_command() -> None:
    assert not BY_NAME.keys() & {topic.command for topic in topics()}


@pytest.mark.parametrize("number", [0, 31, 500])
def test_telegram_accepts_a_menu_of_any_number_of_topics(number: int) -> None:
    offered = menu([topic(f"t{n}", title="T" * 300) for n in range(number)])
    assert len(offered) <= MENU_COMMANDS == 100
    assert all(NAME.fullmatch(name) and 1 <= len(sentence) <= 256 for name, sentence in offered)
    assert len({name for name, _ in offered}) == len(offered)


def test_our_commands_come_first_without_aliases() -> None:
    names = [name for name, _ in menu(topics())]
    ours = [command.name for command in COMMANDS if command.alias_of is None]
    assert names == [*ours, *(topic.command for topic in topics())]


def test_a_topic_is_offered_by_its_expansion() -> None:
    assert ("relos", "Dossier: Reciprocal Exchange of Logistics Support") in menu(topics())
    assert ("s400", "Dossier: S-400") in menu(topics())


def test_a_topic_never_replaces_a_command() -> None:
    offered = menu([topic("help"), topic("today"), topic("briefing"), topic("relos")])
    assert [name for name, _ in offered].count("help") == 1
    assert "briefing" not in dict(offered)


@pytest.mark.parametrize("command", ["S400", "s-400", "реле", "x" * 33, "", "s400\n"])
def test_a_topic_whose_command_telegram_refuses_does_not_cost_the_others_their_menu(command: str) -> None:
    offered = menu([topic("relos"), topic(command), topic("x" * 32)])
    assert [name for name, _ in offered][-2:] == ["relos", "x" * 32]
    assert command not in dict(offered)


class FakeNewsroom:
    """A newsroom that holds the starter topics and nothing else."""

    @property
    def reading(self) -> FakeNewsroom:
        return self

    async def topics(self) -> list[object]:
        return topics()


async def test_help_mentions_each_command() -> None:
    reply = await help_command(Request(FakeNewsroom(), "5", "help"))
    text = accepts(reply.html)
    assert [command.name for command in COMMANDS if f"/{command.name} · " not in text] == []
    assert f"/{topics()[0].command}" in text


@pytest.mark.parametrize(
    "sentence", [value for name, value in vars(replies).items() if name.isupper() and isinstance(value, str)]
)
def test_no_sentence_names_a_command_that_does_not_exist(sentence: str) -> None:
    assert set(re.findall(r"(?<!\w)/([a-z]+)", sentence)) <= BY_NAME.keys()
