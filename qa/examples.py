"""Example questions for the chat page, made by rule from sentences that answer them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, takewhile

from corpus.text import HAN, Segmenter, normalize, sentences
from corpus.types import Document, Passage
from corpus.years import years
from embeddings.index import Index
from qa.candidates import NUMBER, TIME

_DOCUMENTS = 24  # looked into, evenly over the corpus; more would not make four questions better
_PASSAGES = 80  # looked into in each
_GOOD_LENGTH = 10  # characters of a subject that says enough and reads at a glance
_VERB = 6  # characters that a verb in a subject makes it worse by: a name has none
_VERBS = 2  # so many make it a sentence

_NAME = rf"[{HAN}a-z0-9·-]"
_START = r"(?:^|[,:;。)\s])(?:其中|全年|年内|[一二三四五六七八九十]是)?"
_SUBJECT = rf"{_START}(?P<subject>{_NAME}{{4,20}}?)"
_END = r"(?=左右|\s*(?:[,;。(]|$))"
_QUANTITY = rf"约?(?=\d)(?:{NUMBER.pattern}){_END}"
_MEASURED = (
    "(?:(?<=[率量额积费资数入出价贴比例重速款龄限命])|(?<=[^季]度|[^升]值|[全总时]长)"
    "|(?<=里程|时间|成本|能力|水平))"
)
_GROWING = f"(?:{_MEASURED}|(?<=[业次耗]))"
_REACHED = "(?:提高|增加|上升|下降|降低|减少|缩短|延长)到"
_HAPPENED = "(?P<act>举行|召开|举办|开幕|成立|启用|开工|竣工|通车|开通|启动|发布|施行|投入使用)"
_PLACE = rf"{_NAME}{{2,12}}?(?:[市县区镇乡村州省国馆厅场园港岛]|中心|大学|学院|酒店|基地)"
_DONE = (
    r"(?P<act>主持|承办|主办|承担|牵头|负责|设计|承建|监理|编制|带队|主讲"
    r"|担任[^,;。的]{2,8}(?=[,;。]))"
)
_LISTED = r"(?:主要|分别)?(?:包括|包含|涵盖)[^,。;:]+、[^。;:]+[和及、与]"

_PIECES = frozenset("cdpr")  # jieba's tags of conjunctions, adverbs, prepositions and pronouns
_NAMES = ("n", "vn", "an", "j", "l", "i", "eng")


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a normalised sentence says, and the question that it answers.

    {subject}, {act} and {unit} of the question are groups of the pattern, {year} is the report's.
    A subject with a tag in `without` is a piece of a sentence and not the name of something.
    """

    told: re.Pattern[str]
    asked: str
    without: frozenset[str] = _PIECES


_RULES: tuple[_Rule, ...] = tuple(
    _Rule(re.compile(told), *asked)
    for told, *asked in (
        (
            rf"{_SUBJECT}{_MEASURED}(?:约?为|达到?|是|{_REACHED})?{_QUANTITY}",
            "{year}{subject}是多少？",
        ),
        (
            rf"{_SUBJECT}(?:共?有|达到?|{_REACHED})\d+(?P<unit>[家个人名位座所项件条门部场种]){_END}",
            "{year}{subject}有多少{unit}？",
        ),
        (
            rf"{_SUBJECT}{_GROWING}(?P<act>增长|下降|减少){_QUANTITY}",
            "{year}{subject}{act}了多少？",
        ),
        (
            rf"{_SUBJECT}(?:将?于|在)(?:{TIME.pattern})[^,;。]{{0,20}}?{_HAPPENED}",
            "{year}{subject}什么时候{act}？",
        ),
        (rf"{_SUBJECT}在{_PLACE}{_HAPPENED}", "{year}{subject}在哪里{act}？"),
        (rf"{_SUBJECT}由{_NAME}{{2,16}}?{_DONE}", "{year}{subject}由谁{act}？"),
        (rf"{_SUBJECT}{_LISTED}", "{year}{subject}包括哪些？"),
        (rf"{_SUBJECT}的(?:主要)?原因(?:是|在于|主要是)", "{year}{subject}的原因是什么？"),
        (rf"{_SUBJECT},(?:这?主要)?是?(?:因为|由于)", "为什么{year}{subject}？"),
        (rf"{_SUBJECT}是指", "什么是{subject}？", frozenset("cpr")),
    )
)
_TRADITIONAL = str.maketrans("么时谁里为", "麼時誰裡為")  # what the questions themselves consist of
_PERIOD = re.compile(r"年(?:第?[一二三四1-4]季度|[上下]半年|\d{1,2}月)?")
# A subject that points elsewhere, or is a piece of a sentence and not the name of something.
_FAULTY = re.compile(
    r"[本该此这那其各我你他她它经力据]|目前|.*(?:上年|[去今明同]年|同期|本[年届次期]|上述|[前后]者|[高低]于|由|\d[月日])"
    r"|.*(?:核定|一般|定|已|仍|均|将)$"
)


@dataclass(frozen=True, slots=True)
class _Example:
    """A question, and what it should not share with the others: its form, subject and reports.

    `oddness` is how far it is from what a person would ask; 0 is best.
    """

    question: str
    asked: str
    subject: str
    family: str
    oddness: int


def examples(index: Index, limit: int = 4) -> list[str]:
    """Return up to `limit` questions that reports of the index answer, always the same ones.

    They are spread over reports and over kinds of question; where reports differ by their period
    alone, it is said. None where no sentence has one of the forms that are known.
    """
    step = -(-len(index.documents) // _DOCUMENTS) or 1
    chosen = {document.id for document in index.documents[::step]}
    sizes = Counter(map(_family, index.documents))
    found: list[_Example] = []
    for document, passages in groupby(index.passages, key=lambda passage: passage.document):
        if document.id in chosen:
            dated = sizes[_family(document)] > 1
            for passage in islice(passages, _PASSAGES):
                found += _of_passage(passage, dated, index.segmenter)
    times = Counter(example.question for example in found)
    unambiguous = [example for example in found if times[example.question] == 1]
    return [example.question for example in _spread(unambiguous, limit)]


def _family(document: Document) -> str:
    """The title without its figures: what periodic reports have in common."""
    return re.sub(r"[\d一二三四五六七八九十]+", "#", normalize(document.title))


def _of_passage(passage: Passage, dated: bool, segmenter: Segmenter) -> Iterator[_Example]:
    """The examples of one passage; those of `dated` reports say their period."""
    period = _period(passage) if dated else ""
    for start, end in sentences(passage.text) if period is not None else ():
        sentence = passage.text[start:end].strip()
        told = normalize(sentence)
        for rule in _RULES:
            for match in rule.told.finditer(told):
                groups = {g: sentence[slice(*match.span(g))] for g in match.groupdict()}
                subject, family = groups["subject"], _family(passage.document)
                if (oddness := _oddness(subject, rule.without, segmenter)) is not None:
                    question = _in_script(rule.asked, subject).format(year=period, **groups)
                    yield _Example(question, rule.asked, subject, family, oddness)


def _period(passage: Passage) -> str | None:
    """The year that the innermost heading or else the title names, None where it is not one."""
    for line in reversed(passage.context):
        if named := years(line):
            period = _PERIOD.search(normalize(line))
            return f"{min(named)}{period[0] if period else '年'}" if len(named) == 1 else None
    return None


def _oddness(subject: str, without: frozenset[str], segmenter: Segmenter) -> int | None:
    """How far a subject is from a name of good length; None where it does not stand by itself."""
    tags = [word.tag for word in segmenter.tagged(subject)]
    noun = list(takewhile(lambda tag: tag != "uj", reversed(tags)))  # behind the last 的
    verbs = tags.count("v")
    names = any(tag.startswith(_NAMES) for tag in noun)
    if _FAULTY.match(normalize(subject)) or {tags[0], *noun} & without or not names:
        return None
    return abs(len(subject) - _GOOD_LENGTH) + _VERB * verbs if verbs < _VERBS else None


def _in_script(asked: str, subject: str) -> str:
    """The form of a question in traditional characters where its subject is."""
    traditional = any(normalize(c) != c for c in subject if not c.isascii())
    return asked.translate(_TRADITIONAL) if traditional else asked


def _spread(found: Sequence[_Example], limit: int) -> list[_Example]:
    """Of the examples those that share least with one another, of equals the best readable."""
    chosen: list[_Example] = []
    used: Counter[str] = Counter()
    rest = sorted(found, key=lambda example: example.oddness)
    while rest and len(chosen) < limit:
        best = min(rest, key=lambda e: used[e.asked] + used[e.family] + used[e.subject])
        rest.remove(best)
        chosen.append(best)
        used.update((best.asked, best.family, best.subject))
    return chosen
