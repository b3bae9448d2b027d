"""What the trained reader cites, over hits made by hand and a fake in the model's place."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text import Segmenter, normalize, sentences
from corpus.types import Span
from embeddings.types import Hit
from qa.findings import CLUES
from qa.ranking import Certainty, Ranking
from qa.span_model import ScoredSpan, Text
from qa.trained_reader import _SPANS, _WINDOWS, CITATIONS, CLOSE, TrainedReader
from qa.windows import ROOM
from tests.corpus.writing import texts
from tests.fakes import make_hit, make_passage

NORTH = make_passage("全年开放320天。举办讲座46场。讲座由陈立群主持。", id="north-1")
RIVER = make_passage("氨氮浓度为0.42毫克每升。水质良好。", id="river-1")
BY_MARGIN = Ranking(*(float(clue == "margin") for clue in CLUES))
BEST = 9.0


@dataclass
class KnownQuotes:
    """A `SpanScorer` that finds the quotes it knows, with their margins; keeps what it read."""

    margins: Mapping[str, float]
    fingerprint: str = "known"
    asked: list[str] = field(default_factory=list)
    read: list[Text] = field(default_factory=list)

    def best_spans(
        self, question: str, texts: Sequence[Text], *, count: int
    ) -> list[list[ScoredSpan]]:
        """Return the first place of each quote that stands in a text, best first."""
        self.asked.append(question)
        self.read.extend(texts)
        return [self._spans(text.text)[:count] for text in texts]

    def _spans(self, text: str) -> list[ScoredSpan]:
        places = ((text.find(quote), quote, m) for quote, m in self.margins.items())
        found = [ScoredSpan(Span(at, at + len(q)), m) for at, q, m in places if at >= 0]
        return sorted(found, key=lambda one: -one.margin)


@dataclass(frozen=True)
class SomeSpans:
    """A `SpanScorer` that finds something at the same parts of every text."""

    parts: Sequence[tuple[float, float, float]]
    fingerprint: str = "some"

    def best_spans(
        self, question: str, texts: Sequence[Text], *, count: int
    ) -> list[list[ScoredSpan]]:
        """Return a span for each of the parts (start and length of 1, and margin)."""
        return [[self._span(len(t.text), *part) for part in self.parts[:count]] for t in texts]

    def _span(self, size: int, start: float, length: float, margin: float) -> ScoredSpan:
        first = min(int(size * start), size - 1)
        return ScoredSpan(Span(first, min(size, first + 1 + int(size * length))), margin)


def reader(segmenter: Segmenter, **margins: float) -> TrainedReader:
    """A reader that ranks by margin alone, and whose model knows these quotes."""
    return TrainedReader(KnownQuotes(margins), segmenter, BY_MARGIN)


def quotes(reader: TrainedReader, *hits: Hit) -> list[str]:
    """What is cited, best first."""
    return [citation.quote for citation in reader.read("讲座由谁主持", hits).citations]


def test_the_best_finding_comes_first(segmenter: Segmenter) -> None:
    """Wherever it stands, and however badly its sentence scored."""
    known = reader(segmenter, 陈立群=BEST, 良好=0.0)
    assert quotes(known, make_hit(RIVER, 9.0, 8.0), make_hit(NORTH, 0.1, 0.1, 0.1)) == ["陈立群"]


def test_a_further_finding_is_cited_where_it_is_close(segmenter: Segmenter) -> None:
    """As close as it takes, and not any further away."""
    hits = make_hit(NORTH, 9.0), make_hit(RIVER, 8.0)
    line = BEST + math.log(CLOSE)
    assert quotes(reader(segmenter, 陈立群=BEST, 良好=line - 0.01), *hits) == ["陈立群"]
    assert set(quotes(reader(segmenter, 陈立群=BEST, 良好=line + 0.01), *hits)) == {
        "陈立群",
        "良好",
    }


def test_at_most_three_are_cited(segmenter: Segmenter) -> None:
    """Nobody checks more."""
    passages = [make_passage(f"第{n}馆有{n}人。", id=f"hall-{n}") for n in range(1, 6)]
    known = reader(segmenter, **{f"{n}人": BEST for n in range(1, 6)})
    assert len(quotes(known, *(make_hit(p, 9.0) for p in passages))) == CITATIONS == 3


def test_the_same_quote_is_cited_once(segmenter: Segmenter) -> None:
    """Sibling reports often say the same; the better one stays."""
    twins = [make_hit(make_passage("讲座46场。", id=f"twin-{n}"), 9.0 - n) for n in (1, 2)]
    (citation,) = reader(segmenter, **{"46场": BEST}).read("讲座几场", twins).citations
    assert citation.passage.id == "twin-1"


def test_the_same_place_is_cited_once(segmenter: Segmenter) -> None:
    """Windows may share sentences: what is found in the second one lies in the first quote."""
    filler = "并" * (ROOM // 2 - 10)
    passage = make_passage(f"{filler}。举办讲座46场。{filler}。{filler}。", id="long-1")
    hit = make_hit(passage, 9.0, 0.0, 8.0, 7.0)
    model = KnownQuotes({"讲座46场": BEST, "46场": BEST})
    assert quotes(TrainedReader(model, segmenter, BY_MARGIN), hit) == ["讲座46场"]
    assert sum("46场" in text.text for text in model.read) == 2


def test_citations_hold_quote_and_sentence(segmenter: Segmenter) -> None:
    """Offsets are those of the passage; the score is the finding's share of all."""
    known = reader(segmenter, 陈立群=BEST)
    (citation,) = known.read("讲座由谁主持", [make_hit(NORTH, 0.0, 0.0, 9.0)]).citations
    assert citation.quote == NORTH.text[citation.start : citation.end] == "陈立群"
    assert citation.sentence == sentences(NORTH.text)[2]
    assert citation.score == 1.0


def test_the_quote_is_as_the_report_has_it(segmenter: Segmenter) -> None:
    """The model sees it normalised, under its title and headings."""
    passage = make_passage("講座４６場。", id="old-1", headings=("二、活動",), title="北區報告")
    model = KnownQuotes({"46场": BEST})
    known = TrainedReader(model, segmenter)
    assert quotes(known, make_hit(passage, 9.0)) == ["４６場"]
    assert model.read == [Text(normalize("北區報告；二、活動"), "讲座46场。")]


def test_the_question_is_asked_with_its_years_in_full(segmenter: Segmenter) -> None:
    """As the model was trained to see it."""
    model = KnownQuotes({})
    TrainedReader(model, segmenter).read("24年講座由誰主持？", [make_hit(NORTH, 9.0)])
    assert model.asked == ["2024年讲座由谁主持?"]


def test_only_the_best_windows_are_read(segmenter: Segmenter) -> None:
    """Reading takes the time of an answer."""
    hits = [make_hit(make_passage("讲座46场。", id=f"hall-{n}"), 9.0) for n in range(_WINDOWS + 5)]
    model = KnownQuotes({"46场": 1.0, "讲座": 0.5, "。": 0.0})
    found = TrainedReader(model, segmenter).findings("讲座几场", hits)
    assert len(model.read) == _WINDOWS
    assert len(found) == _WINDOWS * _SPANS


def test_the_hit_that_answers_comes_first(segmenter: Segmenter) -> None:
    """The others as they were."""
    others = [make_hit(make_passage("水质良好。", id=f"lake-{n}"), 9.0 - n) for n in (1, 2)]
    hits = (*others, make_hit(RIVER, 3.0), make_hit(NORTH, 0.1))
    model = KnownQuotes({"陈立群": BEST, "0.42毫克每升": BEST - 1})
    sure = TrainedReader(model, segmenter, BY_MARGIN, Certainty(bias=BEST))
    read = sure.read("讲座由谁主持", hits).hits
    assert [hit.passage.id for hit in read] == ["north-1", "lake-1", "lake-2", "river-1"]


def test_hits_stay_where_no_answer_is_likely(segmenter: Segmenter) -> None:
    """Retrieval knows better then."""
    hits = (make_hit(make_passage("水质良好。", id="lake-1"), 9.0), make_hit(NORTH, 0.1))
    known = reader(segmenter, 陈立群=-40.0, 水质=-50.0)
    assert known.read("讲座由谁主持", hits).hits == hits


def test_no_hits_no_citations(segmenter: Segmenter) -> None:
    """Nothing read, nothing sure."""
    reading = reader(segmenter, 陈立群=BEST).read("讲座由谁主持", [])
    assert (reading.citations, reading.confidence, reading.hits) == ((), 0.0, ())


def test_nothing_found_no_citations(segmenter: Segmenter) -> None:
    """The hits stay as they are."""
    hits = make_hit(RIVER, 1.0), make_hit(NORTH, 9.0)
    reading = reader(segmenter).read("讲座由谁主持", hits)
    assert (reading.citations, reading.confidence, reading.hits) == ((), 0.0, hits)


def test_unsure_or_not_it_cites(segmenter: Segmenter) -> None:
    """How sure is enough for an answer is decided elsewhere."""
    model, hits = KnownQuotes({"陈立群": 0.0}), [make_hit(NORTH, 9.0)]
    unsure, sure = (
        TrainedReader(model, segmenter, certainty=Certainty(bias=bias)).read("由谁主持", hits)
        for bias in (-9.0, 9.0)
    )
    assert unsure.citations == sure.citations != ()
    assert 0 < unsure.confidence < sure.confidence < 1


def test_other_weights_have_another_name(segmenter: Segmenter) -> None:
    """The model's, the ranking's and the certainty's: each changes the confidence."""
    model = KnownQuotes({})
    readers = (
        TrainedReader(model, segmenter),
        TrainedReader(KnownQuotes({}), segmenter),
        TrainedReader(KnownQuotes({}, fingerprint="other"), segmenter),
        TrainedReader(model, segmenter, Ranking(margin=0.123)),
        TrainedReader(model, segmenter, certainty=Certainty(bias=0.123)),
    )
    names = [reader.name for reader in readers]
    assert names[0] == names[1]
    assert len(set(names)) == 4
    assert all(name.startswith("trained-") for name in names)


@settings(deadline=None)
@given(
    question=texts,
    written=st.lists(texts.filter(str.strip), max_size=4),
    scores=st.lists(st.floats(-9, 9), max_size=3),
    parts=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(-99, 99)), max_size=3),
)
def test_whatever_is_found_hits_are_complete_and_citations_slice(
    segmenter: Segmenter,
    question: str,
    written: list[str],
    scores: list[float],
    parts: list[tuple[float, float, float]],
) -> None:
    """No hit is lost or made up; quotes differ, stand in their sentences, and do not overlap."""
    hits = [
        make_hit(make_passage(text, id=f"any-{n}"), *scores[: len(sentences(text))])
        for n, text in enumerate(written)
    ]
    reading = TrainedReader(SomeSpans(parts), segmenter).read(question, hits)
    assert sorted(map(id, reading.hits)) == sorted(map(id, hits))
    assert len(reading.citations) <= CITATIONS
    assert len({citation.quote for citation in reading.citations}) == len(reading.citations)
    assert 0 <= reading.confidence <= 1
    for citation in reading.citations:
        assert citation.quote in citation.passage.text[slice(*citation.sentence)]
    for one, other in combinations(reading.citations, 2):
        apart = one.end <= other.start or other.end <= one.start
        assert apart or one.passage.id != other.passage.id
