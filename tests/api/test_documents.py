"""Reports listed, read, uploaded and removed over HTTP."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Client
from starlette.testclient import TestClient

from api.settings import SAMPLES
from api.uploads import BadUpload, safe_name
from api.wiring import Service
from tests.api.conftest import client_of

REPORT = "西区2024年工作报告\n一、绿化\n2024年，西区新建口袋公园{n}座，投入经费300万元。\n"


def file(name: str, content: str | bytes) -> dict[str, tuple[str, bytes]]:
    """Return the files of a form that holds one."""
    return {"file": (name, content if isinstance(content, bytes) else content.encode())}


def settled(client: Client) -> dict[str, Any]:
    """Return the rebuild job once it has nothing left to do."""
    while (job := client.get("/api/rebuild").json())["state"] == "running":
        time.sleep(0.02)
    settled_job: dict[str, Any] = job
    return settled_job


def ids(client: Client) -> set[str]:
    """Return the ids of all documents."""
    return {found["document_id"] for found in client.get("/api/documents").json()["documents"]}


def test_documents_are_listed(client: TestClient, shared_service: Service) -> None:
    """Each with its counts, and the version they belong to."""
    listed = client.get("/api/documents").json()
    assert listed["index_version"] == shared_service.index.version
    assert {found["source"] for found in listed["documents"]} == {
        "north-2024.txt",
        "north-2025.txt",
        "river.md",
    }
    total = sum(found["passages"] for found in listed["documents"])
    assert total == client.get("/api/health").json()["passages"]


def test_a_document_has_its_passages_in_order(client: TestClient) -> None:
    """What the source panel shows around a citation."""
    found = client.get("/api/documents/north-2024").json()
    assert set(found) == {
        "document_id", "document_title", "source", "document_sha256", "characters", "passages",
        "index_version",
    }  # fmt: skip
    assert all(set(p) == {"passage_id", "headings", "passage"} for p in found["passages"])
    texts = [passage["passage"] for passage in found["passages"]]
    places = [
        texts.index(next(t for t in texts if mark in t)) for mark in ("12.6万", "46场", "210组")
    ]
    assert places == sorted(places)


def test_a_passage_is_found_by_its_id(client: TestClient) -> None:
    """Every id that an answer names can be looked up."""
    for passage in client.get("/api/documents/river").json()["passages"]:
        found = client.get(f"/api/passages/{passage['passage_id']}").json()
        assert found["passage"] == passage["passage"]
        assert found["document_id"] == "river"


def test_an_upload_is_answered_from(admin: TestClient, service: Service) -> None:
    """A report arrives, is indexed, and can be asked about; the file holds what was sent."""
    response = admin.post("/api/documents", files=file("西区.txt", REPORT.format(n=17)))
    assert response.status_code == 202, response.text
    assert response.json()["sources"] == ["西区.txt"]
    assert response.json()["rebuild"]["state"] == "running"
    assert settled(admin)["state"] == "succeeded"
    assert (service.settings.corpus / "西区.txt").read_text("utf-8") == REPORT.format(n=17)
    answer = admin.post("/api/ask", json={"question": "西区新建口袋公园多少座？"}).json()
    assert answer["passages"][0]["document_id"] == "西区"
    found = admin.get(f"/api/passages/{answer['passages'][0]['passage_id']}")
    assert found.json()["document_title"] == "西区2024年工作报告"


def test_an_upload_of_the_same_name_replaces(admin: TestClient) -> None:
    """An edited report leaves nothing of the old one."""
    for count in (17, 18):
        admin.post("/api/documents", files=file("west.txt", REPORT.format(n=count)))
        settled(admin)
    passages = admin.get("/api/documents/west").json()["passages"]
    text = "".join(passage["passage"] for passage in passages)
    assert "18座" in text
    assert "17座" not in text


def test_twenty_uploads_at_once_lose_nothing(admin: TestClient) -> None:
    """Each is kept, and the rebuilds that they ask for are merged."""

    def upload(number: int) -> int:
        content = file(f"west-{number}.txt", REPORT.format(n=number))
        return admin.post("/api/documents", files=content).status_code

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(upload, range(20))) == {202}
    assert settled(admin)["state"] == "succeeded"
    assert {f"west-{number}" for number in range(20)} <= ids(admin)


def test_several_files_in_one_form(admin: TestClient) -> None:
    """All of them are kept, whatever the field is called."""
    form = [("files", (f"{n}.md", REPORT.format(n=n).encode())) for n in (1, 2)]
    assert admin.post("/api/documents", files=form).json()["sources"] == ["1.md", "2.md"]
    settled(admin)
    assert {"1", "2"} <= ids(admin)


def test_a_removed_report_is_gone(admin: TestClient, service: Service) -> None:
    """From the folder at once, from the index with the next rebuild."""
    response = admin.delete("/api/documents/river")
    assert response.status_code == 202
    assert response.json()["source"] == "river.md"
    assert not (service.settings.corpus / "river.md").exists()
    assert settled(admin)["state"] == "succeeded"
    assert ids(admin) == {"north-2024", "north-2025"}
    assert admin.delete("/api/documents/river").status_code == 404


def test_the_last_report_stays(admin: TestClient, service: Service) -> None:
    """Without it there would be nothing to answer from."""
    for document_id in ("river", "north-2024"):
        admin.delete(f"/api/documents/{document_id}")
        settled(admin)
    assert admin.delete("/api/documents/north-2025").status_code == 409
    assert (service.settings.corpus / "north-2025.txt").exists()


def test_removals_that_overtake_the_rebuild_leave_one(admin: TestClient, service: Service) -> None:
    """What counts is the folder: the index still holds what was removed a moment ago."""
    ids_ = ("river", "north-2024", "north-2025")
    assert [admin.delete(f"/api/documents/{id_}").status_code for id_ in ids_] == [202, 202, 409]
    assert [path.name for path in service.settings.corpus.iterdir()] == ["north-2025.txt"]


def test_removals_at_once_leave_one(admin: TestClient, service: Service) -> None:
    """None of them counts a report that another is about to remove."""
    paths = [f"/api/documents/{id_}" for id_ in ("river", "north-2024", "north-2025")]
    with ThreadPoolExecutor(3) as pool:
        codes = [response.status_code for response in pool.map(admin.delete, paths)]
    assert sorted(codes) == [202, 202, 409]
    assert len(list(service.settings.corpus.iterdir())) == 1


def test_what_cannot_be_read_is_no_report_left(admin: TestClient, service: Service) -> None:
    """A README or an empty file beside the last report does not take its place."""
    (service.settings.corpus / "README.md").write_text("说明", "utf-8")
    (service.settings.corpus / "empty.txt").write_bytes(b"")
    codes = [
        admin.delete(f"/api/documents/{id_}").status_code
        for id_ in ("river", "north-2024", "north-2025")
    ]
    assert codes == [202, 202, 409]


@pytest.mark.parametrize("corpus", [SAMPLES, SAMPLES / ".." / "samples"], ids=["named", "detour"])
def test_the_sample_reports_cannot_be_changed(
    admin: TestClient, service: Service, corpus: Path
) -> None:
    """They are files of the program; a folder of one's own is the way."""
    before = sorted(SAMPLES.iterdir())
    service.settings = service.settings.model_copy(update={"corpus": corpus})
    for response in (
        admin.post("/api/documents", files=file("西区.txt", REPORT.format(n=17))),
        admin.delete("/api/documents/river"),
    ):
        assert response.status_code == 409
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["type"] == "/docs#sample-reports"
        assert "--corpus" in response.json()["detail"]
    assert sorted(SAMPLES.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.exe", REPORT),
        ("report", REPORT),
        ("README.md", REPORT),
        (".txt", REPORT),
        (".hidden.txt", REPORT),
        ("a\u202etxt.txt", REPORT),
        ("名" * 80 + ".txt", REPORT),
        ("empty.txt", ""),
        ("blank.txt", " \n"),
        ("binary.txt", bytes(range(256)) * 8),
    ],
    ids=[
        "suffix", "no suffix", "readme", "only a suffix", "hidden", "turned name", "long name",
        "empty", "blank", "binary",
    ],
)  # fmt: skip
def test_bad_uploads_change_nothing(
    admin: TestClient, service: Service, name: str, content: str | bytes
) -> None:
    """What could not become a report is refused before anything is written."""
    before = sorted(path.name for path in service.settings.corpus.iterdir())
    response = admin.post("/api/documents", files=file(name, content))
    assert response.status_code == 422, response.text
    assert response.json()["type"] == "/docs#bad-upload"
    assert sorted(path.name for path in service.settings.corpus.iterdir()) == before
    assert admin.get("/api/rebuild").json()["state"] == "idle"


def test_one_bad_file_of_a_form_keeps_the_others_out(admin: TestClient, service: Service) -> None:
    """A form is taken whole or not at all."""
    form = [("file", ("good.txt", REPORT.encode())), ("file", ("bad.exe", b"x"))]
    assert admin.post("/api/documents", files=form).status_code == 422
    assert not (service.settings.corpus / "good.txt").exists()


@pytest.mark.parametrize(
    "name",
    ["../../west.txt", "/etc/west.txt", "..\\..\\west.txt", "C:\\west.txt", "./west.txt"],
)
def test_no_name_leaves_the_folder(name: str) -> None:
    """Of a path only the last part counts."""
    assert safe_name(name) == "west.txt"


@pytest.mark.parametrize("name", ["", ".", "..", "../..", "a/", "a/.txt", "a\0.txt", "a\n.txt"])
def test_names_that_are_none_are_refused(name: str) -> None:
    """Nothing, folders, hidden files and control characters."""
    with pytest.raises(BadUpload, match=" / "):
        safe_name(name)


def test_a_large_upload_is_refused(service: Service) -> None:
    """Before it is read to the end."""
    limit = service.settings.max_upload_mib * 1024 * 1024
    response = client_of(service).post("/api/documents", files=file("a.txt", b"a" * (limit + 1)))
    assert response.status_code == 413
    assert not (service.settings.corpus / "a.txt").exists()


def test_a_corpus_that_cannot_be_written_is_explained(
    admin: TestClient, service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The folder is gone: the problem says so, and the old index answers on."""
    service.settings.corpus.rename(tmp_path / "elsewhere")
    response = admin.post("/api/documents", files=file("a.txt", REPORT))
    assert response.status_code == 503
    assert response.json()["type"] == "/docs#corpus-read-only"
    admin.post("/api/rebuild")
    job = settled(admin)
    assert job["state"] == "failed"
    assert str(service.settings.corpus) in job["error"]
    (logged,) = [record for record in caplog.records if record.name == "api.rebuilding"]
    assert logged.exc_info is None
    assert admin.post("/api/ask", json={"question": "全年举办讲座多少场？"}).json()["found"] is True
