"""One question from end to end, over three small reports and the fake encoder."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from corpus.text import Segmenter
from embeddings.index import Index
from qa.answerer import Answerer
from qa.calibration import Calibration, Decision
from qa.followup import FollowUps
from qa.reader import RuleReader
from qa.types import Answer, Citation, Turn
from tests.fakes import FirstSentenceReader, make_passage

NEVER = Decision(threshold=1.0)


@pytest.fixture(scope="module")
def answerer(index: Index, segmenter: Segmenter) -> Answerer:
    """The real reader and follow-ups, without a threshold."""
    return Answerer(index, RuleReader(segmenter), FollowUps(segmenter))


def untimed(answer: Answer) -> tuple[object, ...]:
    """What an answer says, without how long it took."""
    return (answer.standalone_question, answer.citations, answer.hits, answer.confidence)


@pytest.mark.parametrize(
    ("question", "quote", "document"),
    [
        ("2024年北区图书馆接待读者多少人次", "12.6万人次", "north-2024"),
        ("25年北区图书馆接待读者多少人次", "14.1万人次", "north-2025"),
        ("面向老年人的讲座由谁主持", "陈立群", "north-2024"),
        ("氨氮濃度是多少", "0.42毫克每升", "river"),
    ],
    ids=["a year", "a short year", "a name", "traditional characters"],
)
def test_an_answer_is_quoted_and_cited(
    answerer: Answerer, question: str, quote: str, document: str
) -> None:
    """The first citation answers, and its offsets hold for the file itself."""
    answer = answerer.ask(question)
    citation = answer.citations[0]
    assert answer.found
    assert (citation.quote, citation.passage.document.id) == (quote, document)
    start = citation.passage.start
    text = citation.passage.document.text
    assert text[start + citation.start : start + citation.end] == quote


def test_the_text_is_the_quotes_in_order(answerer: Answerer) -> None:
    """Joined as the contract says; nothing else is in it."""
    answer = answerer.ask("讲座有多少场")
    assert answer.text == "；".join(citation.quote for citation in answer.citations)


def test_a_follow_up_is_asked_as_it_was_understood(answerer: Answerer) -> None:
    """The year moves on; the question itself is kept as it was typed."""
    history = [Turn("2024年北区图书馆接待读者多少人次", "12.6万人次")]
    answer = answerer.ask("那2025年呢", history)
    assert answer.question == "那2025年呢"
    assert answer.standalone_question == "2025年北区图书馆接待读者多少人次"
    assert answer.citations[0].quote == "14.1万人次"
    assert untimed(answer) == untimed(answerer.ask(answer.standalone_question))


def test_only_the_chosen_reports_are_asked(answerer: Answerer) -> None:
    """Hits and citations come from them alone."""
    answer = answerer.ask("接待读者多少人次", documents=frozenset({"river"}))
    cited = [citation.passage for citation in answer.citations]
    assert {p.document.id for p in (*cited, *(hit.passage for hit in answer.hits))} == {"river"}


@pytest.mark.parametrize("top_k", [1, 3, 100])
def test_as_many_passages_as_asked_for(answerer: Answerer, top_k: int) -> None:
    """How many are shown does not change what is answered."""
    answer = answerer.ask("讲座由谁主持", top_k=top_k)
    assert len(answer.hits) == min(top_k, len(answerer.index.passages))
    assert answer.citations == answerer.ask("讲座由谁主持").citations


@pytest.mark.parametrize("question", ["", "  ", "？"], ids=["empty", "blank", "a mark"])
def test_a_question_that_says_nothing(answerer: Answerer, question: str) -> None:
    """Is answered by nothing, or by something that still slices; it never fails."""
    answer = answerer.ask(question)
    assert answer.found is bool(answer.citations)
    assert all(citation.quote for citation in answer.citations)


def test_a_blank_question_is_not_answered(answerer: Answerer) -> None:
    """No hits, no citations, no confidence."""
    answer = answerer.ask(" ")
    assert (answer.found, answer.text, answer.hits, answer.confidence) == (False, "", (), 0.0)


def test_a_refusal_still_shows_the_closest_passages(index: Index, segmenter: Segmenter) -> None:
    """Nothing found is an answer without citations, never an error."""
    asked = Answerer(index, RuleReader(segmenter), FollowUps(segmenter), NEVER).ask("讲座由谁主持")
    assert (asked.found, asked.text, asked.citations) == (False, "", ())
    assert asked.hits


def test_the_confidence_is_the_calibrated_one(answerer: Answerer) -> None:
    """Of an answer and of a refusal alike; only the citations go."""
    asked = answerer.ask("讲座由谁主持")
    calibration = Calibration(scale=2.0, shift=-1.0)
    expected = calibration.probability(asked.confidence)
    for decision, found in ((Decision(calibration), True), (Decision(calibration, 1.0), False)):
        answer = replace(answerer, decision=decision).ask("讲座由谁主持")
        assert answer.found is found
        assert answer.confidence == pytest.approx(expected)


def test_any_reader_will_do(index: Index, segmenter: Segmenter) -> None:
    """The reader is behind a seam: what it cites is what is answered."""
    answer = Answerer(index, FirstSentenceReader(), FollowUps(segmenter)).ask("氨氮浓度是多少")
    best = answer.hits[0]
    assert answer.text == best.passage.text[slice(*best.sentence)]
    assert answer.confidence == pytest.approx(1.0, abs=1e-5)


def test_timings_and_version_are_told(answerer: Answerer) -> None:
    """Every step is timed, and none took longer than all."""
    answer = answerer.ask("讲座由谁主持")
    assert answer.index_version == answerer.index.version
    assert set(answer.timings_ms) == {"understand", "search", "read", "total"}
    assert all(0 <= took <= answer.timings_ms["total"] for took in answer.timings_ms.values())


def test_questions_at_once_get_their_own_answers(answerer: Answerer) -> None:
    """Threads share the answerer and nothing else."""
    questions = ["讲座由谁主持", "氨氮浓度是多少", "2025年开放多少天"] * 8
    expected = [untimed(answerer.ask(question)) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert [untimed(answer) for answer in pool.map(answerer.ask, questions)] == expected


@pytest.mark.parametrize(
    "offsets",
    [(3, 3, 0, 9), (-1, 3, 0, 9), (3, 10, 0, 10), (0, 3, 4, 9), (3, 9, 0, 8), (8, 9, 8, 10)],
    ids=["empty", "before", "behind", "before its sentence", "behind its sentence", "no sentence"],
)
def test_a_wrong_citation_cannot_be_built(offsets: tuple[int, int, int, int]) -> None:
    """Offsets are checked where citations are made."""
    passage = make_passage("全年举办讲座46场")
    assert Citation(passage, 6, 9, 0, 9, score=1.0).quote == "46场"
    with pytest.raises(ValueError, match="outside"):
        Citation(passage, *offsets, score=1.0)
