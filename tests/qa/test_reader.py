"""What the rule reader cites, over hits made by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.text import Segmenter, sentences
from corpus.types import Span
from embeddings.types import Hit
from qa.confidence import Confidence
from qa.reader import RuleReader
from tests.corpus.writing import texts
from tests.fakes import make_hit, make_passage

NORTH = make_passage("全年开放320天。举办讲座46场。讲座由陈立群主持。", id="north-1")
RIVER = make_passage("氨氮浓度为0.42毫克每升。水质良好。", id="river-1")


@pytest.fixture(scope="module")
def reader(segmenter: Segmenter) -> RuleReader:
    """The reader with the weights that were learnt."""
    return RuleReader(segmenter)


def quotes(reader: RuleReader, question: str, *hits: Hit) -> list[str]:
    """What is cited, best first."""
    return [citation.quote for citation in reader.read(question, hits).citations]


def test_the_best_sentence_of_all_hits_is_cited(reader: RuleReader) -> None:
    """Wherever it stands: the first hit is not read first, sentences are."""
    hits = make_hit(NORTH, 0.0, 2.0, 0.0), make_hit(RIVER, 9.0, 0.0)
    assert quotes(reader, "氨氮浓度是多少", *hits) == ["0.42毫克每升"]


def test_a_sentence_that_holds_what_is_asked_for_comes_before_one_that_does_not(
    reader: RuleReader,
) -> None:
    """Of two sentences that score alike, the one with a name answers 谁."""
    first = quotes(reader, "讲座由谁主持", make_hit(NORTH, 0.0, 9.0, 8.9))[0]
    assert first == "陈立群"


def test_sentences_near_the_best_are_cited_too_and_no_others(reader: RuleReader) -> None:
    """A sentence far behind the best one is not worth a look."""
    near = make_hit(NORTH, 9.0, 8.9, 0.0)
    assert quotes(reader, "有多少", near) == ["320天", "46场"]
    far = make_hit(NORTH, 9.0, 1.0, 0.0)
    assert quotes(reader, "有多少", far) == ["320天"]


def test_at_most_three_are_cited(reader: RuleReader) -> None:
    """Nobody checks more."""
    passage = make_passage("甲有1人。乙有2人。丙有3人。丁有4人。戊有5人。")
    assert quotes(reader, "有几人", make_hit(passage, 9, 9, 9, 9, 9)) == ["1人", "2人", "3人"]


def test_the_same_quote_is_cited_once(reader: RuleReader) -> None:
    """Sibling reports often say the same; the first one of it stays."""
    twins = [make_hit(make_passage("讲座46场。", id=f"twin-{n}"), 9.0) for n in (1, 2)]
    citations = reader.read("讲座几场", twins).citations
    assert [(c.quote, c.passage.id) for c in citations] == [("46场", "twin-1")]


def test_citations_hold_quote_and_sentence(reader: RuleReader) -> None:
    """Offsets are those of the passage, not of the sentence."""
    (citation,) = reader.read("讲座由谁主持", [make_hit(NORTH, 0.0, 0.0, 9.0)]).citations
    assert citation.quote == NORTH.text[citation.start : citation.end] == "陈立群"
    assert citation.sentence == Span(*sentences(NORTH.text)[2])


def test_a_heading_is_never_quoted(reader: RuleReader) -> None:
    """A line that repeats the title or a heading names a topic and says nothing about it."""
    passage = make_passage("二、讲座情况\n举办讲座46场。", headings=("二、讲座情况",))
    assert quotes(reader, "讲座情况", make_hit(passage, 9.0, 8.0)) == ["举办讲座46场"]
    bare = make_passage("二、讲座情况", headings=("二、讲座情况",))
    assert quotes(reader, "讲座情况", make_hit(bare, 9.0)) == []


def test_a_sentence_without_a_word_is_never_quoted(reader: RuleReader) -> None:
    """Rules such as *** and marks alone say nothing, however well they score."""
    passage = make_passage("***\n。。。\n全年开放320天。")
    assert quotes(reader, "开放多少天", make_hit(passage, 9.0, 9.0, 1.0)) == ["320天"]


def test_no_hits_no_citations(reader: RuleReader) -> None:
    """Nothing read, nothing sure."""
    reading = reader.read("讲座由谁主持", [])
    assert reading.citations == ()
    assert reading.confidence == 0


def test_unsure_or_not_it_cites(segmenter: Segmenter) -> None:
    """How sure is enough for an answer is decided elsewhere."""
    hit = make_hit(NORTH, 0.0, 0.0, 9.0)
    unsure = RuleReader(segmenter, Confidence(bias=-9.0)).read("讲座由谁主持", [hit])
    sure = RuleReader(segmenter, Confidence(bias=9.0)).read("讲座由谁主持", [hit])
    assert unsure.citations == sure.citations != ()
    assert 0 < unsure.confidence < sure.confidence < 1


def test_other_weights_have_another_name(segmenter: Segmenter) -> None:
    """What was learnt of one reader's confidence says nothing of another's."""
    names = {RuleReader(segmenter, Confidence(bias=bias)).name for bias in (1.0, 1.0, 2.0)}
    assert len(names) == 2
    assert all(name.startswith("rules-") for name in names)


@settings(deadline=None)
@given(
    question=texts,
    text=texts.filter(str.strip),
    scores=st.lists(st.floats(-9, 9), max_size=3),
)
def test_citations_always_slice(
    segmenter: Segmenter, question: str, text: str, scores: list[float]
) -> None:
    """Whatever is asked of whatever passage, each quote stands in its sentence."""
    hit = make_hit(make_passage(text), *scores[: len(sentences(text))])
    for citation in RuleReader(segmenter).read(question, [hit]).citations:
        assert citation.quote == text[citation.start : citation.end] != ""
        assert citation.sentence in sentences(text)
