"""The language of templates: Jinja2 in its sandbox, our filters, and a check of a template that is not printed.

Templates see values only, escape everything, and treat an undefined name as an error. Dates, hours and counts come
from `locales/`. Reads the shipped templates; an operator's are handed in as texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from time import struct_time
from typing import Any

from jinja2 import BaseLoader, FunctionLoader, PackageLoader, StrictUndefined, TemplateSyntaxError, meta, nodes
from jinja2.exceptions import TemplateNotFound
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import Cycler, Joiner, pass_context
from markupsafe import Markup

from briefings.editions.locales import Locale
from briefings.editions.model import CommandNames, Draft, Item, Mood, Reason
from briefings.editions.timetable import local
from briefings.errors import LONGEST_CAUSE, BadTemplate, BriefingsError, Problem, stated
from briefings.model import Article, Dispute, Slot, Story, Topic
from briefings.text.genre import is_opinion
from briefings.text.sentences import join
from briefings.topics.dossier import Dossier
from briefings.topics.timeline import TimelineEvent

ENDING = ".html.j2"
"""The end of a template's file name."""

TAGS = frozenset({"b", "i", "u", "s", "a", "code", "pre", "blockquote", "tg-time"})

INSTANT = re.compile(r"""\s+unix="[1-9]\d{0,9}"\s+format="(?:r|w?[dD]?[tT]?)\"""")
"""The attributes of `tg-time`: the Unix time, and how a reader's program writes it instead of the text between the tags
(r relative, w weekday, d or D date, t or T hour); with an empty format it leaves the text."""

_INSTANT_FORMATS = {"hour": "t", "moment": "wdt", "day": "d", "date": "d", "weekday": "wd"}
"""Filter → the format that says as much."""

QUOTED = 60
"""Characters of a template's name, tag or word that an error repeats."""

Load = Callable[[str], str | None]
"""Returns the text of an operator's file; None if there is none. Raises BadTemplate for one that must not be read."""

Render = Callable[[Mapping[str, Any]], str]
"""A template: prints values as text. Raises what Jinja2 raises."""

_OPENED = re.compile(r"</?([A-Za-z][\w-]*)")
_NEWS = (CommandNames, Draft, Item, Reason, Mood, Dossier, TimelineEvent, Article, Story, Topic, Dispute, Slot)
_PYTHON = (str, int, float, tuple, list, dict, frozenset, datetime, date, time, timedelta, struct_time)
_JINJA = (LoopContext, Macro, Cycler, Joiner)
_OTHERS = {"week", "grouper", "list", "striptags", "unescape"}  # of `isocalendar`, of `groupby`, of escaped text
_ATTRIBUTES = _OTHERS | {name for kind in (*_NEWS, *_PYTHON, *_JINJA) for name in dir(kind) if name[0] != "_"}
"""All attributes that a value in a template can have."""


def shipped_templates(commands: CommandNames, words: Locale) -> Callable[[str], Render]:
    """Return a function that gives the shipped template of a name."""
    environment = _environment(PackageLoader("briefings.editions"), commands, words)
    return lambda name: environment.get_template(name + ENDING).render


def operators_template(load: Load, name: str, commands: CommandNames, words: Locale) -> Render:
    """Return an operator's template. Each of its files is read once. Raises what Jinja2 and `load` raise."""

    def source(file: str) -> tuple[str, str, Callable[[], bool]] | None:
        text = load(file)
        return None if text is None else (text, f"<{file}>", lambda: True)

    return _environment(FunctionLoader(source), commands, words).get_template(name + ENDING).render


def check(load: Load, name: str, values: Mapping[str, type], commands: CommandNames, words: Locale) -> None:
    """Check a template and all that it includes, extends or imports by name, in branches that are not taken as well.

    `values` are the names that the template is given, with their types. Raises BadTemplate for an undefined name, an
    attribute that no value has, a filter, test or file that does not exist, and a tag that no message can carry; and
    what Jinja2 and `load` raise.
    """
    environment = _environment(FunctionLoader(load), commands, words)
    trees: dict[str, nodes.Template] = {}
    waiting = [name + ENDING]
    while waiting:
        file = waiting.pop()
        if file not in trees and (text := load(file)) is not None:
            trees[file] = environment.parse(text, file)
            waiting.extend(name for names, _, _ in _references(trees[file]) for name in names)
    own_words = _Words(trees.values())
    for file, tree in trees.items():
        try:
            for line, problem in _faults(environment, tree, values, own_words, load):
                raise _at(file, line, problem)
        except TemplateSyntaxError as error:  # the introspection does not know the file's name
            raise _at(file, error.lineno, _problem_of(error)) from None


def fault_of(error: Exception, name: str) -> BadTemplate:
    """Return the error that says in which file the template `name` failed, why, and at which line if that is known."""
    if isinstance(error, BadTemplate) and error.key in ("template-at-line", "within"):
        return error
    if isinstance(error, TemplateSyntaxError):
        return _at((error.name or name + ENDING).strip("<>"), error.lineno, _problem_of(error))
    file, line = name + ENDING, 0
    trace = error.__traceback__
    while trace is not None:
        if "__jinja_exception__" in trace.tb_frame.f_globals:  # Jinja2 puts a frame for each line of a template there
            file, line = trace.tb_frame.f_code.co_filename.strip("<>"), trace.tb_lineno
        trace = trace.tb_next
    if line:
        return _at(file, line, _problem_of(error))
    return BadTemplate("within", place=file, problem=_problem_of(error))


def _at(file: str, line: int, problem: Problem) -> BadTemplate:
    return BadTemplate("template-at-line", file=file[:QUOTED], line=line, problem=problem)


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, BriefingsError):
        return error.problem
    if isinstance(error, RecursionError):
        return Problem("template-too-deep")
    if isinstance(error, TemplateNotFound):
        return Problem("template-missing", {"name": str(error.name)[:QUOTED]})
    words = error.message if isinstance(error, TemplateSyntaxError) else str(error)
    return stated((" ".join((words or "").split()) or type(error).__name__)[:LONGEST_CAUSE])


class _Words:
    """The names that files of one template define or ask for, so that a check does not call them undefined.

    `assigned` are names of variables, macros and blocks, `keys` names of attributes that a value may have by them, and
    `optional` those that the files test before they use them.
    """

    def __init__(self, trees: Iterable[nodes.Template]) -> None:
        self.assigned: set[str] = set()
        self.keys: set[str] = set()
        self.optional: set[str] = set()
        for tree in trees:
            for node in tree.find_all(nodes.Node):
                self._note(node)

    def _note(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.Name) and node.ctx != "load":
            self.assigned.add(node.name)
        elif isinstance(node, nodes.Import):
            self.assigned.add(node.target)
        elif isinstance(node, nodes.FromImport):
            self.assigned.update(name if isinstance(name, str) else name[1] for name in node.names)
        elif isinstance(node, nodes.Macro | nodes.Block):
            self.assigned.add(node.name)
        elif isinstance(node, nodes.NSRef):
            self.keys.add(node.attr)
        elif isinstance(node, nodes.Keyword):
            self.keys.add(node.key)
        elif isinstance(node, nodes.Const) and isinstance(node.value, str):
            self.keys.add(node.value)
        elif isinstance(node, nodes.Test | nodes.Filter) and node.name in ("defined", "undefined", "default", "d"):
            if isinstance(node.node, nodes.Name):
                self.optional.add(node.node.name)
            elif isinstance(node.node, nodes.Getattr):
                self.optional.add(node.node.attr)


def _references(tree: nodes.Template) -> Iterator[tuple[list[str], bool, int]]:
    """Yield the files that a template names as (the names to choose from, True if one of them must exist, line)."""
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        named = node.template  # type: ignore[attr-defined] # all four have it
        names = (
            [named.value]
            if isinstance(named, nodes.Const)
            else [item.value for item in getattr(named, "items", ()) if isinstance(item, nodes.Const)]
        )
        names = [name for name in names if isinstance(name, str)]
        if names:
            yield names, not getattr(node, "ignore_missing", False), node.lineno


def _faults(
    environment: SandboxedEnvironment, tree: nodes.Template, values: Mapping[str, type], words: _Words, load: Load
) -> Iterator[tuple[int, Problem]]:
    """Yield each fault with its line."""
    for names, must_exist, line in _references(tree):
        if must_exist and all(load(name) is None for name in names):
            yield line, Problem("template-missing", {"name": names[0][:QUOTED]})
    for used in tree.find_all(nodes.Filter):
        if used.name not in environment.filters and used.name not in words.optional:
            yield used.lineno, _unknown(used.name)
    for test in tree.find_all(nodes.Test):
        if test.name not in environment.tests and test.name not in words.optional:
            yield test.lineno, _unknown(test.name)
    named = {*values, *environment.globals, *words.assigned, *words.optional}
    undefined = meta.find_undeclared_variables(tree) - named
    attributes = {*_ATTRIBUTES, *words.assigned, *words.keys, *words.optional}
    for name in tree.find_all(nodes.Name):
        if name.name in undefined:
            yield name.lineno, _unknown(name.name)
    for read in tree.find_all(nodes.Getattr):
        owner = read.node.name if isinstance(read.node, nodes.Name) else ""
        kind = values.get(owner) if owner not in words.assigned else None
        if read.attr not in words.optional and read.attr not in (dir(kind) if kind else attributes):
            yield read.lineno, _unknown(f"{owner}.{read.attr}" if owner else read.attr)
    for text in tree.find_all(nodes.TemplateData):
        for tag in _OPENED.finditer(text.data):
            if tag[1] not in TAGS:
                line = text.lineno + text.data.count("\n", 0, tag.start())
                yield line, Problem("tag-not-allowed", {"tag": tag[1][:QUOTED]})


def _unknown(name: str) -> Problem:
    return Problem("template-name-unknown", {"name": name[:QUOTED]})


def _environment(loader: BaseLoader, commands: CommandNames, words: Locale) -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(_filters(words))
    environment.filters["command"] = lambda topic: f"{commands.topic_prefix}{topic}"
    environment.globals["commands"] = commands
    environment.tests["opinion"] = is_opinion
    environment.globals["summary_supplied"] = words.summary_supplied
    environment.globals["opinion_mark"] = words.opinion
    return environment


def _filters(words: Locale) -> dict[str, Callable[..., str]]:
    """Return the filters that write dates, hours and counts; an instant is shown by the clocks of the reader's zone."""

    def dated(write: Callable[[datetime], str]) -> Callable[[Context, datetime], str]:
        return pass_context(lambda context, when: write(_local(context, when)))

    @pass_context
    def day(context: Context, when: datetime) -> str:
        """3 Dec; with the year when it is another than now."""
        then, now = _local(context, when), _local(context, context["now"])
        return words.day(then) if then.year == now.year else words.date(then)

    @pass_context
    def moment(context: Context, when: datetime) -> str:
        """Wed 3 Dec 07:30; with the year when it is another than now."""
        return words.moment(_local(context, when), _local(context, context["now"]).year)

    @pass_context
    def since(context: Context, when: datetime) -> str:
        """07:30 for today, else Wed 3 Dec 07:30."""
        return written[_form_since(context, when)](context, when)

    @pass_context
    def instant(context: Context, when: datetime, form: str = "since") -> Markup:
        """The text that the filter `form` writes, for which a reader's program shows the time by its own clock."""
        form = _form_since(context, when) if form == "since" else form
        unix, shown = int(when.timestamp()), _INSTANT_FORMATS[form]
        return Markup('<tg-time unix="{}" format="{}">{}</tg-time>').format(unix, shown, written[form](context, when))

    written: dict[str, Callable[..., str]] = {
        "day": day,
        "date": dated(words.date),
        "weekday": dated(words.weekday),
        "hour": dated(words.hour),
        "moment": moment,
    }
    others: dict[str, Callable[..., str]] = {
        "since": since,
        "instant": instant,
        "counted": words.counted,
        "dispute": words.dispute,
    }
    return {**written, **others, "visible": _visible, "sentences": join}


def _form_since(context: Context, when: datetime) -> str:
    is_today = _local(context, when).date() == _local(context, context["now"]).date()
    return "hour" if is_today else "moment"


def _visible(item: Item, mark: str = "") -> str:
    """Return the visible sentences of an item, with `mark` before the one that holds what is new."""
    return join([mark + fact if place == item.news else fact for place, fact in enumerate(item.facts)])


def _local(context: Context, when: datetime) -> datetime:
    if (instants := context.get("instants")) is not None:
        instants[when] = None
    return local(when, context["zone"])
