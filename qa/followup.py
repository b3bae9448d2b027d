"""Making a follow-up stand alone, by rules a user can see: `standalone_question` shows the result.

A follow-up leaves out what an earlier question said. What it brings along - a year, an ordinal, a
name - takes the place of its like in the earlier question; anything else is put behind it.
"""

import re
from collections.abc import Sequence
from itertools import takewhile

from corpus.text import Segmenter, Word, normalize
from corpus.types import Span
from qa.candidates import CANDIDATES
from qa.evidence import Evidence
from qa.kinds import Kind, kind_of
from qa.types import SEPARATOR, Turn

# Characters of own matter at or under which a question leaves something out. With all the rules,
# that finds 96 % of 113 follow-ups read, and 0.2 % of 1,707 questions that stand alone; 5 would
# find 98 %, and join more short questions about a new subject to the old one.
_SHORT = 4
_SHORT_AFTER_THIS = 8  # where it begins with 这个 or 该
_SHORT_BESIDE_YEAR = 2  # where it has a year or an ordinal of its own: more is a matter of its own
_NAMED = 4  # characters of matter that can hold a name: jieba sees names in shorter verbs too
_LONGEST_PERSON = 20  # characters; longer answers are not tagged, which takes long, to look for one
_LONGEST_NAME = 8  # characters of a name that takes the place of another

# Patterns see normalised text, which is as long as the original.
_ASKING_WORDS = (
    r"为什么|为啥|为何|怎么[样办回]?|如何|多[少大久长高]|什么(?:时候|意思)?|啥(?:时候|意思)?"
    r"|哪[些个里儿年位家天月]?|谁|几[个项位人部次几]?|咋样?"
    r"|\b(?:what|who|when|where|why|which|how(?: many| much)?)\b"
)
_ASKING = re.compile(_ASKING_WORDS)
_MEASURE = "[个些项次位家份篇部种类条届场批段年边里样]"
_NO_MATTER = re.compile(
    rf"{_ASKING_WORDS}|[那这](?:{_MEASURE}|么多?)|[上前]一?年|[总一]共|自己"
    r"|[吗呢吧了的是有在又都也和与跟去到还那这该此其他她它们]"
    r"|\b(?:is|are|was|were|did|do|does|the|of|in|and|it|he|she|they|that)\b|[\s,。?!、.]"
)
_THEN = re.compile(r"(?:那么?(?![年曲坡])|(?:and|what about|how about)\b)[,\s]*")
_OPENER = re.compile(
    rf"那么?(?!{_MEASURE}|[曲坡]|\d+(?:\.|[^\d年学届月呢]))|还有|另外|其中|除此之外|然后|后来"
    r"|再(?=[早晚往下上前后有来])|又|比(?=[原上去前头]|计划|预[期计])"
    r"|(?:and|what about|how about)\b"
)
_COURTESY = re.compile(r"(?:谢谢|多谢|感谢|[你您]好|好的?|再见|thanks?|thank you|hello|hi)\W*$")
_ELLIPSIS = re.compile(r"(.{1,14}?)的?呢(?=[?,!]|$)")
_PERSON = re.compile(r"(?<!其)[他她](?![们国乡人])|\b(?:he|she|him)\b")
# Early in a question a pronoun points back to another one; later on to what stands before it.
_PRONOUN = re.compile(
    r".{0,4}(?<!其)[他她它](?![国乡人])"
    r"|(?:[a-z']+ ){0,3}(?:he|she|it(?! take)|they|him|her|them|its|his)\b"
)
_THIS = re.compile(rf"[那这]{_MEASURE}|[该此](?!怎|如何|不)|其(?![他它余实中])|上述|前者|后者|以上")

_PERIOD = "(?:年度?|学年|财年)(?!级)"
_YEAR = re.compile(
    rf"(?<!\d)\d{{4}}(?:[-~至]\d{{2,4}})?(?:{_PERIOD}|届)|[一二][〇零○一二三四五六七八九]{{3}}年"
    rf"|(?<![\d第近过长满超])\d\d(?:{_PERIOD}|届)|(?<!\d)(?:19|20)\d\d(?=呢|\?|$)"
)
_YEAR_STEP = re.compile(
    rf"(?<![比较])(?:(?P<back>再?早一?|再往前一?|[头上前]一|上|去){_PERIOD}"
    rf"|(?:再?[晚下后]一?|再往后一?|次|第二|明){_PERIOD})"
)
_NUMERALS = "零一二三四五六七八九十"
_ORDINAL = re.compile(rf"第([{_NUMERALS[1:]}]{{1,3}}|\d+)(?![百千])")
_ORDINAL_STEP = re.compile(r"(?:下|后|(?P<back>[上前]))一?(?=[个项条场次届位])")
_NAME_TAGS = {"nr", "ns", "nt", "nz", "eng"}  # people, places, organisations, others, Latin
_BETWEEN_TAGS = ("u", "p", "c", "f", "v", "d", "r", "x", "y")  # of words that no name runs across


class FollowUps:
    """Resolves follow-ups against the questions asked before them."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter

    def standalone(self, question: str, history: Sequence[Turn]) -> str:
        """Return the question as it would be asked alone; unchanged where it leaves nothing out."""
        topic, answer = "", ""
        for turn in history:
            resolved = self._resolve(turn.question, topic, answer)
            # a bare 为什么 or 还有呢 is no part of what the next question leaves out
            bare = resolved == _joined(topic, turn.question) and not _matter(turn.question)
            topic, answer = topic if bare else resolved, turn.answer
        return self._resolve(question, topic, answer)

    def depends(self, question: str) -> bool:
        """Return whether a question leaves out what an earlier one said."""
        text = normalize(question).strip()
        if _COURTESY.match(text):
            return False
        if _OPENER.match(text) or _YEAR_STEP.match(text) or _PRONOUN.match(text):
            return True
        matter = len(_matter(_YEAR.sub("", text)))
        if _ellipsis(text) or not matter:
            return True
        if _YEAR.search(text):
            return matter <= _SHORT_BESIDE_YEAR
        if kind_of(text) is Kind.DEFINITION or (matter >= _NAMED and self._names_something(text)):
            return False
        return matter <= (_SHORT_AFTER_THIS if _THIS.match(text) else _SHORT)

    def _names_something(self, text: str) -> bool:
        """Whether there is a name in `text`."""
        words = self._segmenter.tagged(text)
        return any(word.tag in _NAME_TAGS and len(word.text) > 1 for word in words)

    def _resolve(self, question: str, topic: str, answer: str) -> str:
        """One question against the standalone form of the one before it."""
        if not topic.strip() or not self.depends(question):
            return question
        if _PERSON.search(question) and (name := self._person(answer)):
            return _without_then(_PERSON.sub(name, question, count=1))
        return (
            _with_year(question, topic)
            or _with_ordinal(question, topic)
            or self._with_name(question, topic)
            or _joined(topic, question)
        )

    def _person(self, answer: str) -> str:
        """The first quote of the answer, where the whole of it is a person's name."""
        quote = answer.split(SEPARATOR)[0].strip()
        if len(quote) > _LONGEST_PERSON:
            return ""
        people = CANDIDATES[Kind.PERSON](Evidence.of("", quote, self._segmenter))
        return quote if Span(0, len(quote)) in people else ""

    def _with_name(self, question: str, topic: str) -> str:
        """`上海呢`: the name takes the place of the earlier question's name of the same kind."""
        name = _ellipsis(question)
        if not name or name.endswith("年") or len(name) > _LONGEST_NAME:
            return ""
        words = self._segmenter.tagged(topic)
        span = _alike(words, name) or self._same_tag(words, name)
        return _replaced(topic, span, name) if span else ""

    def _same_tag(self, words: Sequence[Word], name: str) -> Span | None:
        """The last word with the tag of `name`, where that is one proper noun."""
        named = self._segmenter.tagged(name)
        if len(named) != 1 or named[0].tag not in _NAME_TAGS:
            return None
        like = [word for word in words if word.tag == named[0].tag and len(word.text) > 1]
        return Span(like[-1].start, like[-1].end) if like else None


def _matter(question: str) -> str:
    """What a question says beside question words, pronouns and particles, normalised."""
    return _NO_MATTER.sub("", normalize(question))


def _without_then(question: str) -> str:
    """`那女生呢` -> `女生呢`."""
    text = question.strip()
    then = _THEN.match(normalize(text))
    return text[then.end() :] if then else text


def _ellipsis(question: str) -> str:
    """What stands before 呢 where no question word does: `那女生呢？` -> `女生`."""
    text = _without_then(question)
    match = _ELLIPSIS.match(normalize(text))
    return text[: match.end(1)] if match and not _ASKING.search(match[1]) else ""


def _alike(words: Sequence[Word], name: str) -> Span | None:
    """The noun that ends like `name` and is about as long: 一等奖 for 二等奖, 男生 for 女生."""
    nouns = [n for n, word in enumerate(words) if not word.tag.startswith(_BETWEEN_TAGS)]
    best, end = max(((_common_ending(words[n].text, name), n) for n in nouns), default=(0, 0))
    if not best:
        return None
    phrase = takewhile(lambda w: not w.tag.startswith(_BETWEEN_TAGS), reversed(words[: end + 1]))
    goal = words[end].end - len(name)
    return Span(min((w.start for w in phrase), key=lambda start: abs(start - goal)), words[end].end)


def _common_ending(word: str, name: str) -> int:
    """How many characters the two end in alike."""
    pairs = zip(reversed(word), reversed(name), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _with_year(question: str, topic: str) -> str:
    """`那2025年呢`, `再早一年`: the same question about another year."""
    text = normalize(question)
    found = _YEAR.search(text) or _YEAR_STEP.search(text)
    earlier = _YEAR.search(normalize(topic))
    if not found or not (earlier or found.re is _YEAR):
        return ""
    rest = _without_then(question[: found.start()]) + question[found.end() :]
    said_more = len(_matter(rest)) > _SHORT_BESIDE_YEAR
    if not earlier:
        return "" if said_more else f"{question[slice(*found.span())]}{topic}"
    if found.re is _YEAR_STEP:
        year = _stepped(earlier[0], -1 if found["back"] else 1)
    else:
        bare = found[0].isdigit() and not earlier[0].isdigit()
        year = question[slice(*found.span())] + "年" * bare
    moved = _replaced(topic, Span(*earlier.span()), year)
    return _joined(moved, rest) if said_more else moved


def _stepped(year: str, step: int) -> str:
    """The year before or after: `2024年`, -1 -> `2023年`; `2021-2022学年`, 1 -> `2022-2023学年`."""
    digits = year.translate(str.maketrans("〇零○一二三四五六七八九", "000123456789"))
    return re.sub(r"\d+", lambda match: f"{int(match[0]) + step:0{len(match[0])}}", digits)


def _with_ordinal(question: str, topic: str) -> str:
    """`那第二个呢`, `下一个呢`: the same question about another of a numbered series."""
    text = normalize(question)
    given, step = _ORDINAL.search(text), _ORDINAL_STEP.search(text)
    if not (found := given or step):
        return ""
    counted = text[found.end() : found.end() + 1]
    ordinals = list(_ORDINAL.finditer(normalize(topic)))
    alike = [ordinal for ordinal in ordinals if topic.startswith(counted, ordinal.end())]
    rest = _matter(text[: found.start()] + re.sub(f"^{_MEASURE}", "", text[found.end() :]))
    if not ordinals or (len(rest) > _SHORT_BESIDE_YEAR and rest not in topic):
        return ""
    earlier = (alike or ordinals)[-1]
    ordinal = found[0] if given else f"第{_next(earlier[1], -1 if found['back'] else 1)}"
    return _replaced(topic, Span(*earlier.span()), ordinal)


def _next(numeral: str, step: int) -> str:
    """The numeral up to 99 after (1) or before (-1) one, never under the first: `九` -> `十`."""
    if numeral.isdigit():
        return str(max(1, int(numeral) + step))
    tens, ten, ones = numeral.rpartition("十")
    value = 10 * _NUMERALS.index(tens or "一") * bool(ten) + _NUMERALS.index(ones or "零")
    tens_after, ones_after = divmod(max(1, value + step), 10)
    written = "" if tens_after < 2 else _NUMERALS[tens_after]
    return written + "十" * bool(tens_after) + (_NUMERALS[ones_after] if ones_after else "")


def _replaced(text: str, span: Span, with_text: str) -> str:
    """`text` with the characters of `span` exchanged."""
    return text[: span.start] + with_text + text[span.end :]


def _joined(topic: str, question: str) -> str:
    """The earlier question and the follow-up, read as one."""
    return f"{topic.rstrip('？?。！! ')}，{_without_then(question)}"
