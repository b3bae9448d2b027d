"""Making a follow-up stand alone, by rules a user can see: `standalone_question` shows the result.

A follow-up leaves out what an earlier question said. What it brings along - a year, an ordinal, a
name - takes the place of its like in the earlier question; anything else is put behind it.
"""

import re
from collections.abc import Iterator, Sequence

from corpus.text import Segmenter, Word, normalize
from corpus.types import Span
from qa.kinds import Kind, kind_of
from qa.types import Turn

_SHORT = 5  # characters of own matter: 2 % of questions that stand alone have no more, 80 % of follow-ups
_SHORT_AFTER_THIS = 8  # the same for questions that begin with 这个 or 该
_SHORT_REST = 2  # what is left beside a year or an ordinal, and says nothing new
_LONGEST_NAME = 8  # characters of a name that takes the place of another

# Patterns see normalised text, which is as long as the original.
_ASKING_WORDS = (
    r"为什么|为啥|为何|怎么[样办回]?|如何|多[少大久长高]|什么(?:时候|意思)?|啥(?:时候|意思)?|哪[些个里儿年位家天月]?|谁"
    r"|几[个项位人部次几]?|咋样?|\b(?:what|who|when|where|why|which|how(?: many| much)?)\b"
)
_ASKING = re.compile(_ASKING_WORDS)
_MEASURE = "[个些项次位家份种条届场年边里样]"
_NO_MATTER = re.compile(
    rf"{_ASKING_WORDS}|[那这]{_MEASURE}|一共|[总一]共|[吗呢吧了的是有在又都也和与去到说讲还要会给就被把那这该此他她它们]"
    r"|\b(?:is|are|was|were|did|do|does|the|of|in|it|he|she|they|that)\b|[\s,。?!、.]"
)
_OPENER = re.compile(
    rf"那么?(?!{_MEASURE}|\d+(?:\.|[^\d年学届月]))|还有|另外|其中|除此之外|然后|后来|再|又|(?:and|what about|how about)\b"
)
_THEN = re.compile(r"^(?:那么?(?!年)|and\b|what about\b|how about\b)[,\s]*")
_ELLIPSIS = re.compile(r"^(.{1,14}?)的?呢(?=[?,!]|$)")
_PERSONAL = re.compile(r"(?<!其)[他她它](?!国|乡|人)们?|\b(?:he|she|it|they|him|her|them|its|his|their)\b")
_PERSON = re.compile(r"(?<!其)[他她](?![们国乡人])|\b(?:he|she|him)\b")
_EARLY = 4  # characters before a pronoun in which nothing can stand that it points back to
_THIS = re.compile(rf"(?:[那这]{_MEASURE}|[该此](?!怎|如何|不)|上述|前者|后者|以上)")

_YEAR = re.compile(
    r"(?<!\d)(?:\d{4}(?:[-—~至]\d{2,4})?|\d{2})(?:年度?|学年|财年|届)(?!级)|[一二][〇零○一二三四五六七八九]{3}年"
)
_YEAR_STEP = re.compile(
    r"(?P<back>再?早一?年|再往前一?年|[头上前]一?(?:学年|财年|年度?)|去年)|(?:再?[晚下后次]|第二)一?(?:学年|财年|年度?)|再往后一?年|明年"
)
_NUMERALS = "零一二三四五六七八九十"
_ORDINAL = re.compile(rf"第([{_NUMERALS[1:]}]+|\d+)")
_ORDINAL_STEP = re.compile(r"(?:下|后|(?P<back>[上前]))一?(?=[个项条场次届位])")
_NAME_TAGS = ("nr", "ns", "nt", "nz", "eng")  # jieba's tags of people, places, organisations, others
_NOUN_TAGS = ("n", "j", "b", "a", "m", "vn", "t", "eng", "x")


class FollowUps:
    """Resolves follow-ups against the questions asked before them."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter

    def standalone(self, question: str, history: Sequence[Turn]) -> str:
        """Return the question as it would be asked with no history; unchanged if it stands alone."""
        topic, answer = "", ""
        for turn in history:
            topic, answer = self._resolve(turn.question, topic, answer), turn.answer
        return self._resolve(question, topic, answer)

    def depends(self, question: str) -> bool:
        """Return whether a question leaves out what an earlier one said."""
        text = normalize(question).strip()
        if _OPENER.match(text) or _YEAR_STEP.match(text) or _ellipsis(text):
            return True
        if (pronoun := _PERSONAL.search(text)) and pronoun.start() <= _EARLY:
            return True
        matter = len(_matter(_YEAR.sub("", text)))
        if matter and (kind_of(text) is Kind.DEFINITION or self._names_something(text)):
            return False
        return matter <= (_SHORT_AFTER_THIS if _THIS.match(text) else _SHORT)

    def _names_something(self, text: str) -> bool:
        """Whether there is a name in `text`."""
        words = self._segmenter.tagged(text)
        return any(word.tag in _NAME_TAGS and len(word.text) > 1 for word in words)

    def _resolve(self, question: str, topic: str, answer: str) -> str:
        """One question against the standalone form of the one before it."""
        if not topic or not self.depends(question):
            return question
        if (name := self._person(answer)) and _PERSON.search(question):
            return _THEN.sub("", _PERSON.sub(name, question, count=1))
        return (
            _with_year(question, topic)
            or _with_ordinal(question, topic)
            or self._with_name(question, topic)
            or _joined(topic, question)
        )

    def _person(self, answer: str) -> str:
        """The answer, where the whole of it is one person's name."""
        words = self._segmenter.tagged(answer)
        return answer if len(words) == 1 and words[0].tag == "nr" else ""

    def _with_name(self, question: str, topic: str) -> str:
        """`爱尔兰呢`: the name takes the place of the earlier question's name of the same kind."""
        name = _ellipsis(question)
        if not name or len(name) > _LONGEST_NAME:
            return ""
        words = self._segmenter.tagged(topic)
        if span := _alike(words, name) or self._same_tag(words, name):
            return _replaced(topic, span, name)
        return ""

    def _same_tag(self, words: Sequence[Word], name: str) -> Span | None:
        """The last word with the tag of `name`, where that is one proper noun."""
        named = self._segmenter.tagged(name)
        if len(named) != 1 or named[0].tag not in _NAME_TAGS:
            return None
        like = [word for word in words if word.tag == named[0].tag and len(word.text) > 1]
        return Span(like[-1].start, like[-1].end) if like else None


def _matter(text: str) -> str:
    """What a question says beside its question words, pronouns and particles."""
    return _NO_MATTER.sub("", text)


def _ellipsis(question: str) -> str:
    """What stands before 呢 where no question word does: `那女生呢？` -> `女生`."""
    text = question.strip()
    match = _ELLIPSIS.match(normalize(text))
    if not match or _ASKING.search(match[1]):
        return ""
    return _THEN.sub("", text[: match.end(1)])


def _alike(words: Sequence[Word], name: str) -> Span | None:
    """The noun that ends like `name` and is about as long: 二等奖 for 一等奖, 女生 for 男生."""
    endings = [n for n, word in enumerate(words) if _common_ending(word.text, name)]
    if not endings or words[endings[-1]].tag not in _NOUN_TAGS:
        return None
    end = max(endings, key=lambda n: (_common_ending(words[n].text, name), n))
    starts = list(_noun_starts(words[: end + 1]))
    goal = words[end].end - len(name)
    return Span(min(starts, key=lambda start: abs(start - goal)), words[end].end) if starts else None


def _noun_starts(words: Sequence[Word]) -> Iterator[int]:
    """Where the noun phrase at the end of `words` may begin, the nearest first."""
    for word in reversed(words):
        if not word.tag.startswith(_NOUN_TAGS):
            return
        yield word.start


def _common_ending(word: str, name: str) -> int:
    """How many characters the two end in alike."""
    pairs = zip(reversed(word), reversed(name), strict=False)
    return next((n for n, (ours, theirs) in enumerate(pairs) if ours != theirs), len(word))


def _with_year(question: str, topic: str) -> str:
    """`那2025年呢`, `再早一年`: the same question about another year."""
    text = normalize(question)
    found = _YEAR.search(text) or _YEAR_STEP.search(text)
    earlier = _YEAR.search(normalize(topic))
    if not found:
        return ""
    rest = question[: found.start()] + question[found.end() :]
    said_more = len(_matter(normalize(rest))) > _SHORT_REST
    if found.re is _YEAR:
        year = question[found.start() : found.end()]
    elif earlier:
        year = _stepped(earlier[0], -1 if found["back"] else 1)
    else:
        return ""
    if not earlier:
        return "" if said_more else f"{year}{topic}"
    moved = _replaced(topic, Span(*earlier.span()), year)
    return _joined(moved, rest) if said_more else moved


def _stepped(year: str, step: int) -> str:
    """The year before or after: `2024年`, -1 -> `2023年`; `2021-2022学年`, 1 -> `2022-2023学年`."""
    digits = year.translate(str.maketrans("〇零○一二三四五六七八九", "000123456789"))
    return re.sub(r"\d+", lambda match: f"{int(match[0]) + step:0{len(match[0])}}", digits)


def _with_ordinal(question: str, topic: str) -> str:
    """`那第二个呢`, `下一个呢`: the same question about another of a numbered series."""
    earlier = _ORDINAL.search(normalize(topic))
    text = normalize(question)
    if not earlier:
        return ""
    if given := _ORDINAL.search(text):
        rest = _matter(text[: given.start()] + re.sub(f"^{_MEASURE}", "", text[given.end() :]))
        same = len(rest) <= _SHORT_REST or rest in topic
        return _replaced(topic, Span(*earlier.span()), given[0]) if same else ""
    if step := _ORDINAL_STEP.search(text):
        number = max(1, _number(earlier[1]) + (-1 if step["back"] else 1))
        return _replaced(topic, Span(*earlier.span()), f"第{_numeral(number)}")
    return ""


def _number(numeral: str) -> int:
    """The value of a numeral up to 99: `七`, `十二`, `二十`, `7`."""
    if numeral.isdigit():
        return int(numeral)
    tens, _, ones = numeral.rpartition("十") if "十" in numeral else ("零", "", numeral)
    return 10 * _NUMERALS.index(tens or "一") + (_NUMERALS.index(ones) if ones else 0)


def _numeral(number: int) -> str:
    """A number up to 99 as a Chinese numeral: 12 -> `十二`."""
    tens, ones = divmod(number, 10)
    prefix = "" if not tens else "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return prefix + (_NUMERALS[ones] if ones or not tens else "")


def _replaced(text: str, span: Span, with_text: str) -> str:
    """`text` with the characters of `span` exchanged."""
    return text[: span.start] + with_text + text[span.end :]


def _joined(topic: str, question: str) -> str:
    """The earlier question and the follow-up, read as one."""
    return f"{topic.rstrip('？?。！! ')}，{_THEN.sub('', question.strip())}"
