"""The fact check's error rates: true sentences that it refuses, and false ones that it catches.

Measured on the articles of FRANK: human reference sentences, which it should let pass, and the same sentences with one
number or one name replaced by one of another article, which it should refuse. The references of its XSum part are in
small letters (so that only numbers can be judged) and often say more than the article does. Swaps within one article
are shown for honesty: the new number or name is stated somewhere in it, and only a date, a unit or a person's two names
can give the swap away.

`python tests/benchmarks/facts.py`; the folder of the data may be named by BRIEFINGS_BENCHMARK_DATA. Without data there
are no rows.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator

from briefings.text.fact_check import unsupported
from tests.benchmarks.data import DATA as FOLDER

DATA = FOLDER / "summaries.jsonl"
SETS = ("frank-cnndm", "frank-xsum")
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w.,]*\d)")
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][a-z]{3,}|[A-Z]{3,})(?: [A-Z][a-z]{3,})*(?![\w-])")

Row = tuple[str, int, float]


def references(kind: str) -> Iterator[tuple[str, str]]:
    """Yield each sentence of the references, its words joined again, with the article it sums up."""
    for line in DATA.read_text("utf-8").splitlines():
        record = json.loads(line)
        if record["set"] == kind:
            for sentence in re.split(r"(?<= \.) ", record["reference"]):
                yield _joined(sentence), record["text"]


def _joined(text: str) -> str:
    """Return a tokenised sentence as it is printed: "Locke 's", "£ 440 m" and "43-year - old" are joined."""
    text = re.sub(r" (?=(?:'s|n't|'re|'ve|'ll|'d|'m)\b)| (?=[.,;:!?%)])|(?<=[£$€(]) ", "", text)
    text = re.sub(r"(?<=\d) (?=(?:m|bn)\b)", "", text)
    return re.sub(r"(?<=\w) - (?=\w)", "-", text).replace("``", '"').replace("''", '"').strip()


def swapped(kind: re.Pattern[str], pairs: list[tuple[str, str]], *, within: bool) -> Iterator[tuple[str, str]]:
    """Yield each sentence with each number or name replaced in turn: by one of another article, or of its own."""
    chance = random.Random(4)  # noqa: S311 - the same swaps each time
    for at, (sentence, source) in enumerate(pairs):
        others = [source] if within else [pairs[(at + step * 7) % len(pairs)][1] for step in range(1, 9)]
        folded = source.casefold()
        offered = sorted({new for other in others for new in kind.findall(other)})
        if not within:
            offered = [new for new in offered if not re.search(rf"(?<!\w){re.escape(new.casefold())}(?!\w)", folded)]
        for match in kind.finditer(sentence):
            if candidates := [new for new in offered if _differs(new, match[0])]:
                yield sentence[: match.start()] + chance.choice(candidates) + sentence[match.end() :], source


def _differs(new: str, old: str) -> bool:
    return not set(new.casefold().split()) & set(old.casefold().split())


def rows() -> list[Row]:
    """Return label, number of sentences and share refused of each row."""
    if not DATA.exists():
        return []
    table: list[Row] = []
    foreign: list[tuple[str, str]] = []
    for name in SETS:
        pairs = list(references(name))
        table.append((f"{name}: human sentences refused", len(pairs), _refused(pairs)))
        for what, kind in (("number", _NUMBER), ("name", _NAME)):
            for within in (False, True):
                if swaps := list(swapped(kind, pairs, within=within)):
                    where = "of the same article" if within else "of another article"
                    table.append((f"{name}: a {what} {where} caught", len(swaps), _refused(swaps)))
                    foreign += [] if within else swaps
    table.append(("all swaps from other articles caught", len(foreign), _refused(foreign)))
    human = [pair for name in SETS for pair in references(name)]
    table.append(("all human sentences refused", len(human), _refused(human)))
    return table


def _refused(pairs: list[tuple[str, str]]) -> float:
    return sum(bool(unsupported(sentence, source)) for sentence, source in pairs) / len(pairs)


def main() -> None:
    """Print the shares."""
    if not DATA.exists():
        print(f"skipped: no {DATA.name} in the folder that BRIEFINGS_BENCHMARK_DATA names")
    for label, count, share in rows():
        print(f"{label:58} {count:5}  {share:6.1%}")


if __name__ == "__main__":
    main()
