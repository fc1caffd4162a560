"""The rules of the house, held by a machine. They read the source with `ast`; nothing of ours is imported.

Folders stand in one order (`FOLDERS`): a module imports from its own folder or from those below it, never from those
above, and never in a circle. The tables below say which imports and file names are allowed, and which reasons must
stand beside an exception to a rule. A new module in a folder needs no entry here.
"""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in ("briefings", "bot")
    for path in sorted((ROOT / package).rglob("*.py"))
}

FOLDERS = (
    "briefings.__main__ bot.__main__ "
    "bot.cli bot.app bot.receiver bot.ops bot.updates bot.conversation bot.telegram bot.simulator "
    "bot.roles bot.settings bot.errors "
    "briefings.newsroom briefings.scheduler briefings.passes briefings.store briefings.adapters briefings.starter "
    "briefings.settings briefings.editions briefings.topics briefings.stories briefings.sources briefings.parse "
    "briefings.text briefings.clock briefings.model briefings.errors"
).split()
"""Highest first. `briefings.__main__` starts the whole program, so it alone of its package is above the face."""

PURE = tuple(f"briefings.{name}" for name in "editions topics stories sources parse text model errors settings".split())
"""Rules: they touch nothing and ask no clock."""

READS_FILES = ("briefings.settings",)
"""Rules that look at files of ours, once, when they are built; no others do."""

DOOR = (
    "briefings.newsroom", "briefings.scheduler", "briefings.clock", "briefings.model", "briefings.editions.model",
    "briefings.errors", "briefings.settings", "briefings.passes.messenger", "briefings.passes.rate_limit",
)  # fmt: skip
"""All that the face may import of the newsroom: the door, the clock, the nouns, errors, settings, and the ports that
it fulfils."""

ONLY_IN = {
    "sqlalchemy": ("briefings.store",),
    "alembic": ("briefings.store",),
    "aiosqlite": ("briefings.store",),
    "asyncpg": ("briefings.store",),
    "sqlite3": ("briefings.store",),
    "telegram": ("bot",),
    "jinja2": ("briefings.editions.environment",),
    "apscheduler": ("briefings.scheduler",),
    "aiohttp": ("briefings.adapters", "bot.ops", "bot.updates", "bot.telegram", "bot.simulator"),
    "aiohttp_socks": ("briefings.adapters.socks",),
    "click": ("bot.cli",),
    "rich": ("bot.cli",),
    "prometheus_client": ("bot.ops", "bot.app"),
    "httpx": (),
    "requests": (),
}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "misc", "core", "manager", "base"}
MOST_LINES, MOST_FUNCTION_LINES = 350, 45


@cache
def tree(module):
    return ast.parse(FILES[module].read_text())


@cache
def imports(module):
    """Every module this one imports, at any depth of its code, as its full name."""
    names = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{module}: imports are absolute"
            modules = {f"{node.module}.{alias.name}" for alias in node.names} & FILES.keys()
            names |= modules
            if any(f"{node.module}.{alias.name}" not in FILES for alias in node.names):
                names.add(node.module)
    return frozenset(names)


def within(module, *packages):
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def height(module):
    """The place of the module's folder in `FOLDERS`; None for the packages themselves."""
    return next((place for place, folder in enumerate(FOLDERS) if within(module, folder)), None)


def comments(module):
    """Line number → comment."""
    tokens = tokenize.generate_tokens(io.StringIO(FILES[module].read_text()).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


# Folders


def test_every_module_is_in_a_folder_of_the_house():
    assert [module for module in FILES if height(module) is None] == ["briefings", "bot"]


def test_imports_lead_down():
    upward = [
        f"{module} imports {name}"
        for module in FILES
        for name in sorted(imports(module))
        if name in FILES and height(name) is not None and height(module) is not None
        if height(name) < height(module)
    ]
    assert upward == []


def test_there_are_no_circles():
    waiting = {module: {name for name in imports(module) if name in FILES and name != module} for module in FILES}
    for module in waiting:  # `from package import module` names the package too, whose __init__ may name the module
        waiting[module] = {name for name in waiting[module] if not module.startswith(f"{name}.")}
    while free := [module for module, needs in waiting.items() if not needs]:
        for module in free:
            del waiting[module]
        for needs in waiting.values():
            needs -= set(free)
    assert waiting == {}


def test_the_face_goes_through_the_door():
    past_it = [
        f"{module} imports {name}"
        for module in FILES
        if within(module, "bot")
        for name in sorted(imports(module))
        if within(name, "briefings") and not within(name, *DOOR)
    ]
    assert past_it == []


# Walls


@pytest.mark.parametrize(("library", "places"), ONLY_IN.items(), ids=ONLY_IN)
def test_a_library_is_known_in_its_own_place_only(library, places):
    strangers = [
        module
        for module in FILES
        if any(within(name, library) for name in imports(module)) and not within(module, *places)
    ]
    assert strangers == []


FACE_WORDS = re.compile(
    r"\btelegram|\bchats?\b(?!/completions)|\bupdate_id\b|\bcallback_query\b"
    r"|(?<![\w/.<{}>])/(?:start|today|briefing|more|topics|search|follow|at|zone|stop|help|relos)\b",
    re.IGNORECASE,
)


def test_the_newsroom_has_never_heard_of_its_face():
    named = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in sorted((ROOT / "briefings").rglob("*"))
        if path.suffix in {".py", ".j2"} and "versions" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for match in FACE_WORDS.finditer(line)
    ]
    assert named == []


def test_the_simulator_knows_nothing_of_ours_so_that_it_can_contradict_us():
    ours = {
        f"{module} imports {name}"
        for module in FILES
        if within(module, "bot.simulator")
        for name in imports(module)
        if within(name, "briefings", "bot", "telegram") and not within(name, "bot.simulator")
    }
    assert ours == set()


# Purity


@pytest.mark.parametrize("module", [module for module in FILES if within(module, *PURE)])
def test_rules_touch_nothing_and_ask_no_clock(module):
    calls = {ast.unparse(node.func) for node in ast.walk(tree(module)) if isinstance(node, ast.Call)}
    touching = {call for call in calls if re.search(r"^(open|print|input)$|\.(now|utcnow|today|time|monotonic)$", call)}
    if module not in READS_FILES:
        touching |= {call for call in calls if re.search(r"\.((read|write)_(text|bytes)|open)$", call)}
    waiting = [node for node in ast.walk(tree(module)) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    touching -= {"data.joinpath('zones').read_text", "data.joinpath('zoneinfo', 'zone.tab').read_text"}  # zone data
    assert (sorted(touching), waiting) == ([], [])
    assert {name.split(".")[0] for name in imports(module)} & {"asyncio", "random", "socket", "subprocess"} == set()


# Promises


def test_every_module_opens_with_its_promise():
    assert [module for module in FILES if not ast.get_docstring(tree(module)) and ".versions" not in module] == []


PASSES = [f"briefings.passes.{name}" for name in "collect ingest revise enrich backfill publish dispatch".split()]


@pytest.mark.parametrize("module", PASSES)
def test_a_pass_states_its_guarantee_and_what_it_reads_and_writes(module):
    promise = ast.get_docstring(tree(module)) or ""
    assert [word for word in ("Guarantee", "Reads", "Writes") if f"**{word}**" not in promise] == []


def test_public_functions_and_classes_of_the_newsroom_say_what_they_are():
    silent = [
        f"{module}.{node.name}"
        for module in FILES
        if within(module, "briefings") and ".versions." not in module and module != "briefings.errors"
        for node in tree(module).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


# Names, sizes, reasons


def test_no_file_is_called_after_nothing():
    names = {part for path in FILES.values() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert names & FORBIDDEN_NAMES == set()


def test_no_module_has_outgrown_its_promise():
    sizes = {module: len(path.read_text().splitlines()) for module, path in FILES.items()}
    assert {module: lines for module, lines in sizes.items() if lines > MOST_LINES} == {}


def test_no_function_has_outgrown_a_screen():
    sizes = {
        f"{module}.{node.name}": node.end_lineno - node.lineno + 1
        for module in FILES
        if ".versions." not in module  # a migration is a list
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: lines for name, lines in sizes.items() if lines > MOST_FUNCTION_LINES} == {}


REASON = r"(?:#|-|–|,|:)?\s*\S.*[a-z]{3,}"
EXCEPTIONS = {
    "noqa": re.compile(r"# noqa(?!: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*\s+" + REASON + ")"),
    "type-ignore": re.compile(r"# type: ignore(?!\[[a-z-]+(?:, ?[a-z-]+)*\]\s+" + REASON + ")"),
    "no-cover": re.compile(r"# pragma: no cover(?!\s*" + REASON + ")"),
}


@pytest.mark.parametrize("without_reason", EXCEPTIONS.values(), ids=EXCEPTIONS.keys())
def test_every_exception_to_a_rule_has_its_reason_beside_it(without_reason):
    bare = [
        f"{module}:{line} {comment}"
        for module in FILES
        for line, comment in comments(module).items()
        if without_reason.search(comment)
    ]
    assert bare == []


def test_every_broad_except_has_its_reason_beside_it():
    bare = []
    for module in FILES:
        beside = comments(module)
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.ExceptHandler):
                kinds = {"BaseException"} if node.type is None else set(re.findall(r"\w+", ast.unparse(node.type)))
                raises = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
                if kinds & {"Exception", "BaseException"} and not raises and node.lineno not in beside:
                    bare.append(f"{module}:{node.lineno}")
    assert bare == []
