"""Reads and writes topic files (TOML). Pure. Promises that a topic that was written is read as the same.

One file holds one topic, or several as `[[topics]]`. An article belongs to a topic if it holds any of `aliases` and
`exact` (`exact` only as written), every one of `all`, and none of `none`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from typing import Any

from briefings.errors import LONGEST_CAUSE, BadTopic
from briefings.model import Topic

LONGEST = {"title": 80, "command": 32, "definition": 600, "expansion": 120}
"""Characters of each text."""

LONGEST_NAME = 120
"""Characters of each entry of a list."""

MOST_NAMES = 200
"""Entries of a list."""

NAMES = ("aliases", "exact", "all", "none")
LISTS = (*NAMES, "related", "tags")

_QUOTED = 60
"""Characters of a file that an error repeats."""

_COMMAND = re.compile(r"[a-z][a-z0-9_]{0,31}")


def parse_topic(name: str, data: bytes) -> Topic:
    """Read a file of one topic. Raises BadTopic, which names the file."""
    return _topic(name, _table(name, data))


def parse_topics(name: str, data: bytes) -> list[Topic]:
    """Read a file of one topic or several. Raises BadTopic, which names the file."""
    table = _table(name, data)
    if table.keys() != {"topics"}:
        return [_topic(name, table)]
    tables = table["topics"]
    if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
        raise BadTopic("topics-not-tables", file=name)
    return [_topic(f"{name}: topic {number}", each) for number, each in enumerate(tables, 1)]


def write_topic(topic: Topic) -> str:
    """Return the text of a topic's file, without the fields that the topic does not have."""
    texts = {key: getattr(topic, key) for key in ("title", "command", "expansion", "definition")}
    lists = {key: getattr(topic, key) for key in LISTS}
    lines = [f"{key} = {_quoted(value)}" for key, value in texts.items() if value]
    lines += [f"{key} = {_listed(values)}" for key, values in lists.items() if values]
    return "\n".join(lines) + "\n"


def write_topics(topics: Iterable[Topic]) -> str:
    """Return the text of a file of several topics."""
    return "\n".join(f"[[topics]]\n{write_topic(topic)}" for topic in topics)


def _table(name: str, data: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except RecursionError:
        raise BadTopic("topic-nested-too-deep", file=name) from None
    except ValueError as error:  # not TOML, not UTF-8, or a number beyond all numbers
        raise BadTopic("topic-not-toml", file=name, cause=str(error).splitlines()[0][:LONGEST_CAUSE]) from None


def _topic(name: str, table: dict[str, Any]) -> Topic:
    unknown = table.keys() - LONGEST.keys() - set(LISTS)
    if unknown:
        raise BadTopic("topic-unknown-field", file=name, field=sorted(unknown)[0][:_QUOTED])
    texts = {key: _text(name, key, table.get(key), most) for key, most in LONGEST.items()}
    if not _COMMAND.fullmatch(texts["command"]):
        raise BadTopic("topic-bad-command", file=name)
    lists = {key: _strings(name, key, table.get(key, [])) for key in LISTS}
    if not (lists["aliases"] or lists["exact"] or lists["all"]):
        raise BadTopic("topic-without-alias", file=name)
    return Topic(
        command=texts["command"],
        title=texts["title"],
        definition=texts["definition"],
        expansion=texts["expansion"] or None,
        **lists,
    )


def _text(name: str, key: str, value: object, most: int) -> str:
    if value is None and key == "expansion":
        return ""
    if not isinstance(value, str) or not (value.strip() or key == "expansion"):
        raise BadTopic("topic-text-missing", file=name, field=key)
    if len(value) > most:
        raise BadTopic("topic-text-too-long", file=name, field=key, most=most)
    return value if key == "command" else " ".join(value.replace("\0", " ").split())


def _strings(name: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise BadTopic("topic-not-list", file=name, field=key)
    if nameless := [item for item in value if not re.search(r"\w", item)]:
        raise BadTopic("topic-name-without-letter", file=name, field=key, name=nameless[0][:_QUOTED])
    if len(value) > MOST_NAMES or any(len(item) > LONGEST_NAME for item in value):
        raise BadTopic("topic-list-too-long", file=name, field=key, most=MOST_NAMES, longest=LONGEST_NAME)
    return tuple(value)


def _quoted(text: str) -> str:
    """Return a basic string of TOML. It escapes as JSON does, and DEL besides."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listed(values: tuple[str, ...]) -> str:
    row = f"[{', '.join(map(_quoted, values))}]"
    return row if len(row) <= 100 else "[\n" + "".join(f"    {_quoted(value)},\n" for value in values) + "]"
