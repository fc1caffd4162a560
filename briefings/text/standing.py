"""stub"""

from __future__ import annotations


def stands_alone(sentence: str, language: str = "en") -> bool:
    return not sentence.endswith(("…", "...", ":", "]")) and sentence.count("“") == sentence.count("”")
