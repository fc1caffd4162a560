"""Verbs that remove: they ask once, say what went, and remove all of what they are asked for or nothing."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from fakes import MORNING, join

from bot.ops.problems import sentence
from briefings.errors import BriefingsError
from briefings.model import Wishes
from briefings.store.database import Database

ROOT = Path(__file__).parents[3]
Verb = Callable[..., Result]
Answer = Callable[..., tuple[int, str, str]]


@pytest.fixture
def answer(verb: Verb, tmp_path: Path) -> Answer:
    """Runs a verb on a terminal and types an answer. Returns its exit status, stdout and stderr."""

    def run(typed: str, *arguments: str) -> tuple[int, str, str]:
        keyboard, terminal = pty.openpty()
        with os.fdopen(keyboard, "wb") as typing, os.fdopen(terminal) as stdin:
            typing.write(typed.encode())
            typing.flush()
            environment = os.environ | {"PYTHONPATH": str(ROOT)}
            command = [sys.executable, "-m", "briefings", *arguments]
            done = subprocess.run(
                command, cwd=tmp_path, env=environment, stdin=stdin, capture_output=True, text=True, check=False
            )
        return done.returncode, done.stdout, done.stderr

    return run


def failure(verb: Verb, *arguments: str) -> str:
    """Run a verb that fails. Return the line that the operator reads."""
    with pytest.raises(BriefingsError) as caught:
        verb(*arguments)
    return sentence(caught.value)


def commands(verb: Verb) -> set[str]:
    return {line.split(" ")[0] for line in verb("topics", "list").stdout.splitlines()}


# Articles

NAVY = {
    "title": "Norvell opens a port",
    "text": "Norvell opened a port on Tuesday. It holds 12 ships.",
    "url": "https://a.example/1",
}
BOATS = {
    "title": "Estmark buys boats",
    "text": "Estmark buys patrol boats from a yard in Kiel.",
    "url": "https://b.example/1",
}


def ids(verb: Verb) -> list[int]:
    return [json.loads(line)["id"] for line in verb("articles", "--json").stdout.splitlines()]


def test_articles_that_were_removed_are_named(verb, add):
    add(NAVY, BOATS)
    removed = verb("articles", "remove", "1", "2", "--yes")
    assert (removed.exit_code, removed.stdout) == (
        0,
        "removed 1 · Norvell opens a port\nremoved 2 · Estmark buys boats\n",
    )
    assert ids(verb) == []


def test_an_unknown_article_is_named_and_nothing_is_removed(verb, add):
    add(NAVY)
    assert failure(verb, "articles", "remove", "1", "7", "--yes") == "there is no article 7; nothing was removed"
    assert ids(verb) == [1]


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999999999999"])
def test_what_is_no_number_of_an_article_is_wrong_usage(verb, number):
    assert verb("articles", "remove", "--yes", "--", number).exit_code == 2


def test_without_a_terminal_and_without_yes_no_article_is_removed(verb, add):
    add(NAVY)
    assert failure(verb, "articles", "remove", "1") == "there is no terminal to ask on; --yes removes without asking"
    assert ids(verb) == [1]


def test_an_article_added_again_by_hand_is_a_new_one(verb, add):
    add(NAVY)
    verb("articles", "remove", "1", "--yes")
    again = verb("add", "-", "--json", input=json.dumps(NAVY))
    assert json.loads(again.stdout)["status"] == "stored"
    assert ids(verb) == [2], "nobody who names the removed article means this one"


def test_the_question_about_articles_counts_what_goes(verb, add, answer):
    add(NAVY, {**NAVY, "url": "https://b.example/2"})
    add({**NAVY, "text": NAVY["text"] + " A lighthouse was opened too, 4 miles from it."})
    status, output, question = answer("\n", "articles", "remove", "1")
    assert (status, output) == (1, "")
    assert "Remove 1 · Norvell opens a port, with 1 earlier form; 1 copy becomes the original? [y/N]" in question
    assert ids(verb) == [2, 1]
    assert answer("y\n", "articles", "remove", "1")[:2] == (0, "removed 1 · Norvell opens a port\n")
    assert ids(verb) == [2]


# Topics


def test_topics_that_were_removed_are_named(verb):
    removed = verb("topics", "remove", "/RELOS", "arctic", "--yes")
    assert (removed.exit_code, removed.stderr) == (0, "")
    assert [line.split(" · ")[0] for line in removed.stdout.splitlines()] == ["removed /relos", "removed /arctic"]
    assert commands(verb).isdisjoint({"/relos", "/arctic"})


def test_an_unknown_topic_is_named_with_the_nearest_one_and_nothing_is_removed(verb):
    line = failure(verb, "topics", "remove", "arctic", "reloss", "--yes")
    assert line == "there is no topic “reloss” (did you mean relos?); nothing was removed"
    assert "/arctic" in commands(verb)


def test_without_a_terminal_and_without_yes_nothing_is_removed(verb):
    before = commands(verb)
    for words in (["remove", "relos"], ["clear"]):
        line = failure(verb, "topics", *words)
        assert line == "there is no terminal to ask on; --yes removes without asking"
    assert commands(verb) == before


def test_cleared_topics_do_not_come_back_at_the_next_start(verb):
    assert len(verb("topics", "clear", "--yes").stdout.splitlines()) > 1
    assert commands(verb) == set()
    again = verb("topics", "clear", "--yes")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "briefings: there is no topic to remove\n")


def test_readers_who_follow_no_topic_any_more_are_counted(verb, tmp_path):
    async def subscribe() -> None:
        async with Database(f"sqlite:///{tmp_path}/briefings.db") as database:
            await join(database, "1", "2", at=MORNING, wishes=Wishes(frozenset({"relos"})))
            await join(database, "3", at=MORNING, wishes=Wishes(frozenset({"relos", "arctic"})))

    asyncio.run(subscribe())
    *_, last = verb("topics", "remove", "relos", "--yes").stdout.splitlines()
    assert last == "2 readers follow no topic now; their next briefings say so"
    assert len(verb("topics", "remove", "tejas", "--yes").stdout.splitlines()) == 1


def test_the_question_counts_what_goes_and_only_yes_removes(verb, add, answer):
    add({"title": "RELOS is ratified", "text": "RELOS was ratified in Moscow on Tuesday, said Admiral Jane Smith."})
    status, output, question = answer("n\n", "topics", "remove", "relos")
    assert (status, output) == (1, "")
    assert "Remove /relos · RELOS, the tag of 1 article, followed by 0 readers? [y/N]" in question
    assert question.endswith("briefings: nothing was removed\n")
    assert "/relos" in commands(verb)
    status, output, _ = answer("y\n", "topics", "remove", "relos")
    assert (status, output) == (0, "removed /relos · RELOS\n")
    assert "/relos" not in commands(verb)
