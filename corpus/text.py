"""Chinese text: characters to match by, sentences, bigrams and words.

Everything here works on code points of the text it is given, so offsets hold for the file itself.
"""

import functools
import logging
import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import jieba
import opencc

from corpus.types import Span

if TYPE_CHECKING:
    import jieba.posseg

HAN = "〇々\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
"""The ideographs, as the inside of a regular expression's character class."""

_QUOTES = {**dict.fromkeys("“”„‟〝〞〟「」『』", '"'), **dict.fromkeys("‘’‚‛`´", "'")}
_DASHES_AND_DOTS = {
    **dict.fromkeys("‐‑‒–—―−－", "-"),
    **dict.fromkeys("～〜∼", "~"),
    **dict.fromkeys("•‧・･∙⋅", "·"),  # between the parts of a foreign name
    "∶": ":",
    "｡": "。",
}
_FOLDED = {**_QUOTES, **_DASHES_AND_DOTS}
_IS_HAN = re.compile(f"[{HAN}]")


class _CharacterTable(dict[int, str]):
    """Code point to the one character it is matched by, worked out when first met."""

    def __init__(self) -> None:
        super().__init__()
        self._simplified = opencc.OpenCC("t2s").convert

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = self._fold(character)
        # once folded it may fold further, as ﹁ does to 「 and then to "
        self[code] = folded if folded == character else self[ord(folded)]
        return self[code]

    def _fold(self, character: str) -> str:
        folded = _one_or_same(_half_width(character).lower(), character)
        if _IS_HAN.match(folded):
            return _one_or_same(self._simplified(folded), folded)
        return folded


def _half_width(character: str) -> str:
    """Fold width, quotes, dashes and compatibility forms; ① and ² stay, they are not digits."""
    if character in _FOLDED or unicodedata.category(character) == "No":
        return _FOLDED.get(character, character)
    return _one_or_same(unicodedata.normalize("NFKC", character), character)


def _one_or_same(folded: str, character: str) -> str:
    return folded if len(folded) == 1 else character


@functools.cache
def _character_table() -> _CharacterTable:
    return _CharacterTable()


def normalize(text: str) -> str:
    """Return `text` as it is matched, never as it is shown; character by character, same length.

    Full width becomes half width, quotes and dashes become one kind, capitals become lower case and
    traditional characters simplified ones (OpenCC's t2s), each only where one character gives one.
    """
    return text.translate(_character_table())


_BRACKET = re.compile(r"[（()）《》〈〉【】［[\]］〔〕]")
_MATES = dict(zip(")》〉】]〕", "(《〈【[〔", strict=True))  # once normalised, （ has the mate )

_END_MARKS = "。！？；…｡!?;"
_END = re.compile(rf"[{_END_MARKS}]+|\.")
_CLOSING = "”’」』）)》〉】］]〕"
_CLOSING_QUOTES = "”’」』\"'"
_RUNS_ON = ("，", "、", "：", ",", ":")
_ABBREVIATIONS = re.compile(r"(?i:mr|mrs|ms|dr|prof|st|no|vs|inc|ltd|co|corp|fig|vol|jr|sr|al)")
_BEFORE_FULL_STOP = re.compile(rf"(?:[{HAN}%）)\]”\"》]|(?<![A-Za-z.])([A-Za-z]{{2,}}))\Z")
_AFTER_FULL_STOP = re.compile(rf"[”\"'’）)]*(?:\s+[A-Z{HAN}0-9“\"（(《]|\s*\Z)")
_LONGEST_WORD = 32  # letters looked at before a full stop
_SHORTEST_SENTENCE = 4  # characters before a full stop; fewer are a list mark such as 十二.
_SPACE = re.compile(r"\s*")


def lines(text: str) -> list[Span]:
    """Return the lines of `text`, line ends included, in order; they join back to `text`."""
    spans, start = [], 0
    for line in text.splitlines(keepends=True):
        spans.append(Span(start, start + len(line)))
        start += len(line)
    return spans


def trimmed(text: str, span: Span) -> Span:
    """Return `span` without the white space around it; empty, at its start, where all is blank."""
    part = text[span.start : span.end].rstrip()
    return Span(span.start + len(part) - len(part.lstrip()), span.start + len(part))


def sentences(text: str) -> list[Span]:
    """Return the sentences of `text` in order; joined they give `text` back.

    A sentence ends at 。！？；… (or ! ? ;), at the full stop of an English sentence or of a Chinese
    one typed with ASCII points, and at each line end; never inside brackets or book-title marks
    that close on the same line. Closing quotes and brackets, and white space after an end, belong
    to the sentence before it. "" has none; only a text that is all blank has a blank one.
    """
    starts = [0] if text else []
    for line in lines(text):
        for end in _sentence_ends(text, line):
            following = _after_space(text, end)
            if following < len(text) and text[starts[-1] : following].strip():
                starts.append(following)
    return [Span(*bounds) for bounds in pairwise([*starts, len(text)])]


def _sentence_ends(text: str, line: Span) -> Iterator[int]:
    """Yield where the sentences of one line end, before the white space that follows them."""
    brackets = iter([*_brackets(text, line), Span(line.end, line.end)])
    bracket = next(brackets)
    quotes = _closing_quotes(text, line)
    start = line.start
    for mark in _END.finditer(text, line.start, line.end):
        if mark.start() < start or not _is_end(text, line, mark):
            continue
        while bracket.end <= mark.start():
            bracket = next(brackets)
        end = _with_closing(text, mark.end(), line.end, quotes)
        if bracket.start < mark.start():
            opens_sentence = not text[start : bracket.start].strip()
            if not (opens_sentence and bracket.end <= end):
                continue
        if not _runs_on(text, mark, end):
            yield end
            start = end
    yield line.end


def _brackets(text: str, line: Span) -> list[Span]:
    """Return the outermost pairs of brackets that open and close within the line."""
    opened: dict[str, list[int]] = {left: [] for left in _MATES.values()}
    pairs: list[Span] = []
    for match in _BRACKET.finditer(text, line.start, line.end):
        bracket = normalize(match[0])
        if bracket in opened:
            opened[bracket].append(match.start())
        elif opened[_MATES[bracket]]:
            pair = Span(opened[_MATES[bracket]].pop(), match.end())
            while pairs and pairs[-1].start > pair.start:
                pairs.pop()
            pairs.append(pair)
    return pairs


def _is_end(text: str, line: Span, mark: re.Match[str]) -> bool:
    """Tell an end mark from a point in a number or a ? inside an address or a broken name."""
    if mark[0] == ".":
        return _is_full_stop(text, line, mark.start())
    if not mark[0].isascii():
        return True
    before = text[max(line.start, mark.start() - 1) : mark.start()]
    after = text[mark.end() : min(line.end, mark.end() + 1)]
    joined = before.isspace() or (before.isascii() and before.isalpha())
    return not (joined and after.isascii() and after.isalnum())


def _is_full_stop(text: str, line: Span, point: int) -> bool:
    """Tell the end of a sentence from decimals, list marks, initials and abbreviations."""
    if len(text[max(line.start, point - _LONGEST_WORD) : point].strip()) < _SHORTEST_SENTENCE:
        return False
    before = _BEFORE_FULL_STOP.search(text, max(line.start, point - _LONGEST_WORD), point)
    if before is None or (before[1] and _ABBREVIATIONS.fullmatch(before[1])):
        return False
    return _AFTER_FULL_STOP.match(text, point + 1, line.end) is not None


def _closing_quotes(text: str, line: Span) -> set[int]:
    """Return where the line's " and ' close: every second one of each."""
    return {
        place
        for quote in "\"'"
        for place in [i for i in range(line.start, line.end) if text[i] == quote][1::2]
    }


def _with_closing(text: str, end: int, limit: int, quotes: Container[int]) -> int:
    """Return `end` moved past closing quotes, brackets and further end marks."""
    while end < limit and (text[end] in _CLOSING or end in quotes or text[end] in _END_MARKS):
        end += 1
    return end


def _runs_on(text: str, mark: re.Match[str], end: int) -> bool:
    """Whether the sentence goes on: “好！”，他说 and “停车难！”等问题, but not “……。”下一句."""
    if text.startswith(_RUNS_ON, end):
        return True
    quoted = end > mark.end() and text[end - 1] in _CLOSING_QUOTES and "。" not in mark[0]
    return quoted and text[end : end + 1].isalnum()


def _after_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


_TOKEN = re.compile(rf"[{HAN}]+|(?:(?![{HAN}_])\w)+(?:[.,](?:(?![{HAN}_])\w)+)*%?")


def bigrams(text: str) -> list[str]:
    """Return the bigrams of the normalised text's Han runs and its other runs as they are.

    A Han character that stands alone gives itself; a run of letters and digits is one token, with
    the points and commas inside it and a % after it.
    """
    tokens: list[str] = []
    for match in _TOKEN.finditer(normalize(text)):
        run = match[0]
        if len(run) == 1 or not _IS_HAN.match(run):
            tokens.append(run)
        else:
            tokens.extend(run[i : i + 2] for i in range(len(run) - 1))
    return tokens


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands in the text it was cut from, at `[start:end]` of that text.

    `tag` is its part of speech as jieba.posseg names it: n, v, m, nr, ns, x for punctuation, ...
    """

    text: str
    tag: str
    start: int
    end: int


_WORD = re.compile(r"[^\W_]")
_QUANTITY = re.compile(rf"\d+(?:[.,]\d+)*[{HAN}]")


class Segmenter:
    """Cuts Chinese into words with a dictionary of its own; safe to use from several threads."""

    def __init__(self, tokenizer: jieba.Tokenizer, tagger: "jieba.posseg.POSTokenizer") -> None:
        self._tokenizer = tokenizer
        self._tagger = tagger

    @classmethod
    def load(cls) -> "Segmenter":
        """Read jieba's dictionary; takes about two seconds, so do it once, at the start.

        The dictionary is read as text: jieba's own cache in the shared temporary folder is not
        used, since anybody could have put it there.
        """
        import jieba.posseg  # not above: it reads the dictionary as it is imported

        jieba.setLogLevel(logging.WARNING)
        tokenizer = jieba.Tokenizer()
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
        tokenizer.initialized = True
        return cls(tokenizer, jieba.posseg.POSTokenizer(tokenizer))

    def words(self, text: str) -> list[str]:
        """Return the normalised words of `text` for word search, punctuation left out.

        Long words come with the shorter words inside them (jieba's search mode), and a number
        comes alone and once more with the character after it: 2025年 gives 2025, 年, 2025年.
        """
        normalized = normalize(text)
        words = [w for w in self._tokenizer.cut_for_search(normalized) if _WORD.search(w)]
        return words + _QUANTITY.findall(normalized)

    def tagged(self, text: str) -> list[Word]:
        """Return all words of `text` in order, punctuation and white space included."""
        words, start = [], 0
        for word, tag in self._tagger.cut(normalize(text)):
            end = start + len(word)
            words.append(Word(text[start:end], tag, start, end))
            start = end
        return words
