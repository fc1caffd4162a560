"""An operator's template passes its trial if it prints what can be sent, in every case that the shipped ones know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fakes import COMMANDS

from briefings.editions import render
from briefings.editions.trial import TEMPLATES, Tried, try_template
from briefings.errors import Problem

SHIPPED = {path.name: path.read_text() for path in (Path(render.__file__).parent / "templates").iterdir()}


def tried(name: str, text: str, **parts: str) -> Tried:
    """The trial of a template and the parts that it may include."""
    return try_template(name, {f"{name}.html.j2": text, **parts}, {}, COMMANDS)


def reason(name: str, text: str, **parts: str) -> tuple[int, Problem]:
    """Why a template is refused, and at which line of its file; 0 where no line is named."""
    problem = tried(name, text, **parts).problem
    assert problem
    if problem.key == "within":
        assert problem.arguments["place"] == f"{name}.html.j2"
        return 0, problem.arguments["problem"]
    assert (problem.key, problem.arguments["file"]) == ("template-at-line", f"{name}.html.j2")
    return problem.arguments["line"], problem.arguments["problem"]


def test_every_shipped_template_can_be_replaced() -> None:
    assert {f"{name}.html.j2" for name in TEMPLATES} == SHIPPED.keys()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_copy_of_a_shipped_template_passes(name: str) -> None:
    file = f"{name}.html.j2"
    assert try_template(name, SHIPPED, {}, COMMANDS) == Tried({file: SHIPPED[file]})


BRANCHES = [
    (name, branch.end())
    for name in TEMPLATES
    for branch in re.finditer(r"{% (?:if|elif|else|for)\b.*?%}", SHIPPED[f"{name}.html.j2"])
]


@pytest.mark.parametrize(("name", "at"), BRANCHES, ids=[f"{name}-{at}" for name, at in BRANCHES])
def test_a_fault_in_any_branch_of_a_shipped_template_is_found(name: str, at: int) -> None:
    """The fault shows only when it is printed, so the material must lead into the branch."""
    text = SHIPPED[f"{name}.html.j2"]
    line, problem = reason(name, text[:at] + "{{ 1 / (now - now).seconds }}" + text[at:])
    assert (line, problem.arguments) == (text.count("\n", 0, at) + 1, {"text": "division by zero"})


RARE = "{{ item.lead }}\n{% if item.count == 12345 %}\n%s\n{% endif %}"


@pytest.mark.parametrize(
    ("text", "key", "named"),
    [
        pytest.param("{{ nobody }}", "template-name-unknown", "nobody", id="name"),
        pytest.param("{{ item.nobody }}", "template-name-unknown", "item.nobody", id="attribute"),
        pytest.param("{{ draft.top[0].nobody }}", "template-name-unknown", "nobody", id="attribute-of-an-item"),
        pytest.param("{{ draft.lead }}", "template-name-unknown", "draft.lead", id="attribute-of-another"),
        pytest.param("{{ commands.nobody }}", "template-name-unknown", "commands.nobody", id="attribute-of-commands"),
        pytest.param("{{ shown }}", "template-name-unknown", "shown", id="name-of-another-template"),
        pytest.param("{{ item.lead|nobody }}", "template-name-unknown", "nobody", id="filter"),
        pytest.param("{{ item.lead is nobody }}", "template-name-unknown", "nobody", id="test"),
        pytest.param("{% include 'nobody' %}", "template-missing", "nobody", id="include"),
        pytest.param("{% include ['nobody', 'nothing'] %}", "template-missing", "nobody", id="includes"),
        pytest.param("{% import 'nobody' as them %}", "template-missing", "nobody", id="import"),
        pytest.param("{% include '../story.html.j2' %}", "template-missing", "../story.html.j2", id="outside"),
        pytest.param("{% include '/etc/passwd' %}", "template-missing", "/etc/passwd", id="absolute"),
        pytest.param("<h1>x</h1>", "tag-not-allowed", "h1", id="tag"),
        pytest.param("</p>", "tag-not-allowed", "p", id="end-of-a-tag"),
        pytest.param("<B>x</B>", "tag-not-allowed", "B", id="tag-in-capitals"),
    ],
)
def test_a_fault_in_a_branch_that_no_news_takes_is_found(text: str, key: str, named: str) -> None:
    line, problem = reason("story", RARE.replace("%s", text))
    assert (line, problem.key, [*problem.arguments.values()]) == (3, key, [named])


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        pytest.param("{{ item.lead }}\n{% if %}", 2, "stated", id="syntax"),
        pytest.param("\n{{ item|nobody }}", 2, "template-name-unknown", id="filter"),
        pytest.param("{% block x %}{% endblock %}\n{% block x %}{% endblock %}", 2, "stated", id="block-twice"),
        pytest.param("{{ item.lead }}\n{% if 1 %}", 2, "stated", id="never-ended"),
        pytest.param("{{ item.lead }}\n\n{{ 1 / 0 }}", 3, "stated", id="division"),
        pytest.param("{{ item.lead }}\n{{ item.when.year + 1 }}", 2, "stated", id="undated-story"),
        pytest.param("{{ item.lead }}\n{{ ''.__class__ }}", 2, "template-name-unknown", id="forbidden"),
        pytest.param("{{ item.lead }}\n{{ item['nobody'] }}", 2, "stated", id="key"),
        pytest.param("{% for n in range(10 ** 9) %}x{% endfor %}", 1, "stated", id="long-range"),
        pytest.param("x\n{% include 'story.html.j2' %}", 2, "template-too-deep", id="includes-itself"),
        pytest.param("{% extends 'story.html.j2' %}", 1, "template-too-deep", id="extends-itself"),
        pytest.param("{{ " + "(" * 5000 + ")" * 5000 + " }}", 0, "template-too-deep", id="nested-too-deeply"),
        pytest.param("<b>{{ item.lead }}", 0, "tag-never-closed", id="never-closed"),
        pytest.param("{{ item.lead }}</b>", 0, "tag-closes-nothing", id="never-opened"),
        pytest.param("<b><i>{{ item.lead }}</b></i>", 0, "tag-closes-nothing", id="crossed"),
        pytest.param("{{ '<p>'|safe }}", 0, "tag-not-allowed", id="tag-by-a-value"),
        pytest.param("1 < 2", 0, "bare-less-than", id="bare-sign"),
        pytest.param("{# nothing #}", 0, "prints-nothing", id="nothing"),
        pytest.param("{{ item.lead * 800 }}", 0, "block-too-large", id="too-large"),
        pytest.param("{{ item.lead * 9000 }}", 0, "prints-too-much", id="much-too-large"),
        pytest.param("<b>x</b> " * 101, 0, "block-too-large", id="too-many-entities"),
    ],
)
def test_a_template_that_cannot_print_a_message_is_refused(text: str, line: int, key: str) -> None:
    where, problem = reason("story", text)
    assert (where, problem.key) == (line, key)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{% if extra is defined %}{{ extra }}{% endif %}{{ item.lead }}", id="name-that-is-tested"),
        pytest.param("{{ item.lead }}{{ item.subtitle|default('') }}", id="attribute-with-a-default"),
        pytest.param("{% include 'nobody' ignore missing %}{{ item.lead }}", id="include-that-may-be-missing"),
        pytest.param("{% include ['nobody', 'part'] %}", id="the-first-that-exists"),
        pytest.param("{% include 'pa' ~ 'rt' %}", id="name-put-together"),
        pytest.param(
            "{% set ns = namespace(n=0) %}{% set ns.m = 1 %}{{ ns.n }}{{ ns.m }}{{ item.lead }}", id="namespace"
        ),
        pytest.param("{% macro bold(x) %}<b>{{ x }}</b>{% endmacro %}{{ bold(item.lead) }}", id="macro"),
        pytest.param("{% import 'macros' as m %}{{ m.bold(item.lead) }}", id="import"),
        pytest.param("{% from 'macros' import bold as b %}{{ b(item.lead) }}", id="import-of-a-macro"),
        pytest.param("{% extends 'frame' %}{% block body %}{{ super() }}{{ item.lead }}{% endblock %}", id="extends"),
        pytest.param("{% set lead = item.lead %}{% include 'lead' %}", id="variable-of-the-including-file"),
        pytest.param(
            "{% for x in item.outlets %}{{ loop.index }} {{ x.upper() }}{% endfor %}{{ item.lead }}", id="loop"
        ),
        pytest.param("{% set d = {'key': item.lead} %}{{ d.key }}", id="dictionary"),
        pytest.param(
            "{{ item.lead }} {{ '{:%H}'.format(now) }} {{ now.year }} {{ draft.total if draft }}", id="values"
        ),
        pytest.param("{{ item.lead }} {{ item.why.mood }} {{ zone }} {{ commands.today }}", id="more-values"),
        pytest.param("{{ [item.lead]|join|upper }} {{ range(3)|list|length }}", id="filters"),
        pytest.param("{% raw %}{{ nobody }}{% endraw %} 1 &lt; 2", id="raw"),
    ],
)
def test_an_unusual_template_passes(text: str) -> None:
    macros = "{% macro bold(x) %}<b>{{ x }}</b>{% endmacro %}"
    frame = "<i>frame</i> {% block body %}x{% endblock %}"
    parts = {"part": "{{ item.lead }}", "macros": macros, "frame": frame, "lead": "{{ lead }}"}
    assert tried("story", text, **parts).problem is None


def test_a_fault_in_an_included_file_is_named_by_that_file() -> None:
    result = tried("story", "{% include 'part' %}", part="\n{{ item.nobody }}")
    assert result.problem == Problem(
        "template-at-line",
        {"file": "part", "line": 2, "problem": Problem("template-name-unknown", {"name": "item.nobody"})},
    )
    assert result.files.keys() == {"story.html.j2", "part"}


def test_a_fault_at_printing_in_an_included_file_is_named_by_that_file() -> None:
    problem = tried("story", "{% include 'part' %}", part="\n\n{{ 1 / 0 }}").problem
    assert (problem.arguments["file"], problem.arguments["line"]) == ("part", 3)


@pytest.mark.parametrize("name", ["part", "parts"])
@pytest.mark.parametrize("tag", ["{% include 'parts/part' %}", "{% include 'parts/part' ignore missing %}"])
def test_a_file_that_must_not_be_read_is_named_where_it_is_needed(name: str, tag: str) -> None:
    refused = {"parts/part" if name == "part" else "parts": Problem("template-is-link")}
    result = try_template("story", {"story.html.j2": tag}, refused, COMMANDS)
    assert result.problem
    assert "template-is-link" in str(result.problem)
    assert next(iter(refused)) in str(result.problem)
    assert try_template("story", {"story.html.j2": "{{ item.lead }}"}, refused, COMMANDS).problem is None


def test_only_the_template_that_is_tried_is_printed_from_the_folder() -> None:
    files = {"story.html.j2": "{{ item.lead }}", "end.html.j2": "{{ 1 / 0 }}"}
    assert try_template("story", files, {}, COMMANDS) == Tried({"story.html.j2": "{{ item.lead }}"})
