"""Questions that a window seems to answer and does not: a real one, one word of it another."""

import re
from collections.abc import Mapping
from dataclasses import replace
from random import Random

from corpus.text import Segmenter, Word, normalize
from training.folders import Folder
from training.reading_sets import ReadingExample

_NAMES = ("nr", "ns", "nt", "nz")  # jieba's tags of people, places, bodies, other names
_NOUNS = ("n", "vn", "l")
_SHORTEST = 2  # characters
_YEAR = re.compile(r"(?:19|20)\d\d(?=年)")
_SHIFTS = (-3, -2, -1, 1, 2, 3)  # years

Words = Mapping[str, frozenset[str]]
"""Words that may stand for each other, by what `_sort` says of them."""


def words_of(folder: Folder) -> Words:
    """Return the names and nouns of a folder's reports, sorted by what may stand for what."""
    found: dict[str, set[str]] = {}
    for passage in folder.index.passages:
        for word in folder.index.segmenter.tagged(passage.text):
            if sort := _sort(word):
                found.setdefault(sort, set()).add(normalize(word.text))
    return {sort: frozenset(words) for sort, words in found.items()}


def _sort(word: Word) -> str:
    """Names go by their tag, nouns by their last character, the head of the word; "" for others."""
    if len(word.text) < _SHORTEST or not word.text.isalpha():
        return ""
    if word.tag in _NAMES:
        return word.tag
    return f"{word.text[-1]}{len(word.text)}" if word.tag in _NOUNS else ""


def near_miss(
    example: ReadingExample, words: Words, segmenter: Segmenter, random: Random
) -> ReadingExample | None:
    """Return the window under a question that it does not answer; None where none can be made.

    One year or word of the question that the window or its context has becomes one that they do
    not have: a year close by, another name, another noun of the same head.
    """
    asked, told = example.question, f"{example.context}\n{example.text}"
    ways = [
        (word.text, [one for one in sorted(words.get(_sort(word), ())) if one not in told + asked])
        for word in segmenter.tagged(asked)
    ]
    for year in dict.fromkeys(_YEAR.findall(asked)):
        near = [str(int(year) + shift) for shift in _SHIFTS]
        ways.append((year, [other for other in near if other not in told]))
    ways = [(old, others) for old, others in ways if others and old in told]
    if not ways:
        return None
    old, others = random.choice(ways)
    return replace(example, question=asked.replace(old, random.choice(others)), answer=None)
