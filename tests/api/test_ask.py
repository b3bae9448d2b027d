"""POST /api/ask and GET /api/search: the contract, field by field."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.wiring import Service
from qa.examples import examples

QUESTION = "2024年北区图书馆举办讲座多少场？"
CITATION_FIELDS = {
    "n", "document_id", "document_title", "source", "document_sha256", "passage_id", "headings",
    "passage", "start", "end", "quote", "sentence_start", "sentence_end", "score",
}  # fmt: skip
PASSAGE_FIELDS = {
    "document_id", "document_title", "source", "passage_id", "headings", "passage", "score",
}  # fmt: skip
ANSWER_FIELDS = {
    "question", "standalone_question", "found", "answer", "confidence", "citations", "passages",
    "index_version", "timings_ms",
}  # fmt: skip


def asked(client: TestClient, question: str = QUESTION, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the answer to a question, which must be a good one."""
    response = client.post("/api/ask", json={"question": question, **fields})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of a stream, each with its data."""
    parsed = []
    for block in text.strip().split("\n\n"):
        event, data = block.split("\n")
        parsed.append((event.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return parsed


def test_answer_has_the_fields_of_the_contract(client: TestClient) -> None:
    """Nothing is missing and nothing is added, in the answer, its citations and its passages."""
    answer = asked(client)
    assert set(answer) == ANSWER_FIELDS
    assert answer["citations"]
    assert all(set(citation) == CITATION_FIELDS for citation in answer["citations"])
    assert answer["passages"]
    assert all(set(passage) == PASSAGE_FIELDS for passage in answer["passages"])
    assert all(isinstance(took, float) for took in answer["timings_ms"].values())


def test_answer_finds_the_right_report(client: TestClient) -> None:
    """The year in the question decides between two reports with the same words."""
    answer = asked(client)
    assert answer["found"] is True
    assert answer["citations"][0]["document_id"] == "north-2024"
    assert answer["citations"][0]["source"] == "north-2024.txt"
    assert answer["citations"][0]["document_title"] == "北区图书馆2024年工作报告"


@pytest.mark.parametrize(
    "question",
    [
        QUESTION,
        "氨氮浓度是多少？",
        "主持讲座的是谁",
        "北區圖書館2025年接待讀者多少人次",
        "ammonia nitrogen",
        "？！",
        "\u200b",
        "𠮷野家😀",
    ],
    ids=["year", "number", "who", "traditional", "english", "marks", "zero width", "astral"],
)
def test_quotes_are_slices_of_their_passage(client: TestClient, question: str) -> None:
    """Offsets count code points, the quote lies in its sentence, the answer joins the quotes."""
    answer = asked(client, question)
    citations = answer["citations"]
    assert [citation["n"] for citation in citations] == list(range(1, len(citations) + 1))
    for citation in citations:
        passage = citation["passage"]
        assert citation["quote"] == passage[citation["start"] : citation["end"]] != ""
        assert citation["sentence_start"] <= citation["start"]
        assert citation["end"] <= citation["sentence_end"]
    assert answer["answer"] == "；".join(citation["quote"] for citation in citations)
    assert answer["found"] is bool(citations)


def test_top_k_limits_the_passages(client: TestClient) -> None:
    """As many passages come back as were asked for."""
    assert len(asked(client, top_k=2)["passages"]) == 2


def test_documents_limit_where_is_searched(client: TestClient) -> None:
    """Citations and passages come from the named documents only."""
    answer = asked(client, documents=["river"])
    assert {passage["document_id"] for passage in answer["passages"]} == {"river"}
    assert {citation["document_id"] for citation in answer["citations"]} <= {"river"}


def test_no_documents_means_all(client: TestClient) -> None:
    """An empty list is what a form without a choice sends."""
    assert len({p["document_id"] for p in asked(client, documents=[])["passages"]}) == 3


def test_history_makes_a_follow_up_stand_alone(client: TestClient) -> None:
    """What was asked in the end is shown."""
    answer = asked(client, "那2025年呢？", history=[{"question": QUESTION, "answer": "46场"}])
    assert answer["question"] == "那2025年呢？"
    assert "2025年" in answer["standalone_question"]
    assert "讲座" in answer["standalone_question"]


def test_history_needs_no_answer(client: TestClient) -> None:
    """An earlier turn that found nothing has an empty answer, or none."""
    assert asked(client, "那2025年呢？", history=[{"question": QUESTION}])["standalone_question"]


def test_stream_carries_the_same_in_four_events(client: TestClient) -> None:
    """question, passages, answer, done: in this order, and the answer is the JSON one."""
    response = client.post(
        "/api/ask", json={"question": QUESTION}, headers={"accept": "text/event-stream"}
    )
    assert response.headers["content-type"].startswith("text/event-stream")
    names, values = zip(*events(response.text), strict=True)
    plain = asked(client)
    assert names == ("question", "passages", "answer", "done")
    assert values[0] == {"question": QUESTION, "standalone_question": QUESTION}
    assert values[1] == {"passages": plain["passages"]}
    assert values[2] | {"timings_ms": {}} == plain | {"timings_ms": {}}
    assert set(values[3]) == {"index_version", "timings_ms"}


def test_media_types_are_case_insensitive(client: TestClient) -> None:
    """RFC 9110, section 8.3.1."""
    response = client.post(
        "/api/ask", json={"question": QUESTION}, headers={"accept": "TEXT/EVENT-STREAM"}
    )
    assert response.headers["content-type"].startswith("text/event-stream")


def test_stream_of_a_bad_question_is_a_problem(client: TestClient) -> None:
    """Nothing is streamed before it is known that there is something to stream."""
    response = client.post(
        "/api/ask", json={"question": " "}, headers={"accept": "text/event-stream"}
    )
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


def test_search_has_the_fields_of_the_contract(client: TestClient) -> None:
    """The nearest passages, best first."""
    found = client.get("/api/search", params={"q": QUESTION, "k": 3}).json()
    assert set(found) == {"question", "passages", "index_version", "timings_ms"}
    assert found["question"] == QUESTION
    assert len(found["passages"]) == 3
    assert all(set(passage) == PASSAGE_FIELDS for passage in found["passages"])
    scores = [passage["score"] for passage in found["passages"]]
    assert scores == sorted(scores, reverse=True)


def test_search_returns_ten_by_default(client: TestClient) -> None:
    """Or all there are, where there are fewer."""
    total = client.get("/api/health").json()["passages"]
    assert len(client.get("/api/search?q=讲座").json()["passages"]) == min(10, total)


def test_examples_are_those_of_the_corpus(client: TestClient, shared_service: Service) -> None:
    """What the page offers before anything is asked."""
    assert client.get("/api/examples").json() == {"questions": examples(shared_service.index)}


def test_sixteen_questions_at_once_get_their_own_answers(client: TestClient) -> None:
    """What threads answer side by side equals what one after the other gets."""
    questions = [
        f"{year}年北区图书馆{what}"
        for year in (2024, 2025)
        for what in ("接待读者多少", "讲座几场")
    ] * 16

    def answered(question: str) -> dict[str, Any]:
        return asked(client, question) | {"timings_ms": {}}

    expected = {question: answered(question) for question in set(questions)}
    with ThreadPoolExecutor(16) as pool:
        for question, answer in zip(questions, pool.map(answered, questions), strict=True):
            assert answer == expected[question]
