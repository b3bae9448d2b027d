"""The pages, health, metrics, and the headers of all of them."""

import re

import pytest
from starlette.testclient import TestClient

from api.middleware import CONTENT_SECURITY_POLICY
from api.routes_site import WEB
from api.wiring import Service


@pytest.mark.parametrize("path", ["/", "/admin"])
def test_the_pages_are_served(client: TestClient, path: str) -> None:
    """To look at, and to ask whether they are there."""
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert client.head(path).status_code == 200


def test_the_files_of_the_pages_are_served(client: TestClient) -> None:
    """Each of a type that a browser accepts under nosniff."""
    for path in WEB.rglob("*.*"):
        response = client.get(f"/web/{path.relative_to(WEB).as_posix()}")
        assert response.content == path.read_bytes()
        if path.suffix == ".js":
            assert "javascript" in response.headers["content-type"]


@pytest.mark.parametrize(
    "path", ["/", "/admin", "/api/health", "/metrics", "/openapi.json", "/nothing"]
)
def test_every_response_is_guarded(client: TestClient, path: str) -> None:
    """No other host, no inline code, no frame, no guessing of types, no address passed on."""
    headers = client.get(path).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_health_counts_what_is_served(client: TestClient, shared_service: Service) -> None:
    """Ready, which version, how much, by which encoder."""
    index = shared_service.index
    assert client.get("/api/health").json() == {
        "ready": True,
        "index_version": index.version,
        "documents": 3,
        "passages": len(index.passages),
        "sentences": len(index.contents.sentences),
        "encoder": {"name": "bigrams-256", "fingerprint": index.fingerprint},
        "notice": "",
    }


def test_metrics_count_by_route(client: TestClient) -> None:
    """Under the pattern of a route: an address of a client's making is no label."""
    client.get("/api/documents/no-such-document")
    client.get("/no/such/address")
    client.post("/api/ask", json={"question": "2024年全年举办讲座多少场？"})
    text = client.get("/metrics").text
    pattern = 'method="GET",route="/api/documents/{document_id:path}",status="404"'
    assert f"wenju_requests_total{{{pattern}}} 1.0" in text
    assert 'route="unknown",status="404"' in text
    assert 'wenju_answers_total{found="true"} 1.0' in text
    assert "wenju_request_seconds_bucket" in text
    assert "no-such" not in text
    assert "no/such" not in text


def test_metrics_do_not_grow_with_methods(client: TestClient) -> None:
    """A client can make up any method."""
    client.request("MADEUP", "/api/ask")
    assert "MADEUP" not in client.get("/metrics").text


def test_the_reference_is_self_contained(client: TestClient) -> None:
    """No script and nothing of another host; its one style is allowed by its hash."""
    response = client.get("/docs")
    assert "<script" not in response.text
    assert not re.search(r"(src|href)=\"(https?:)?//", response.text)
    assert "'unsafe-inline'" not in response.headers["content-security-policy"]
    assert "style-src 'sha256-" in response.headers["content-security-policy"]


def test_the_reference_lists_every_address_and_problem(client: TestClient) -> None:
    """Drawn from the same OpenAPI that clients read."""
    text = client.get("/docs").text
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in text
    assert 'id="invalid-request"' in text
    assert "2024年新增就业多少人" in text


def test_openapi_has_examples_for_ask(client: TestClient) -> None:
    """Of the request and of the answer, and each example is a valid one."""
    openapi = client.get("/openapi.json").json()
    schemas = openapi["components"]["schemas"]
    for example in schemas["AskIn"]["examples"]:
        assert client.post("/api/ask", json=example).status_code == 200
    citation = schemas["AnswerOut"]["examples"][0]["citations"][0]
    assert citation["quote"] == citation["passage"][citation["start"] : citation["end"]]
    assert set(schemas["AnswerOut"]["examples"][0]) == set(schemas["AnswerOut"]["properties"])
    assert set(citation) == set(schemas["CitationOut"]["properties"])
    ask = openapi["paths"]["/api/ask"]["post"]
    assert "text/event-stream" in ask["responses"]["200"]["content"]
    assert "application/problem+json" in ask["responses"]["4XX"]["content"]
