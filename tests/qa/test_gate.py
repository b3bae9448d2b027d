"""The quality gate: which questions count, what is worse, and what is asked only once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from corpus.text import Segmenter
from embeddings.index import Index
from embeddings.types import BuildReport, GateReport
from qa.answerer import Answerer
from qa.evaluation import GoldQuestion, Judgement
from qa.followup import FollowUps
from qa.gate import Gate
from tests.fakes import BigramEncoder, FirstSentenceReader, make_contents, make_passage

MARGIN = 0.02
KNOWN = GoldQuestion("k", "讲座多少场？", "number", ("52场",), "举办讲座52场。", "north.txt")
OTHER = GoldQuestion("o", "书架多少组？", "number", ("210组",), "更换书架210组。", "north.txt")
ELSEWHERE = GoldQuestion("e", "水质如何？", "measure", ("三类",), "三类", "river.md")
ANYWHERE = GoldQuestion("a", "谁发明了电话？", "unanswerable", ())


@dataclass
class Marks:
    """Judges by a list of what each version gets right, and counts what it is asked."""

    right: dict[str, set[str]]
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, answerer: Answerer, question: GoldQuestion) -> Judgement:
        """Return the judgement of a version's answer to a question."""
        version = answerer.index.version
        self.asked.append((version, question.id))
        good = question.id in self.right[version]
        found = good is bool(question.answers)
        right = found and bool(question.answers)
        return Judgement(question, found, None, right, float(right), 0.0, ())


@pytest.fixture(scope="module")
def index(segmenter: Segmenter) -> Index:
    """An index of one report, called north."""
    encoder = BigramEncoder()
    passage = make_passage("举办讲座52场。更换书架210组。", id="north-1")
    return Index("old", make_contents([passage], encoder, segmenter), encoder, segmenter)


def answerer(index: Index, version: str) -> Answerer:
    """The same index as another version."""
    other = Index(version, index.contents, index.encoder, index.segmenter)
    return Answerer(other, FirstSentenceReader(), FollowUps(index.segmenter))


def compare(gate: Gate, index: Index, questions: Sequence[GoldQuestion]) -> GateReport:
    """The report on the version that has no name yet, after the one called old."""
    old, new = answerer(index, "old"), answerer(index, "")
    return gate.compare(questions, old, new, lambda done, total: None)


def test_worse_by_more_than_the_margin_is_refused(index: Index) -> None:
    """The questions that got worse are told, and those that got better."""
    gate = Gate(MARGIN, Marks({"old": {"k", "a"}, "": {"o"}}))
    report = compare(gate, index, [KNOWN, OTHER, ANYWHERE])
    assert report.refused
    assert (report.old, report.new, report.questions) == (0.65, 0.35, 3)
    assert report.losses == (KNOWN.question, ANYWHERE.question)
    assert report.wins == (OTHER.question,)


@pytest.mark.parametrize(("margin", "refused"), [(0.29, True), (0.3, False)])
def test_a_fall_within_the_margin_passes(index: Index, margin: float, refused: bool) -> None:
    """The margin itself is put up with."""
    gate = Gate(margin, Marks({"old": {"k", "a"}, "": {"k"}}))
    assert compare(gate, index, [KNOWN, ANYWHERE]).refused is refused


def test_questions_about_reports_that_are_not_in_both_are_left_out(index: Index) -> None:
    """A report that comes or goes is neither a win nor a loss."""
    marks = Marks({"old": {"k"}, "": {"k"}})
    report = compare(Gate(MARGIN, marks), index, [KNOWN, ELSEWHERE])
    assert (report.questions, report.left_out, report.refused) == (1, 1, False)
    assert ELSEWHERE.id not in {question for _, question in marks.asked}


def test_without_a_question_to_ask_nothing_is_refused(index: Index) -> None:
    """The report says why."""
    report = compare(Gate(MARGIN, Marks({})), index, [ELSEWHERE])
    assert (report.questions, report.left_out, report.refused) == (0, 1, False)
    assert "both versions" in report.skipped


def test_a_version_is_asked_once(index: Index) -> None:
    """What the new version answered is known when it has become the old one."""
    marks = Marks({"old": {"k"}, "": {"k"}, "next": {"k"}})
    gate = Gate(MARGIN, marks)
    report = compare(gate, index, [KNOWN])
    gate.adopt(BuildReport("next", 1, 1, 1, 0, 0, (), 0.0, report))
    old, new = answerer(index, "next"), answerer(index, "")
    again = gate.compare([KNOWN, OTHER], old, new, lambda done, total: None)
    assert again.old == 0.35
    assert marks.asked.count(("next", "k")) == 0
    assert marks.asked.count(("next", "o")) == 1


def test_a_refused_version_is_not_taken_for_the_one_that_serves(index: Index) -> None:
    """A rebuild that made no version adopts nothing that was compared before it."""
    marks = Marks({"old": {"k"}, "": set()})
    gate = Gate(MARGIN, marks)
    assert compare(gate, index, [KNOWN]).refused
    gate.adopt(BuildReport("old", 1, 1, 1, 0, 0, (), 0.0))
    assert compare(gate, index, [KNOWN]).refused
    assert marks.asked.count(("old", "k")) == 1


def test_every_question_is_told(index: Index) -> None:
    """Done rises to the total, and what that raises comes out."""
    told: list[tuple[int, int]] = []
    gate = Gate(MARGIN, Marks({"old": set(), "": set()}))
    old, new = answerer(index, "old"), answerer(index, "")
    gate.compare([KNOWN, OTHER], old, new, lambda *step: told.append(step))
    assert told == [(1, 2), (2, 2)]
