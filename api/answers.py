"""What both doors, HTTP and the command line, answer: the same values in the same words."""

import time

from api import lookup
from api.schemas import AnswerOut, AskIn, PassageOut, SearchOut
from embeddings.index import Index
from qa.answerer import Answerer


def answer(answerer: Answerer, asked: AskIn) -> AnswerOut:
    """Return the answer as it goes out; UnknownDocument where `asked` names one that is not."""
    return AnswerOut.of(
        answerer.ask(
            asked.question,
            history=[turn.turn() for turn in asked.history],
            documents=lookup.document_ids(answerer.index, asked.documents),
            top_k=asked.top_k,
        )
    )


def search(index: Index, question: str, k: int) -> SearchOut:
    """Return the `k` passages nearest to a question, best first, as they go out."""
    began = time.perf_counter()
    hits = index.search(question, k)
    milliseconds = 1000 * (time.perf_counter() - began)
    return SearchOut(
        question=question,
        passages=[PassageOut.of(hit) for hit in hits],
        index_version=index.version,
        timings_ms={"search": round(milliseconds, 3)},
    )
