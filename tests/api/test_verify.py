"""Citations checked again after the reports behind them were edited, renamed or removed."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import wiring
from api.wiring import Service
from qa.verification import MAX_PLACES
from tests.conftest import REPORTS

JSON = {"content-type": "application/json"}
VERIFY = "/api/verify"
FIELDS = ("document_sha256", "passage_id", "start", "end", "quote")


def cited(client: TestClient, document_id: str, quote: str) -> dict[str, Any]:
    """Return a citation of a quote of a report, as an answer would give it."""
    document = client.get(f"/api/documents/{document_id}").json()
    passage = next(found for found in document["passages"] if quote in found["passage"])
    start = passage["passage"].index(quote)
    return {
        "document_sha256": document["document_sha256"],
        "passage_id": passage["passage_id"],
        "start": start,
        "end": start + len(quote),
        "quote": quote,
    }


def verified(client: TestClient, citation: dict[str, Any]) -> dict[str, Any]:
    """Return what became of a citation, once every place has been found to hold the quote."""
    response = client.post(VERIFY, json=citation)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    for place in found["places"]:
        now = client.get(f"/api/passages/{place['passage_id']}").json()
        assert now["passage"][place["start"] : place["end"]] == place["quote"] == citation["quote"]
        assert now["document_sha256"] == place["document_sha256"]
    return found


def rewrite(service: Service, name: str, text: str | None) -> None:
    """Put a text into the corpus, or take it out, and rebuild."""
    path = service.settings.corpus / name
    path.unlink(missing_ok=True)
    if text is not None:
        path.write_text(text, encoding="utf-8")
    wiring.rebuild(service.settings, service.models, on_progress=lambda progress: None)
    service.refresh()


def test_a_citation_of_this_version_is_valid(client: TestClient) -> None:
    """As it came out of an answer, with all the fields that it came with."""
    answer = client.post("/api/ask", json={"question": "2024年全年举办讲座多少场？"}).json()
    found = verified(client, answer["citations"][0])
    assert found["state"] == "valid"
    assert found["index_version"] == answer["index_version"]
    (place,) = found["places"]
    assert all(place[field] == answer["citations"][0][field] for field in FIELDS)


def test_a_rebuild_of_the_same_reports_changes_nothing(admin: TestClient, service: Service) -> None:
    """The version is another; file, passage and place are the same."""
    citation = cited(admin, "river", "0.42毫克每升")
    rewrite(service, "west.txt", "西区2024年工作报告\n西区新建公园九座。\n")
    assert verified(admin, citation)["state"] == "valid"


def test_an_edited_report_tells_the_new_place(admin: TestClient, service: Service) -> None:
    """The quote went down by a passage and back by some characters."""
    citation = cited(admin, "north-2024", "46场")
    text = REPORTS["north-2024.txt"].replace("全年举办讲座", "举办讲座")
    rewrite(service, "north-2024.txt", text.replace("二、", "新建分馆两座。\n二、"))
    found = verified(admin, citation)
    assert found["state"] == "moved"
    (place,) = found["places"]
    assert place["document_id"] == "north-2024"
    assert place["document_sha256"] != citation["document_sha256"]
    assert (place["passage_id"], place["start"]) != (citation["passage_id"], citation["start"])


def test_an_edit_elsewhere_moves_it_to_another_file(admin: TestClient, service: Service) -> None:
    """Its place is the same, but the file that was cited is no more: the caller is told."""
    citation = cited(admin, "north-2024", "46场")
    rewrite(service, "north-2024.txt", REPORTS["north-2024.txt"] + "完。\n")
    found = verified(admin, citation)
    assert found["state"] == "moved"
    assert found["places"][0]["passage_id"] == citation["passage_id"]
    assert found["places"][0]["start"] == citation["start"]


def test_a_renamed_report_is_found_by_its_bytes(admin: TestClient, service: Service) -> None:
    """Before any other report that says the same."""
    citation = cited(admin, "north-2024", "退休教师陈立群")
    rewrite(service, "a.txt", "讲座报告\n讲座由退休教师陈立群主持。\n")
    rewrite(service, "north-2024.txt", None)
    rewrite(service, "z.txt", REPORTS["north-2024.txt"])
    found = verified(admin, citation)
    assert found["state"] == "moved"
    assert [place["document_id"] for place in found["places"]] == ["z", "a"]
    assert found["places"][0]["document_sha256"] == citation["document_sha256"]


def test_an_edited_report_comes_before_others(admin: TestClient, service: Service) -> None:
    """Its id says that it is the same report."""
    citation = cited(admin, "north-2025", "52场")
    rewrite(service, "a.txt", "讲座报告\n讲座共52场。\n")
    rewrite(service, "north-2025.txt", REPORTS["north-2025.txt"].replace("志愿者", "教师"))
    places = verified(admin, citation)["places"]
    assert [place["document_id"] for place in places] == ["north-2025", "a"]


def test_of_several_places_the_nearest_comes_first(admin: TestClient, service: Service) -> None:
    """By passage, then by offset."""
    lines = "".join(f"第{n}段写到同一个数，它是96万元，一直没有变化。\n\n" for n in range(1, 30))
    rewrite(service, "many.txt", f"数字报告\n\n{lines}")
    citation = cited(admin, "many", "96万元") | {"passage_id": "many:0007"}
    rewrite(service, "many.txt", f"数字报告\n\n{lines}完。\n")
    places = verified(admin, citation)["places"]
    assert len(places) == MAX_PLACES
    assert places[0]["passage_id"] == "many:0007"
    assert {place["passage_id"] for place in places[1:3]} == {"many:0006", "many:0008"}


def test_what_no_report_says_any_more_is_gone(admin: TestClient, service: Service) -> None:
    """After a removal, and after an edit of the quote itself."""
    removed = cited(admin, "river", "0.42毫克每升")
    edited = cited(admin, "north-2024", "210组")
    rewrite(service, "river.md", None)
    rewrite(service, "north-2024.txt", REPORTS["north-2024.txt"].replace("210", "211"))
    for citation in (removed, edited):
        found = verified(admin, citation)
        assert (found["state"], found["places"]) == ("gone", [])


def test_a_report_that_comes_back_is_valid_again(admin: TestClient, service: Service) -> None:
    """Nothing is remembered of its absence."""
    citation = cited(admin, "river", "0.42毫克每升")
    rewrite(service, "river.md", None)
    rewrite(service, "river.md", REPORTS["river.md"])
    assert verified(admin, citation)["state"] == "valid"


def test_a_citation_that_was_never_given_is_not_valid(client: TestClient) -> None:
    """A wrong offset, another's hash, a passage of nobody's."""
    citation = cited(client, "river", "0.42毫克每升")
    for wrong in (
        {"start": citation["start"] + 1, "end": citation["end"] + 1},
        {"start": 10**9, "end": 10**9 + len(citation["quote"])},
        {"document_sha256": cited(client, "north-2024", "46场")["document_sha256"]},
        {"passage_id": "river"},
        {"passage_id": "没有:00一"},
    ):
        assert verified(client, citation | wrong)["state"] == "moved"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"end": 3}, "end"),
        ({"end": 2}, "end"),
        ({"start": -1}, "start"),
        ({"start": "3"}, "start"),
        ({"quote": "46"}, "quote"),
        ({"quote": ""}, "quote"),
        ({"quote": "46\ud800"}, "quote"),
        ({"passage_id": None}, "passage_id"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_bad_offsets_are_refused(client: TestClient, wrong: dict[str, Any], field: str) -> None:
    """Problem+json names the field and says what it must be."""
    citation = {"document_sha256": "0", "passage_id": "a:0001", "start": 3, "end": 6}
    body = {**citation, "quote": "46场", **wrong}
    response = client.post(VERIFY, content=json.dumps(body), headers=JSON)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert " / " in response.json()["detail"]
