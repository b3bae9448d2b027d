"""Every error has one shape: RFC 9457 problem+json, and says what is wrong in two languages."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.problems import PROBLEMS, kinds
from api.wiring import Service

ASK = "/api/ask"
FORM = {"content-type": "multipart/form-data"}  # without its boundary
JSON = {"content-type": "application/json"}


def call(method: str, path: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a request's arguments; reads better in a table of them."""
    return {"method": method, "url": path, **request}


BAD_REQUESTS = {
    "empty question": (call("POST", ASK, json={"question": ""}), 422, "question"),
    "blank question": (call("POST", ASK, json={"question": " \u3000\n"}), 422, "question"),
    "10,000 characters": (call("POST", ASK, json={"question": "问" * 10_000}), 422, "2000"),
    "a megabyte": (call("POST", ASK, json={"question": "问" * 400_000}), 413, "太大"),
    "no question": (call("POST", ASK, json={}), 422, "question"),
    "question not text": (call("POST", ASK, json={"question": 5}), 422, "question"),
    "half a character": (
        call("POST", ASK, content=b'{"question": "\\ud800"}', headers=JSON), 422, "question",
    ),
    "half a character as a field": (
        call("POST", ASK, content=b'{"question": "a", "\\ud800": 1}', headers=JSON), 422, "不完整",
    ),
    "not JSON": (call("POST", ASK, content="谁？".encode(), headers=JSON), 422, "JSON"),
    "broken JSON": (call("POST", ASK, content=b'{"question": ', headers=JSON), 422, "JSON"),
    "not UTF-8": (call("POST", ASK, content=b'{"question": "\xff"}', headers=JSON), 400, ""),
    "deep JSON": (call("POST", ASK, content=b"[" * 100_000, headers=JSON), 400, ""),
    "a form": (call("POST", ASK, data={"question": "谁？"}), 422, "Content-Type"),
    "a list": (call("POST", ASK, json=["谁？"]), 422, "JSON"),
    "no body": (call("POST", ASK), 422, "body"),
    "unknown field": (call("POST", ASK, json={"question": "谁？", "topk": 3}), 422, "topk"),
    "no passages": (call("POST", ASK, json={"question": "谁？", "top_k": 0}), 422, "top_k"),
    "too many passages": (call("POST", ASK, json={"question": "谁？", "top_k": 51}), 422, "top_k"),
    "a boolean count": (call("POST", ASK, json={"question": "谁？", "top_k": True}), 422, "top_k"),
    "51 turns": (
        call("POST", ASK, json={"question": "谁？", "history": [{"question": "谁？"}] * 51}),
        422,
        "50",
    ),
    "blank turn": (
        call("POST", ASK, json={"question": "谁？", "history": [{"question": ""}]}),
        422,
        "history.0.question",
    ),
    "unknown documents": (
        call("POST", ASK, json={"question": "谁？", "documents": ["river", "没有", "nor"]}),
        404,
        "nor、没有",
    ),
    "search for nothing": (call("GET", "/api/search"), 422, "q"),
    "search for blanks": (call("GET", "/api/search?q=%20"), 422, "q"),
    "search too much": (call("GET", "/api/search?q=a&k=51"), 422, "k"),
    "search not a number": (call("GET", "/api/search?q=a&k=all"), 422, "k"),
    "no such document": (call("GET", "/api/documents/没有"), 404, "没有"),
    "no such passage": (call("GET", "/api/passages/没有:0001"), 404, "没有:0001"),
    "no such version": (call("POST", "/api/versions/nope/activate"), 404, "nope"),
    "a version outside": (call("POST", "/api/versions/..%2F..%2Fetc/activate"), 404, ""),
    "no such address": (call("GET", "/api/nothing"), 404, "/docs"),
    "no such file": (call("GET", "/web/nothing.js"), 404, "/docs"),
    "a file outside": (call("GET", "/web/..%2Fapp.py"), 404, "/docs"),
    "wrong method": (call("DELETE", ASK), 405, "/docs"),
    "upload of nothing": (call("POST", "/api/documents"), 422, "file"),
    "not a form": (
        call("POST", "/api/documents", content=b"x", headers=FORM),
        400,
        "",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "status", "named"), BAD_REQUESTS.values(), ids=BAD_REQUESTS.keys()
)
def test_bad_requests_get_a_problem(
    client: TestClient, request_: dict[str, Any], status: int, named: str
) -> None:
    """Type, title, status, detail: and the detail names what was wrong."""
    response = client.request(**request_)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["status"] == status
    assert problem["type"] in {f"/docs#{kind.name}" for kind in kinds()}
    assert named in problem["detail"]
    assert " / " in problem["detail"]
    assert "content-security-policy" in response.headers


def test_long_question_names_each_wrong_field(client: TestClient) -> None:
    """A form can show each message beside its field."""
    wrong = client.post(ASK, json={"question": "问" * 2001, "top_k": 0}).json()["errors"]
    assert [error["field"] for error in wrong] == ["question", "top_k"]


TOO_LONG = {
    "ask": (call("POST", ASK, json={"question": "问" * 10_000}), 2000),
    "turn": (
        call("POST", ASK, json={"question": "谁？", "history": [{"question": "问" * 2001}]}), 2000,
    ),
    "answer": (
        call(
            "POST",
            ASK,
            json={"question": "谁？", "history": [{"question": "谁？", "answer": "答" * 20_001}]},
        ),
        20_000,
    ),
    "search": (call("GET", "/api/search", params={"q": "问" * 2001}), 2000),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "limit"), TOO_LONG.values(), ids=TOO_LONG.keys())
def test_a_long_text_is_told_its_limit_in_characters(
    client: TestClient, request_: dict[str, Any], limit: int
) -> None:
    """Not in items: it is text."""
    (error,) = client.request(**request_).json()["errors"]
    assert error["detail"] == f"最多 {limit} 个字符。 / At most {limit} characters."


def test_2000_characters_are_a_question(client: TestClient) -> None:
    """The limit itself is allowed, and counts characters, not bytes."""
    assert client.post(ASK, json={"question": "问" * 2000}).status_code == 200


def test_wrong_method_names_the_right_one(client: TestClient) -> None:
    """The header that RFC 9110 asks for survives."""
    assert "POST" in client.delete(ASK).headers["allow"]


def test_a_bug_is_a_problem_without_its_inside(shared_service: Service) -> None:
    """What nobody expected is told of in the same shape, with the same headers."""
    app = create_app(shared_service)

    @app.get("/bug")
    def bug() -> None:
        raise ZeroDivisionError("secret")

    response = TestClient(app, raise_server_exceptions=False).get("/bug")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.json()["type"] == "/docs#internal"
    assert "secret" not in response.text


def test_a_body_that_lies_about_its_length_is_cut_off(client: TestClient) -> None:
    """A body without a length is counted while it comes."""
    pieces = (b"x" * 65536 for _ in range(40))
    response = client.post(ASK, content=pieces, headers=JSON)
    assert response.status_code == 413
    assert response.json()["type"] == "/docs#too-large"


@pytest.mark.parametrize("error", PROBLEMS, ids=lambda error: error.__name__)
def test_every_explained_error_is_answered(shared_service: Service, error: type[Exception]) -> None:
    """One table decides the status of every error that a layer below can raise."""
    app = create_app(shared_service)

    @app.get("/raise")
    def fail() -> None:
        broken = error.__new__(error)
        broken.args = ("为什么 / why",)
        raise broken

    response = TestClient(app).get("/raise")
    assert response.status_code == PROBLEMS[error].status
    assert json.loads(response.text)["detail"] == "为什么 / why"
