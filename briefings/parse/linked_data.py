"""Reads what a page states about itself as linked data (JSON-LD), without its lists of other articles. Pure."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

_OTHERS = frozenset(("itemListElement", "hasPart", "mentions", "isRelatedTo", "relatedLink", "citation", "isBasedOn"))


def own_data(tree: Any) -> str:
    """Return the page's linked data as one JSON text, or as it stands where it cannot be read. Never raises."""
    texts = []
    for script in tree.xpath("//script[@type='application/ld+json']"):
        text = script.text_content()
        with suppress(ValueError, RecursionError):
            text = json.dumps(_own(json.loads(text)), ensure_ascii=False)
        texts.append(text)
    return " ".join(texts)


def _own(value: Any) -> Any:
    if isinstance(value, list):
        return [_own(member) for member in value]
    if isinstance(value, dict):
        return {} if "ItemList" in str(value.get("@type")) else {
            name: _own(member) for name, member in value.items() if name not in _OTHERS
        }  # fmt: skip
    return value
