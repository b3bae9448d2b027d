"""A corpus folder that is watched: what settles in it is taken in, and nothing else."""

import os
import shutil
import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.watching import QUIET_LOOKS, Watching
from api.wiring import Service
from tests.api.conftest import client_of
from tests.api.test_documents import REPORT, file, ids, settled
from tests.conftest import REPORTS
from tests.fakes import HeldEncoder


@pytest.fixture
def corpus(service: Service) -> Path:
    """The folder that is watched."""
    return service.settings.corpus


@pytest.fixture
def watching(service: Service) -> Watching:
    """The watching of it, which has seen it as it is."""
    watching = Watching(service)
    rest(watching)
    return watching


def rest(watching: Watching) -> None:
    """Look as often as it takes to find that nothing changes any more."""
    for _ in range(QUIET_LOOKS + 1):
        watching.look()


def version_after(watching: Watching, client: TestClient) -> str:
    """Return the version that answers once the folder has come to rest and was taken in."""
    rest(watching)
    settled(client)
    return str(client.get("/api/health").json()["index_version"])


def test_what_was_there_is_left_alone(admin: TestClient, watching: Watching) -> None:
    """The index is of these reports already."""
    rest(watching)
    assert admin.get("/api/rebuild").json()["state"] == "idle"


def test_changes_are_taken_in(admin: TestClient, watching: Watching, corpus: Path) -> None:
    """A report that is new, one edited to the same length, one renamed, one removed."""
    edited = REPORTS["north-2024.txt"].replace("46场", "47场")
    (corpus / "west.txt").write_text(REPORT.format(n=3), encoding="utf-8")
    version_after(watching, admin)
    assert "west" in ids(admin)
    (corpus / "north-2024.txt").write_text(edited, encoding="utf-8")
    version_after(watching, admin)
    passages = admin.get("/api/documents/north-2024").json()["passages"]
    assert any("47场" in found["passage"] for found in passages)
    (corpus / "west.txt").rename(corpus / "east.txt")
    version_after(watching, admin)
    assert {"east"} == ids(admin) - {name.rpartition(".")[0] for name in REPORTS}
    (corpus / "east.txt").unlink()
    version_after(watching, admin)
    assert ids(admin) == {name.rpartition(".")[0] for name in REPORTS}


def test_a_report_that_is_being_written_is_waited_for(
    admin: TestClient, watching: Watching, corpus: Path
) -> None:
    """Each piece starts the wait anew."""
    with (corpus / "west.txt").open("w", encoding="utf-8") as report:
        for line in REPORT.format(n=3).splitlines(keepends=True) * 2:
            report.write(line)
            report.flush()
            for _ in range(QUIET_LOOKS):
                watching.look()
            assert admin.get("/api/rebuild").json()["state"] == "idle"
    version_after(watching, admin)
    assert "west" in ids(admin)


def test_a_new_time_alone_is_no_change(
    admin: TestClient, watching: Watching, corpus: Path, service: Service
) -> None:
    """The bytes are compared before anything is rebuilt; a file that is no report is none."""
    os.utime(corpus / "river.md", ns=(0, 0))
    (corpus / "README.md").write_text("说明", encoding="utf-8")
    (corpus / ".hidden.txt").write_text("不是报告", encoding="utf-8")
    assert version_after(watching, admin) == service.index.version
    assert admin.get("/api/rebuild").json()["state"] == "idle"


def test_what_changed_before_the_start_is_taken_in(
    admin: TestClient, service: Service, corpus: Path
) -> None:
    """While no service ran, a report arrived."""
    (corpus / "west.txt").write_text(REPORT.format(n=3), encoding="utf-8")
    version_after(Watching(service), admin)
    assert "west" in ids(admin)


def test_an_upload_is_not_taken_in_twice(
    admin: TestClient, watching: Watching, held: HeldEncoder
) -> None:
    """Its own rebuild has done it; the watching waits for that, and finds nothing to do."""
    admin.post("/api/documents", files=file("west.txt", REPORT.format(n=3)))
    held.reached.wait()
    rest(watching)
    held.go_on.set()
    done = settled(admin)
    rest(watching)
    assert settled(admin) == done


@pytest.mark.parametrize("emptied", [True, False], ids=["empty", "missing"])
def test_a_folder_that_goes_is_told_of(
    admin: TestClient, watching: Watching, corpus: Path, tmp_path: Path, emptied: bool
) -> None:
    """The old index answers on, and the health says why; when the folder is back, all is well."""
    before = admin.get("/api/health").json()
    shutil.move(corpus, tmp_path / "away")
    if emptied:
        corpus.mkdir()
    rest(watching)
    gone = admin.get("/api/health").json()
    assert str(corpus) in gone["notice"]
    assert gone | {"notice": ""} == before
    assert admin.get("/api/rebuild").json()["state"] == "idle"
    assert admin.post("/api/ask", json={"question": "全年举办讲座多少场？"}).json()["found"] is True
    shutil.rmtree(corpus, ignore_errors=True)
    shutil.move(tmp_path / "away", corpus)
    rest(watching)
    assert admin.get("/api/health").json() == before


def test_a_service_watches_where_it_is_told_to(service: Service, corpus: Path) -> None:
    """From its start to its end, beside everything else."""
    service.settings = service.settings.model_copy(update={"watch": True})
    with client_of(service) as client:
        (corpus / "west.txt").write_text(REPORT.format(n=3), encoding="utf-8")
        deadline = time.monotonic() + 60
        while "west" not in ids(client):
            assert time.monotonic() < deadline
            time.sleep(0.05)
