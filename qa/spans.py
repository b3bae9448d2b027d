"""The span of a sentence that answers the kind of question asked."""

import re

from corpus.types import Span
from qa.candidates import CANDIDATES, UNIT, clauses
from qa.evidence import Evidence
from qa.kinds import Kind, parts

# What the question says of the answer's unit, and the unit then; the first that fits decides.
_UNITS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked), re.compile(unit))
    for asked, unit in (
        (r"第几", r"第"),
        (r"百分点", r"百分点"),
        (
            r"百分之|几成|百分比|占多少|占比|比例|比重|[^效功频利]率(?!领)|percent|share",
            r"[%％‰成倍]|百分",
        ),
        (
            r"多少钱|几块钱|本钱|[掏赔罚付]了?多少|工资|票价|奖金|资金|经费|预算|投资|收入|支出|红利|成本"
            r"|how much money",
            r"元",
        ),
        (
            r"多久|多长时间|钟头|几天|几年|几个月|how long|how many (?:hours|days)",
            r"小时|分钟|天|年|个?月|日",
        ),
        (r"(?:多少|几)(?:号|个)?人|(?:多少|几)位|how many people", r"人|名|位"),
        (rf"(?:多少|几)(?!个)(?={UNIT})", ""),  # the measure word itself, see _unit
    )
)
# The same for times: what the question says of how fine the answer is to be.
_GRAINS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked), re.compile(grain))
    for asked, grain in (
        (
            r"几[号日]|[哪何]一?[天日]|什么日子|what date|what day",
            r"[\d一二三四五六七八九十]\s?[日号]",
        ),
        (r"几点", r"\d{1,2}[:时点]"),
        (r"几月|哪个?月", r"月"),
        (r"[哪何]一?年|what year", r"年|\d{4}"),
    )
)
_AFTER = 3  # characters behind a quote in which its unit may stand
_CHANGE = (
    "(?:增长|下降|上升|提高|增加|减少|缩短|延长|降低|回落|扩大|收窄|缩水|变化|变动|[增降涨升减])"
    "了?约?"
)
_TELLS_CHANGE = re.compile(_CHANGE + "$")
_ASKS_CHANGE = re.compile(
    rf"(?:{_CHANGE}|[多少高低快慢长短窄]了?)(?:百分之)?(?:多少|几)|[涨降增]幅|幅度|增速|还是[跌降减少]"
)
_FORMER = re.compile(r"[由从][^，,。；;由从\d]{0,6}$")  # 由60元 in 由60元降至50元
_TOLD_APART = (Kind.NUMBER, Kind.TIME, Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE)
_WRONG_UNIT = 100  # further than any distance in a sentence: the unit asked for comes first
_WRONG_SENSE = 30  # a change where the amount is asked for, or the other way round
_WRONG_TIME = 20  # what it was before
_SAME_CLAUSE = 2  # characters nearer for each character shared with the question in the clause
_SHORT_SENTENCE = 30  # characters that can be read at a glance: quoting less would lose the sense


def holds(kind: Kind, evidence: Evidence) -> bool:
    """Return whether the sentence says something new of the kind that is asked for."""
    return bool(_fitting(kind, evidence))


def says(kind: Kind, evidence: Evidence, quote: Span) -> bool:
    """Return whether `quote` itself says something of the kind asked for, in the unit asked for.

    True for kinds that no candidates tell apart, such as REASON.
    """
    if kind not in _TOLD_APART:
        return True
    cleaned = map(evidence.clean, CANDIDATES[kind](evidence))
    holds_one = any(one.start < quote.end and quote.start < one.end for one in cleaned)
    return holds_one and _as_asked(kind, evidence, quote)


def _as_asked(kind: Kind, evidence: Evidence, quote: Span) -> bool:
    """Whether a number is in the unit asked for, or a time as fine; True where none is told."""
    if kind is Kind.NUMBER:
        pattern, end = _unit(evidence.question), quote.end + _AFTER
    elif kind is Kind.TIME:
        pattern, end = _grain(evidence.question), quote.end
    else:
        return True
    return pattern is None or bool(pattern.search(evidence.normalized, quote.start, end))


def answer_span(kind: Kind, evidence: Evidence) -> Span:
    """Return the span of `evidence.text` that answers a question of this kind; never empty.

    Of the kind's candidates, the one in the unit asked for that stands nearest behind the words
    shared with the question; where there is none, what the sentence adds to the question.
    """
    candidates = _fitting(kind, evidence)
    if not candidates:
        return _added(evidence)
    return min(candidates, key=lambda span: (_cost(kind, evidence, span), span.start))


def _fitting(kind: Kind, evidence: Evidence) -> list[Span]:
    """Candidates that are not empty and that the question does not say itself."""
    cleaned = map(evidence.clean, CANDIDATES[kind](evidence))
    return [span for span in cleaned if span.start < span.end and not evidence.asked(span)]


def _cost(kind: Kind, evidence: Evidence, span: Span) -> int:
    """How far a candidate is from what is asked, in characters."""
    clause = next((c for c in clauses(evidence) if c.start <= span.start < c.end), span)
    misfit = _misfit(evidence, span) if kind is Kind.NUMBER else 0
    return evidence.distance(span) - _SAME_CLAUSE * evidence.overlap(clause) + misfit


def _misfit(evidence: Evidence, span: Span) -> int:
    """What speaks against a number: its unit, a change for an amount, what it was before."""
    unit = _unit(evidence.question)
    wrong_unit = unit is not None and not unit.search(evidence.normalized, *span)
    told = bool(_TELLS_CHANGE.search(evidence.normalized, 0, span.start))
    wrong_sense = told != bool(_ASKS_CHANGE.search(evidence.question))
    former = bool(_FORMER.search(evidence.normalized, 0, span.start))
    return _WRONG_UNIT * wrong_unit + _WRONG_SENSE * wrong_sense + _WRONG_TIME * former


def _unit(question: str) -> re.Pattern[str] | None:
    """What the number asked for is counted in, where the question tells."""
    last = next(iter(parts(question)), "")
    for asked, unit in _UNITS:
        if match := asked.search(last):
            return unit if unit.pattern else re.compile(re.escape(last[match.end()]))
    return None


def _grain(question: str) -> re.Pattern[str] | None:
    """How fine the time asked for is, where the question tells."""
    last = next(iter(parts(question)), "")
    return next((grain for asked, grain in _GRAINS if asked.search(last)), None)


def _added(evidence: Evidence) -> Span:
    """From the clause that says most of the question to the end: what it goes on to say answers.

    A sentence short enough to read at a glance stays whole.
    """
    whole = evidence.whole()
    if whole.end - whole.start <= _SHORT_SENTENCE:
        return whole
    cleaned = [part for part in map(evidence.clean, clauses(evidence)) if part.start < part.end]
    best = max(cleaned, key=lambda part: (evidence.overlap(part), -part.start), default=whole)
    return Span(best.start, whole.end)
