"""The rules over real reports, where these are at hand."""

from pathlib import Path

import pytest

from corpus.encodings import decode
from corpus.loader import load
from corpus.outline import outline
from corpus.splitter import split
from corpus.text import normalize, sentences
from corpus.types import Document

_REPORTS = Path(__file__).parents[2].parent / "shared" / "reports"

pytestmark = pytest.mark.skipif(not _REPORTS.is_dir(), reason="../shared/reports is not here")


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    """The real reports by their id."""
    return {document.id: document for document in load(_REPORTS).documents}


def test_offsets_hold(documents: dict[str, Document]) -> None:
    """Sentences join back, passages hold everything, normalised text is as long."""
    for document in documents.values():
        text = document.text
        assert "".join(text[start:end] for start, end in sentences(text)) == text
        assert "".join("".join(p.text.split()) for p in split(document)) == "".join(text.split())
        assert len(normalize(text)) == len(text)


def test_no_sentence_starts_with_a_closing_mark(documents: dict[str, Document]) -> None:
    """Marks stay with the sentence that they close."""
    for document in documents.values():
        starts = {document.text[span.start] for span in sentences(document.text)}
        assert not starts & set("，、：；。！？”’）》」』】,:;!?)")


def test_years_have_the_same_outline(documents: dict[str, Document]) -> None:
    """Yearly reports have three or four parts, the last with ten tasks."""
    for year in (2024, 2025, 2026):
        sections = outline(documents[f"gov-work-report-{year}"].text)
        parts = [section for section in sections if section.level == 1]
        tasks = [s for s in sections if s.level == 2 and s.start > parts[-1].start]
        assert len(parts) == (4 if year == 2026 else 3)
        assert [task.heading[:3] for task in tasks[:2]] == ["（一）", "（二）"]
        assert len(tasks) == 10


def test_declaration_clauses_are_passages(documents: dict[str, Document]) -> None:
    """The numbered clauses of the declaration are paragraphs under its parts, not headings."""
    passages = split(documents["learning-cities-2021"])
    (clause,) = [passage for passage in passages if passage.text.startswith("18.")]
    assert clause.headings[0] == "附件一"
    assert len(clause.headings) == 2


def test_reports_survive_other_encodings(documents: dict[str, Document]) -> None:
    """Written in GB18030 or UTF-16, they are read back the same."""
    for document in documents.values():
        for encoding in ("gb18030", "utf-16-le", "utf-16-be"):
            assert decode(document.text.encode(encoding)) == document.text
