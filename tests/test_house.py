"""The rules of the house, held by a machine. They read the source with `ast`; nothing of ours is imported.

Floors, lowest first: words, rules, shelves, passes, door, the bot. A module imports from its own floor or a lower one,
never in a circle. What may be imported where, what a file may be called, and what must stand beside an exception to a
rule are said in the tables below.
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
SIMULATOR = tuple(name for name in FILES if name.startswith("bot.simulator"))
HANDLERS = tuple(name for name in FILES if name.startswith("bot.handlers"))
PASSES = (
    "briefings.ingest", "briefings.collect", "briefings.enrich", "briefings.backfill_from", "briefings.proofs",
    "briefings.publish", "briefings.dispatch", "briefings.settle",
)  # fmt: skip

FLOORS = {
    "words": ("briefings", "briefings.model", "briefings.printed", "briefings.letter", "briefings.errors"),
    "rules": (
        "briefings.parse", "briefings.identity", "briefings.address", "briefings.substance", "briefings.copies",
        "briefings.sentences", "briefings.boilerplate", "briefings.summary", "briefings.facts", "briefings.numbers",
        "briefings.dates", "briefings.names", "briefings.topics", "briefings.topicfile", "briefings.matching",
        "briefings.acronyms", "briefings.figures", "briefings.weights", "briefings.cluster", "briefings.desk",
        "briefings.stories", "briefings.timetable", "briefings.visits", "briefings.selection", "briefings.compose",
        "briefings.query", "briefings.headline", "briefings.render", "briefings.starter", "briefings.settings",
    ),
    "shelves": ("briefings.store", "briefings.fetch", "briefings.folder", "briefings.llm"),
    "passes": ("briefings.pace", "briefings.revise", "briefings.discover", *PASSES),
    "door": ("briefings.newsroom", "briefings.sources", "briefings.transfer", "briefings.scheduler"),
    "bot": ("bot",),
}  # fmt: skip
ORDER = tuple(FLOORS)
READS_FILES = ("briefings.starter", "briefings.render", "briefings.settings")
"""Rules that look at files of ours, once, when they are built; no others do."""

ONLY_IN = {
    "sqlalchemy": ("briefings.store",),
    "alembic": ("briefings.store",),
    "aiosqlite": ("briefings.store",),
    "asyncpg": ("briefings.store",),
    "sqlite3": ("briefings.store",),
    "telegram": ("bot",),
    "jinja2": ("briefings.render",),
    "apscheduler": ("briefings.scheduler",),
    "aiohttp": ("briefings.fetch", "briefings.llm", "bot"),
    "click": ("bot.cli", "bot.source_verbs", "bot.topic_verbs", "bot.database_verbs", "bot.listings"),
    "rich": ("bot.source_verbs", "bot.database_verbs"),
    "prometheus_client": ("bot.metrics", "bot.app"),
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
    package = module if FILES[module].name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            parts = {f"{origin}.{alias.name}" for alias in node.names} & FILES.keys()
            found |= parts or {origin}
            if any(f"{origin}.{alias.name}" not in FILES for alias in node.names):
                found.add(origin)
    return frozenset(found)


def within(module, *packages):
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def floor(module):
    """The floor whose entry fits the module best."""
    entries = [(entry, name) for name, entries in FLOORS.items() for entry in entries if within(module, entry)]
    exact = [pair for pair in entries if pair[0] != "briefings" or module == "briefings"]
    return max(exact, key=lambda pair: len(pair[0]))[1] if exact else None


def comments(module):
    """Line number → comment."""
    tokens = tokenize.generate_tokens(io.StringIO(FILES[module].read_text()).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


# Floors


def test_every_module_stands_on_a_floor():
    assert [module for module in FILES if floor(module) is None] == []


@pytest.mark.parametrize("module", FILES)
def test_imports_lead_down(module):
    ours = {name for name in imports(module) if within(name, "briefings", "bot") and name in FILES}
    upward = sorted(name for name in ours if ORDER.index(floor(name)) > ORDER.index(floor(module)))
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


# Walls


@pytest.mark.parametrize(("library", "places"), ONLY_IN.items(), ids=ONLY_IN)
def test_a_library_is_known_in_its_own_place_only(library, places):
    strangers = [
        module
        for module in FILES
        if any(within(name, library) for name in imports(module)) and not within(module, *places)
    ]
    assert strangers == []


def test_the_newsroom_has_never_heard_of_its_face():
    spoken = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "briefings").rglob("*"))
        if path.suffix in {".py", ".j2", ".toml", ".jsonl"}
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\btelegram", line, re.IGNORECASE)
    ]
    assert spoken == []


@pytest.mark.parametrize("module", SIMULATOR)
def test_the_simulator_knows_nothing_of_ours_so_that_it_can_contradict_us(module):
    known = {name for name in imports(module) if within(name, "briefings", "bot", "telegram")}
    assert [name for name in sorted(known) if not within(name, "bot.simulator")] == []


@pytest.mark.parametrize("module", HANDLERS)
def test_handlers_use_the_door(module):
    known = {name for name in imports(module) if within(name, "briefings")}
    assert known <= {"briefings.newsroom", "briefings.model", "briefings.errors"}


# Purity


@pytest.mark.parametrize("module", [module for module in FILES if floor(module) in ("words", "rules")])
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


@pytest.mark.parametrize("module", FILES)
def test_every_module_opens_with_its_promise(module):
    source = FILES[module].read_text()
    assert not source.strip() or ast.get_docstring(tree(module))


@pytest.mark.parametrize("module", PASSES)
def test_a_pass_states_its_guarantee_and_what_it_reads_and_writes(module):
    promise = ast.get_docstring(tree(module)) or ""
    assert [word for word in ("Guarantee", "Reads", "Writes") if f"**{word}**" not in promise] == []


def test_public_functions_and_classes_of_the_newsroom_say_what_they_are():
    silent = [
        f"{module}.{node.name}"
        for module in FILES
        if floor(module) not in ("bot", "words") and ".versions." not in module
        for node in tree(module).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


# Names, sizes, reasons


def test_no_file_is_called_after_nothing():
    called = {part for path in FILES.values() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert called & FORBIDDEN_NAMES == set()


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
        said = comments(module)
        for node in ast.walk(tree(module)):
            if isinstance(node, ast.ExceptHandler):
                kinds = {"BaseException"} if node.type is None else set(re.findall(r"\w+", ast.unparse(node.type)))
                raises = any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
                if kinds & {"Exception", "BaseException"} and not raises and node.lineno not in said:
                    bare.append(f"{module}:{node.lineno}")
    assert bare == []
