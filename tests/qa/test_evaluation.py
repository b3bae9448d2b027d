"""The figures: equal to those of the reference scorer, and right in cases of our own."""

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.schemas import AnswerOut
from corpus.text import Segmenter
from embeddings.index import Index
from qa.answerer import Answerer
from qa.calibration import Decision
from qa.evaluation import (
    GoldQuestion,
    f1,
    judge,
    read_questions,
    squeeze,
    summary,
)
from qa.followup import FollowUps
from qa.reader import RuleReader

SCORER = Path(__file__).parents[2].parent / "shared" / "eval" / "score.py"
ROW = {"id": "q1", "question": "谁主持", "type": "person", "answers": ["陈立群"]}

Response = dict[str, Any]

_SENTENCES = (
    "全年举办讲座46场。",
    "面向老年人的讲座18场，由退休教师陈立群主持。",
    "接待读者１２.６万人次，比上年增长8%。",
    "The forum was chaired by Ann Lee.",
    "",
)
_ANSWERS = ("46场", "陈立群", "12.6万人次", "ann lee", "8%", "没有的答案", "")
_DOCUMENTS = ("north-2024", "north-2025", "river")


def citation(sentence: str, quote: str, document: str = "north-2024") -> dict[str, Any]:
    """A citation as it goes out, of a quote in a sentence that is all of its passage."""
    start = sentence.index(quote)
    return {
        "document_id": document,
        "document_title": "工作报告",
        "source": f"{document}.txt",
        "passage": sentence,
        "start": start,
        "end": start + len(quote),
        "quote": quote,
        "sentence_start": 0,
        "sentence_end": len(sentence),
    }


def response(*citations: Mapping[str, Any], passages: tuple[str, ...] = ()) -> Response:
    """A response with these citations, over passages of one report."""
    return {
        "found": bool(citations),
        "answer": "；".join(c["quote"] for c in citations),
        "citations": list(citations),
        "passages": [{**citation(p, ""), "passage": p} for p in passages],
    }


def gold(answers: tuple[str, ...] = ("陈立群",), **fields: Any) -> GoldQuestion:  # noqa: ANN401
    """A question that is answered in the first report, unless said otherwise."""
    known = {"evidence": _SENTENCES[1], "doc": "north-2024.txt"} | fields
    return GoldQuestion("q1", "谁主持讲座", "person", answers, **known)


@pytest.fixture(scope="session")
def scorer() -> ModuleType:
    """The reference scorer, where it is at hand."""
    if not SCORER.is_file():
        pytest.skip("../shared/eval/score.py is not here")
    spec = importlib.util.spec_from_file_location("reference_scorer", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@st.composite
def citations(draw: st.DrawFn) -> dict[str, Any]:
    """A citation whose offsets may be wrong, since the scorer must see that."""
    sentence = draw(st.sampled_from(_SENTENCES))
    bounds = [draw(st.integers(0, len(sentence))) for _ in range(4)]
    start, end, sentence_start, sentence_end = bounds
    quote = draw(st.sampled_from([sentence[start:end], *_ANSWERS]))
    document = draw(st.sampled_from(_DOCUMENTS))
    return {
        **citation(sentence, "", document),
        "start": start,
        "end": end,
        "quote": quote,
        "sentence_start": sentence_start,
        "sentence_end": sentence_end,
    }


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], Response]:
    """A line of a question file and a response to it."""
    answerable = draw(st.booleans())
    line = {
        "id": draw(st.uuids()).hex,
        "question": "讲座由谁主持",
        "type": "person" if answerable else "unanswerable",
        "answers": draw(st.lists(st.sampled_from(_ANSWERS), min_size=1)) if answerable else [],
        "evidence": draw(st.sampled_from(_SENTENCES)),
        "doc": draw(st.sampled_from(["", *(f"{document}.txt" for document in _DOCUMENTS)])),
        "context_turns": [],
    }
    cited = draw(st.lists(citations(), max_size=5))
    return line, {
        "found": draw(st.booleans()),
        "answer": draw(st.one_of(st.sampled_from(_ANSWERS), st.text(max_size=8))),
        "citations": cited,
        "passages": draw(st.lists(citations(), max_size=12)),
    }


@settings(max_examples=150, deadline=None)
@given(st.lists(pairs(), max_size=8), st.sampled_from(["", "north-2024.txt"]))
def test_figures_are_those_of_the_reference_scorer(
    tmp_path_factory: pytest.TempPathFactory,
    scorer: ModuleType,
    lines: list[tuple[dict[str, Any], Response]],
    doc: str,
) -> None:
    """Over arbitrary responses every figure is the same, to the last place."""
    reference = [scorer.judge(line, answer, doc) for line, answer in lines]
    path = tmp_path_factory.getbasetemp() / "gold.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line, _ in lines), "utf-8")
    questions = read_questions(path, doc) if lines else []
    judged = [judge(q, answer) for q, (_, answer) in zip(questions, lines, strict=True)]
    assert summary(judged) == scorer.summary(reference)


def test_real_responses_are_judged_alike(
    scorer: ModuleType, index: Index, segmenter: Segmenter
) -> None:
    """What the service itself answers, as it goes out, gives the same figures."""
    decision = Decision(threshold=0.34)  # some are refused
    answerer = Answerer(index, RuleReader(segmenter), FollowUps(segmenter), decision)
    evidence = "2024年，北区图书馆接待读者12.6万人次，比上年增长8%。"
    judged, reference = [], []
    for question, answers in (
        ("2024年北区图书馆接待读者多少人次", ["12.6万人次"]),
        ("2024年接待读者比上年增长多少", ["8%", "增长8%"]),
        ("食堂的菜单是谁定的", []),
    ):
        answer = AnswerOut.of(answerer.ask(question)).model_dump()
        judged.append(judge(gold(tuple(answers), evidence=evidence, doc="north"), answer))
        line = ROW | {"question": question, "answers": answers, "evidence": evidence}
        reference.append(scorer.judge(line, answer, "north"))
    assert summary(judged) == scorer.summary(reference)
    assert [(j.right, j.verbatim) for j in judged if j.found] == [
        (r["right"], tuple(r["verbatim"])) for r in reference if r["found"]
    ]


def test_a_right_answer() -> None:
    """Found, in the first passage, right, exact."""
    passages = (_SENTENCES[1], _SENTENCES[0])
    judged = judge(gold(), response(citation(_SENTENCES[1], "陈立群"), passages=passages))
    assert (judged.rank, judged.right, judged.f1, judged.em) == (0, True, 1.0, 1.0)
    assert judged.correct
    assert judged.verbatim == (True,)


def test_the_sentence_counts_for_right_and_the_quote_for_f1() -> None:
    """A quote too long is right where its sentence holds the answer, but not exact."""
    judged = judge(gold(), response(citation(_SENTENCES[1], "退休教师陈立群主持")))
    assert judged.right
    assert judged.em == 0
    assert judged.f1 == pytest.approx(2 * 3 / (3 + 9))


def test_only_the_first_three_citations_count() -> None:
    """An answer in the fourth citation is not right."""
    wrong = citation(_SENTENCES[0], "46场")
    answering = citation(_SENTENCES[1], "陈立群")
    assert judge(gold(), response(wrong, wrong, answering)).right
    assert not judge(gold(), response(wrong, wrong, wrong, answering)).right


@pytest.mark.parametrize(
    ("doc", "right"),
    [("north-2024.txt", True), ("north-2025.txt", False), ("", True)],
    ids=["its report", "another report", "any report"],
)
def test_the_report_counts(doc: str, right: bool) -> None:
    """The same words in a sibling report are not evidence."""
    answer = response(citation(_SENTENCES[1], "陈立群"), passages=(_SENTENCES[1],))
    judged = judge(gold(doc=doc), answer)
    assert judged.right is right
    assert judged.rank == (0 if right else None)


def test_a_refusal_is_correct_where_nothing_answers() -> None:
    """And wrong where something does."""
    assert judge(gold(answers=()), response()).correct
    refused = judge(gold(), response())
    assert not refused.correct
    assert (refused.f1, refused.em) == (0, 0)


def test_a_quote_that_differs_from_its_passage_is_seen() -> None:
    """Verbatim compares byte for byte, not as a reader would."""
    altered = citation(_SENTENCES[0], "46场") | {"quote": "４６场"}
    assert judge(gold(), response(altered)).verbatim == (False,)


def test_summary_of_nothing() -> None:
    """No questions, no division by zero."""
    figures = summary([])
    assert figures.pop("questions") == 0
    assert set(figures.values()) == {0.0}


def test_score_weighs_right_f1_and_refusals() -> None:
    """Half for right, a fifth for f1, three tenths for refusals."""
    judged = [
        judge(gold(), response(citation(_SENTENCES[1], "陈立群"))),
        judge(gold(), response()),
        judge(gold(answers=()), response()),
    ]
    figures = summary(judged)
    assert (figures["right"], figures["f1"], figures["refused"]) == (0.5, 0.5, 1.0)
    assert figures["false_refusal"] == 0.5
    assert figures["score"] == pytest.approx(0.5 * 0.5 + 0.2 * 0.5 + 0.3)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("陈立群", "陈立群", 1.0),
        ("陈立群。", "「陈立群」", 1.0),
        ("12.6万", "12.6 万", 1.0),
        ("１２％", "12%", 1.0),
        ("Ann LEE", "ann lee", 1.0),
        ("12.6", "12.7", 0.0),
        ("", "陈立群", 0.0),
        ("", "", 0.0),
        ("讲座讲座", "讲座", 2 * 2 / 6),
    ],
)
def test_f1(ours: str, theirs: str, expected: float) -> None:
    """Han characters count one each, a number or a word as one; width and case do not count."""
    assert f1(ours, theirs) == pytest.approx(expected)
    assert f1(theirs, ours) == pytest.approx(expected)


def test_squeeze_keeps_what_numbers_need() -> None:
    """Punctuation goes; percent, point and minus stay."""
    assert squeeze(" “８.５％”，即 Ｆ-1！") == "8.5%即f-1"
