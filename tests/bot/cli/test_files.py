"""A file that cannot be read or written is one error that names the file as the operator wrote it, and says why."""

from __future__ import annotations

import pytest

from bot.ops.problems import sentence
from briefings.errors import BadInput


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        pytest.param(["add", "./no.txt"], "./no.txt: no such file or directory; nothing was added", id="add"),
        pytest.param(["add", "."], ".: is a directory; nothing was added", id="add-a-folder"),
        pytest.param(["add", "a\0b"], "a\0b: cannot be read; nothing was added", id="add-a-name-with-NUL"),
        pytest.param(["sources", "import", "no.opml"], "no.opml: no such file or directory", id="sources-import"),
        pytest.param(["sources", "export", "no/x"], "no/x: no such file or directory", id="sources-export"),
        pytest.param(
            ["topics", "add", "no.toml"], "no.toml: no such file or directory; nothing was changed", id="topics-add"
        ),
        pytest.param(["topics", "export", "briefings.db"], "briefings.db: file exists", id="topics-export"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_reason(verb, arguments, line):
    with pytest.raises(BadInput) as raised:
        verb(*arguments)
    assert sentence(raised.value) == line


def test_feeds_are_imported_from_standard_input_and_exported_to_standard_output(verb):
    opml = '<opml version="2.0"><body><outline text="Wire" xmlUrl="https://example.org/feed"/></body></opml>'
    assert verb("sources", "import", "-", input=opml).stdout == "added 1 · feed · Wire\n"
    for arguments in ([], ["-"]):
        assert 'xmlUrl="https://example.org/feed"' in verb("sources", "export", *arguments).stdout


def test_topics_are_exported_to_a_folder_and_imported_from_it(verb, tmp_path):
    exported = verb("topics", "export", "topics").stdout
    files = list((tmp_path / "topics").glob("*.toml"))
    assert exported == f"{len(files)} topics are in topics\n"
    assert len(verb("topics", "import", "topics").stdout.splitlines()) == len(files)
