"""The wire of the reports themselves."""

from collections import Counter
from typing import Any, Self

from api.schemas import Out, place
from corpus.types import Document, Passage
from embeddings.index import Index


class DocumentOut(Out):
    """A report in the index; `passages` counts them."""

    document_id: str
    document_title: str
    source: str
    document_sha256: str
    characters: int
    passages: int


class DocumentsOut(Out):
    """Every report in the index."""

    documents: list[DocumentOut]
    index_version: str

    @classmethod
    def of(cls, index: Index) -> Self:
        """Return the index's documents with the number of passages of each."""
        counts = Counter(passage.document.id for passage in index.passages)
        return cls(
            documents=[
                DocumentOut(**_document(document), passages=counts[document.id])
                for document in index.documents
            ],
            index_version=index.version,
        )


class DocumentPassageOut(Out):
    """A passage inside its document."""

    passage_id: str
    headings: list[str]
    passage: str


class DocumentDetailOut(Out):
    """A report and its passages, in order."""

    document_id: str
    document_title: str
    source: str
    document_sha256: str
    characters: int
    passages: list[DocumentPassageOut]
    index_version: str

    @classmethod
    def of(cls, document: Document, index: Index) -> Self:
        """Return a document of the index with its passages in reading order."""
        return cls(
            **_document(document),
            passages=[
                DocumentPassageOut(
                    passage_id=passage.id, headings=list(passage.headings), passage=passage.text
                )
                for passage in sorted(index.passages, key=lambda passage: passage.start)
                if passage.document.id == document.id
            ],
            index_version=index.version,
        )


def _document(document: Document) -> dict[str, Any]:
    """The fields that every form of a document shares."""
    return {
        "document_id": document.id,
        "document_title": document.title,
        "source": document.source,
        "document_sha256": document.sha256,
        "characters": len(document.text),
    }


class PassageDetailOut(Out):
    """One passage by its id."""

    document_id: str
    document_title: str
    source: str
    document_sha256: str
    passage_id: str
    headings: list[str]
    passage: str
    index_version: str

    @classmethod
    def of(cls, passage: Passage, index_version: str) -> Self:
        """Return a passage as it goes out."""
        return cls(
            **place(passage),
            document_sha256=passage.document.sha256,
            index_version=index_version,
        )
