"""Reports of any number of paragraphs, made from texts that are here and varied copies of them."""

import json
import random
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from bench.questions import ROOT
from corpus.loader import load
from corpus.splitter import split

_PER_REPORT = 40  # paragraphs
_PER_SECTION = 8
_VARIED = 12  # characters of which one is another in a varied copy
_HEADINGS = ("一、基本情况", "二、主要工作", "三、完成情况", "四、存在问题", "五、下一步安排")
_SHORTEST = 40  # characters; what is shorter is no paragraph


def paragraphs(texts: Path | None) -> list[str]:
    """Return different paragraphs: of reading sets, or else of the project's own reports."""
    found = _of_reading_sets(texts) if texts else _of_reports()
    texts_found = [text for text in dict.fromkeys(found) if len(text) >= _SHORTEST]
    random.Random(0).shuffle(texts_found)  # reports of any number hold texts of all kinds
    return texts_found


def write_reports(folder: Path, texts: Sequence[str], size: int) -> None:
    """Write reports of `size` paragraphs in all; no two of the paragraphs are the same."""
    folder.mkdir(parents=True)
    bodies = _bodies(texts, random.Random(size))
    for number, start in enumerate(range(0, size, _PER_REPORT), start=1):
        own = list(islice(bodies, min(_PER_REPORT, size - start)))
        (folder / f"report-{number:04d}.txt").write_text(_report(number, own), "utf-8")


def change_reports(folder: Path, count: int) -> None:
    """Change `count` paragraphs, report after report."""
    for path in sorted(folder.iterdir())[: -(-count // _PER_REPORT)]:
        count -= _change(path, min(count, _PER_REPORT), seed=1)


def change_scattered(folder: Path, count: int) -> None:
    """Change `count` paragraphs, one in each report and where there are fewer, more."""
    paths = sorted(folder.iterdir(), reverse=True)
    for number, path in enumerate(paths[:count]):
        _change(path, len(range(number, count, len(paths))), seed=2)


def _change(path: Path, count: int, seed: int) -> int:
    """Vary the first paragraphs of a report; return how many."""
    rows, source = path.read_text("utf-8").splitlines(), random.Random(seed)
    places = [place for place, row in enumerate(rows) if len(row) >= _SHORTEST][:count]
    for place in places:
        rows[place] = _varied(rows[place], source)
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return len(places)


def _bodies(texts: Sequence[str], source: random.Random) -> Iterator[str]:
    """The texts as they are, and then varied copies without end."""
    yield from texts
    while True:
        yield from (_varied(text, source) for text in texts)


def _varied(text: str, source: random.Random) -> str:
    """The text with other digits, and about one in twelve of its characters another of its own."""
    characters = list(re.sub(r"\d", lambda digit: source.choice("123456789"), text))
    letters = [character for character in characters if character.isalpha()]
    for place in range(source.randrange(_VARIED), len(characters), _VARIED):
        if characters[place].isalpha():
            characters[place] = source.choice(letters)
    return "".join(characters)


def _report(number: int, bodies: Sequence[str]) -> str:
    """A report with its title and a heading above every eight paragraphs."""
    rows = [f"第{number}号年度工作报告"]
    for place, body in enumerate(bodies):
        if place % _PER_SECTION == 0:
            rows.append(_HEADINGS[place // _PER_SECTION])
        rows.append(body)
    return "\n".join(rows) + "\n"


def _of_reading_sets(folder: Path) -> Iterator[str]:
    """Contexts of the files in SQuAD's form."""
    for path in sorted(folder.glob("*.json")):
        for article in json.loads(path.read_text("utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                yield " ".join(paragraph["context"].split())


def _of_reports() -> Iterator[str]:
    """Passages of the sample reports and of those that the reader learnt from."""
    for folder in (ROOT / "corpus" / "samples", *sorted(ROOT.glob("training/data/*/reports"))):
        for document in load(folder).documents:
            for passage in split(document):
                yield " ".join(passage.text.split())
