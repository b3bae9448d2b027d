"""Folders of files read into documents, and what is left out of them."""

import hashlib
import os
from pathlib import Path

import pytest

from corpus.encodings import UnreadableDocument
from corpus.loader import CorpusEmpty, CorpusMissing, load, stamps, text_of
from tests.corpus.writing import SIMPLIFIED, TRADITIONAL


def _write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_a_document_holds_its_file(tmp_path: Path) -> None:
    """Text, title, source, id and hash are those of the file."""
    content = f"\ufeff\r\n工作报告\r\n{SIMPLIFIED}".encode()
    corpus = load(_write(tmp_path, {"2025/北区.txt": content}))
    (document,) = corpus.documents
    assert document.id == "北区"
    assert document.title == "工作报告"
    assert document.source == "2025/北区.txt"
    assert document.text == f"\r\n工作报告\r\n{SIMPLIFIED}"
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert corpus.skipped == ()


def test_all_encodings_in_one_folder(tmp_path: Path) -> None:
    """Each file is read in its own encoding; documents come in order of their source."""
    files = {
        "d.txt": TRADITIONAL.encode("big5"),
        "a.TXT": SIMPLIFIED.encode("gb18030"),
        "b/c.md": SIMPLIFIED.encode("utf-16"),
    }
    documents = load(_write(tmp_path, files)).documents
    assert [document.source for document in documents] == ["a.TXT", "b/c.md", "d.txt"]
    assert [document.text for document in documents] == [SIMPLIFIED, SIMPLIFIED, TRADITIONAL]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("# 监测简报 #\n正文", "监测简报"), ("一、基本情况\n正文", "stem"), ("长" * 200, "stem")],
    ids=["markdown", "heading", "paragraph"],
)
def test_title(tmp_path: Path, text: str, expected: str) -> None:
    """Without a title line the file's name is the title."""
    (document,) = load(_write(tmp_path, {"stem.md": text.encode()})).documents
    assert document.title == expected


def test_clashing_stems_are_numbered(tmp_path: Path) -> None:
    """The first source keeps the stem; a number never takes another file's stem."""
    names = ["a/report.txt", "b/report.txt", "c/report.md", "d/report-2.txt"]
    corpus = load(_write(tmp_path, {name: SIMPLIFIED.encode() for name in names}))
    ids = {document.source: document.id for document in corpus.documents}
    assert ids == {
        "a/report.txt": "report",
        "b/report.txt": "report-3",
        "c/report.md": "report-4",
        "d/report-2.txt": "report-2",
    }


def test_bad_files_are_skipped_and_reported(tmp_path: Path) -> None:
    """Empty, binary, unsupported, dangling and special files lose nobody else's text."""
    files = {
        "good.txt": SIMPLIFIED.encode(),
        "empty.txt": b"",
        "picture.txt": b"\x89PNG\x00\x00\x00",
        "README.md": SIMPLIFIED.encode(),
        "slides.pptx": b"PK",
    }
    folder = _write(tmp_path, files)
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    os.mkfifo(folder / "pipe.txt")
    corpus = load(folder)
    assert [document.id for document in corpus.documents] == ["good"]
    reasons = {file.source: file.reason for file in corpus.skipped}
    assert list(reasons) == sorted({*files, "gone.txt", "pipe.txt"} - {"good.txt"})
    assert "no report" in reasons["README.md"]
    assert "empty" in reasons["empty.txt"]
    assert "cannot be read" in reasons["gone.txt"]
    assert "not a text file" in reasons["picture.txt"]
    assert "regular" in reasons["pipe.txt"]
    assert ".txt" in reasons["slides.pptx"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden_files_and_folders_are_skipped(tmp_path: Path) -> None:
    """What may not be read is reported."""
    names = ["good.txt", "secret.txt", "closed/inside.txt"]
    folder = _write(tmp_path, {name: SIMPLIFIED.encode() for name in names})
    (folder / "secret.txt").chmod(0)
    (folder / "closed").chmod(0)
    corpus = load(folder)
    (folder / "closed").chmod(0o700)
    assert [file.source for file in corpus.skipped] == ["closed", "secret.txt"]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    """They are not even reported."""
    names = ["good.txt", ".draft.txt", ".git/note.txt"]
    corpus = load(_write(tmp_path, {name: SIMPLIFIED.encode() for name in names}))
    assert [document.source for document in corpus.documents] == ["good.txt"]
    assert corpus.skipped == ()


def test_names_that_are_not_utf8_are_shown(tmp_path: Path) -> None:
    """Such a name cannot be sent as JSON, so it gets replacement marks."""
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xb1\xa8\xb8\xe6.txt")).write_text(SIMPLIFIED)
    (document,) = load(tmp_path).documents
    assert document.source.encode().decode() == document.source


def test_missing_folder(tmp_path: Path) -> None:
    """The message names the folder and the flag, in both languages."""
    with pytest.raises(
        CorpusMissing, match=r"语料文件夹不存在.*--corpus.* / .*not found.*--corpus"
    ):
        load(tmp_path / "nowhere")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """A path to a file is as good as none."""
    with pytest.raises(CorpusMissing):
        load(_write(tmp_path, {"a.txt": b"x"}) / "a.txt")


def test_empty_folder(tmp_path: Path) -> None:
    """The message says what to put there."""
    with pytest.raises(CorpusEmpty, match=r"没有可读的报告.*\.txt .md.* / No readable report"):
        load(tmp_path)


def test_folder_without_a_readable_file(tmp_path: Path) -> None:
    """The first reasons are listed, and how many more there are."""
    folder = _write(tmp_path, {f"{n}.txt": b"" for n in range(7)})
    with pytest.raises(CorpusEmpty, match=r"0\.txt: .*empty.*4\.txt: .*\(\+2\)"):
        load(folder)


def test_text_of_refuses_other_formats() -> None:
    """The kinds that are read are named."""
    assert text_of("a.MD", SIMPLIFIED.encode()) == SIMPLIFIED
    with pytest.raises(UnreadableDocument, match=r"\.txt \.md"):
        text_of("a.pdf", b"%PDF")


def test_stamps_change_with_the_files_that_are_read(corpus_folder: Path) -> None:
    """By source; hidden files have none, and neither has a folder that is not there."""
    before = stamps(corpus_folder)
    assert sorted(before) == ["north-2024.txt", "north-2025.txt", "river.md"]
    (corpus_folder / ".hidden.txt").write_text("不是报告", encoding="utf-8")
    assert stamps(corpus_folder) == before
    (corpus_folder / "river.md").write_text("另一份报告。", encoding="utf-8")
    after = stamps(corpus_folder)
    assert [source for source in after if after[source] != before[source]] == ["river.md"]
    assert stamps(corpus_folder / "nowhere") == {}


def test_a_known_file_is_not_decoded_again(tmp_path: Path) -> None:
    """The same object comes back; what has changed, or has another id now, is another one."""
    _write(tmp_path, {"a/x.txt": "甲年报\n正文。".encode(), "b/x.txt": "乙年报\n正文。".encode()})
    before = load(tmp_path).documents
    again = load(tmp_path, before).documents
    assert [one is other for one, other in zip(again, before, strict=True)] == [True, True]
    (tmp_path / "a" / "x.txt").unlink()
    (renamed,) = load(tmp_path, before).documents
    assert (renamed.id, renamed.text, renamed.source) == ("x", before[1].text, "b/x.txt")
    (tmp_path / "b" / "x.txt").write_bytes("丙年报\n正文。".encode())
    assert load(tmp_path, before).documents == load(tmp_path).documents
