"""Documents and passages by their ids."""

from collections.abc import Collection

from corpus.types import Document, Passage
from embeddings.index import Index


class UnknownDocument(Exception):
    """No document of the index has such an id; the text names it."""


class UnknownPassage(Exception):
    """No passage of the index has such an id; the text names it."""


def document(index: Index, document_id: str) -> Document:
    """Return the document with this id, or raise UnknownDocument."""
    for candidate in index.documents:
        if candidate.id == document_id:
            return candidate
    raise _unknown_documents([document_id])


def document_ids(index: Index, asked: Collection[str]) -> frozenset[str] | None:
    """Return the ids to search in, None for all, where none was asked for; or UnknownDocument."""
    if unknown := set(asked) - {candidate.id for candidate in index.documents}:
        raise _unknown_documents(sorted(unknown))
    return frozenset(asked) or None


def passage(index: Index, passage_id: str) -> Passage:
    """Return the passage with this id, or raise UnknownPassage."""
    for candidate in index.passages:
        if candidate.id == passage_id:
            return candidate
    raise UnknownPassage(
        f"没有这个段落：{passage_id}。段落编号见 GET /api/documents/{{id}}。 / "
        f"No passage {passage_id}. GET /api/documents/{{id}} lists the passages of a document."
    )


def _unknown_documents(ids: Collection[str]) -> UnknownDocument:
    """The error that names them."""
    return UnknownDocument(
        f"没有这份文档：{'、'.join(ids)}。可用的编号见 GET /api/documents。 / "
        f"No document {', '.join(ids)}. GET /api/documents lists the ids there are."
    )
