"""Errors are keys with arguments. Read from the source with `ast`: each key has its sentences, and each sentence a key.

Also tests the promises of a problem's stored form, and that no sentence breaks a line.
"""

import ast
import inspect
import re
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import problems as readers
from bot.ops import problems as operators
from briefings.errors import BadQuery, Problem, StoreTrouble, stated
from briefings.text import notices

ROOT = Path(__file__).parents[1]
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text())
    for package in ("briefings", "bot")
    for path in sorted((ROOT / package).rglob("*.py"))
}
BY_READERS = {"BadTime", "BadZone", "BadQuery"}
"""Errors that a reader's message can cause."""

NOT_TOLD = {"wait", "at_once"}
"""Keywords of errors that the program acts on; they are no arguments of the problem."""

KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def error_classes() -> set[str]:
    """BriefingsError and all classes that descend from it, by name."""
    classes = {"BriefingsError"}
    nodes = [node for tree in TREES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while new := {node.name for node in nodes if classes & {ast.unparse(base) for base in node.bases}} - classes:
        classes |= new
    return classes


ERRORS = error_classes()


def built() -> list[tuple[str, str, ast.Call]]:
    """Return every call that builds an error or a problem, with its place before it and the name of its class."""
    return [
        (f"{path}:{node.lineno}", node.func.id, node)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {*ERRORS, "Problem"}
        if not (path == "briefings/errors.py" and ast.unparse(node) == "Problem(values['problem'], arguments)")
        if not (path == "briefings/errors.py" and ast.unparse(node) == "Problem(key, arguments)")
    ]


BUILT = built()


def key_of(call: ast.Call) -> str:
    first = call.args[0] if call.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def arguments_of(call: ast.Call) -> set[str]:
    named = {keyword.arg or "**" for keyword in call.keywords}
    for values in call.args[1:]:
        named |= {ast.literal_eval(key) for key in values.keys} if isinstance(values, ast.Dict) else {"?"}
    return named - NOT_TOLD


def placeholders(sentence: operators.Sentence) -> set[str]:
    if not isinstance(sentence, str):
        return set(inspect.signature(sentence).parameters)
    return {re.split(r"\W", name)[0] for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_error_and_problem_is_built_with_its_key_written_out():
    assert [place for place, _, call in BUILT if not KEY.fullmatch(key_of(call))] == []


def test_no_error_is_raised_as_a_bare_class():
    bare = [
        f"{path}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in ERRORS
    ]
    assert bare == []


def test_every_key_has_an_operators_sentence_that_says_all_its_arguments_and_no_others():
    wrong = [
        (place, key_of(call))
        for place, _, call in BUILT
        if key_of(call) not in operators.SENTENCES
        or placeholders(operators.SENTENCES[key_of(call)]) != arguments_of(call)
    ]
    assert wrong == []


def test_every_key_that_a_reader_can_cause_has_a_readers_sentence_that_says_its_arguments():
    caused = {key_of(call): arguments_of(call) for _, name, call in BUILT if name in BY_READERS}
    assert {key: placeholders(sentence) for key, sentence in readers.SENTENCES.items()} == caused


def test_every_operators_sentence_is_used():
    assert operators.SENTENCES.keys() - {key_of(call) for _, _, call in BUILT} == set()


def test_no_key_stands_twice_in_a_table():
    tables = [
        value
        for name, value in vars(operators).items()
        if re.fullmatch(r"_[A-Z]+|DATABASE", name) and type(value) is dict
    ]
    assert sum(map(len, tables)) == len(operators.SENTENCES)


def test_every_kind_of_notice_has_its_words():
    assert operators.NOTICES.keys() == notices.KINDS


def test_no_operator_reads_a_command_of_the_chat():
    commands = re.compile(r"(?<!\S)/(?:at|zone|search)\b")
    assert [
        key for key, words in operators.SENTENCES.items() if isinstance(words, str) and commands.search(words)
    ] == []


# The stored form

VALUES = st.text() | st.integers() | st.floats(allow_nan=False)
KEYS = st.from_regex(KEY, fullmatch=True)
PROBLEMS = st.recursive(
    st.builds(Problem, KEYS, st.dictionaries(KEYS, VALUES)),
    lambda inner: st.builds(Problem, KEYS, st.dictionaries(KEYS, VALUES | inner)),
    max_leaves=5,
)


@given(PROBLEMS)
def test_a_problem_is_read_back_as_it_was_stored(problem):
    assert Problem.from_text(problem.to_text()) == problem


@given(st.text() | PROBLEMS.map(Problem.to_text))
def test_the_words_of_the_other_side_are_read_back_as_they_were_said(words):
    assert Problem.from_text(stated(words).to_text()) == stated(words)


@pytest.mark.parametrize(
    "text", ["", "Bad Request: chat not found", "{}", '{"problem":1}', '{"problem":"a"}', "[" * 9999]
)
def test_a_text_that_was_never_a_problem_is_shown_as_it_is(text):
    assert Problem.from_text(text) == stated(text)
    assert operators.sentence(Problem.from_text(text)) == text


# Sentences

WORDS = {
    Problem("page-too-long", {"megabytes": 5}): "the page is longer than 5 MB",
    Problem("page-wall", {"kind": "robots"}): "the page shows no article, only a test for robots",
    Problem("feed-cut", {"most": 2000, "items": 2001}): "only the newest 2,000 of 2,001 items are read",
    Problem("feed-unsafe", {"problem": Problem("entities-grow")}): "the feed cannot be read: "
    "it declares entities that grow when they are put in",
    Problem("unreadable", {"cause": ""}): "cannot be read",
    Problem("unreadable", {"cause": "no such file or directory"}): "no such file or directory",
    Problem("only-notice", {"notice": "cookies"}): "the text is only a question about cookies",
    Problem("answer-too-slow", {"host": "example.org", "seconds": 20.0}): "example.org did not answer within 20 s",
    Problem("in-database", {"word": "FROM", "problem": Problem("database-unnamed")}): "FROM names no database; "
    "use for example postgresql://user:password@host/briefings",
    Problem("in-database", {"word": "TO", "problem": Problem("database-empty")}): "TO: "
    "there is no newsroom in this database",
    Problem("topic-unknown-field", {"file": "a.toml", "field": "a\nb"}): "a.toml: unknown key 'a\\nb'",
    Problem("nothing-kept", {"word": "relso", "nearest": "relos, s400"}): "nothing is kept on “relso”; "
    "the nearest topics: relos, s400",
    Problem("unknown-zone", {"text": "Mars"}): "no zone is called “Mars”; "
    "use a city or an IANA name such as Europe/Moscow",
    Problem("of-another-version", {"more": 1}): "of-another-version (more=1)",
    Problem("page-too-long", {"pages": 5}): "page-too-long (pages=5)",
    Problem("unreadable", {"pages": 5}): "unreadable (pages=5)",
}


@pytest.mark.parametrize(("problem", "words"), WORDS.items(), ids=map(str, WORDS))
def test_a_problem_has_its_operators_sentence(problem, words):
    assert operators.sentence(problem) == words


def test_an_error_is_said_as_its_problem_is():
    assert operators.sentence(StoreTrouble("database-empty")) == "there is no newsroom in this database"


def test_a_reader_reads_of_the_bots_own_commands():
    assert readers.sentence(BadQuery("empty-query")).startswith("Search for what? For example: /search ")
