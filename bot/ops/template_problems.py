"""Operators' sentences about their templates.

`bot/ops/problems.py` fills them in.
"""

from __future__ import annotations

from collections.abc import Mapping

TEMPLATES: Mapping[str, str] = {
    "template-at-line": "{file}, line {line}: {problem}",
    "template-is-link": "it is a link, and links are not followed; put a copy of the file here",
    "template-not-file": "it is no ordinary file",
    "template-too-long": "it is longer than {kilobytes} kB",
    "template-missing": "there is no file {name}",
    "template-name-unknown": "nothing is called {name} here",
    "template-too-deep": "it includes itself, or is nested too deeply",
    "template-too-slow": "to print the sample takes more than {seconds:g} s; is there a loop without an end?",
    "template-too-large": "to print the sample takes more than {megabytes} MB of memory; is there a loop too many?",
    "prints-too-much": "it prints more than {most:,} characters at a time",
    "tag-not-allowed": "<{tag}> is not among the tags a message can carry",
    "tag-closes-nothing": "</{tag}> closes nothing",
    "tag-never-closed": "<{tag}> is never closed",
    "bare-less-than": "a bare < stands in the text",
    "prints-nothing": "it prints nothing",
    "block-too-large": "a block of {units} units and {entities} entities is too large to print",
}
"""Key → the operator's sentence."""
