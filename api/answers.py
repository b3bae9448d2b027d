"""What both doors, HTTP and the command line, answer: the same values in the same words."""

import time

from api import lookup
from api.schemas import AnswerOut, AskIn, PassageOut, SearchOut
from embeddings.index import Index
from qa.answerer import Answerer
from qa.evaluation import GoldQuestion, Judgement, judge
from qa.outcomes import Outcome
from qa.types import Answer, Turn


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


def gold_answer(answerer: Answerer, gold: GoldQuestion) -> Answer:
    """Return the answer to a question of a question file, its earlier turns asked before it."""
    history: list[Turn] = []
    for turn in gold.context_turns:
        history.append(Turn(turn, answerer.ask(turn, history).text))
    return answerer.ask(gold.question, history)


def outcome(answerer: Answerer, gold: GoldQuestion) -> Outcome:
    """Return how sure an answer to such a question is, and whether what goes out is right."""
    answer = gold_answer(answerer, gold)
    return Outcome(answer.confidence, _judged(gold, answer).right)


def judgement(answerer: Answerer, gold: GoldQuestion) -> Judgement:
    """Return what goes out in answer to such a question, judged."""
    return _judged(gold, gold_answer(answerer, gold))


def _judged(gold: GoldQuestion, answer: Answer) -> Judgement:
    """An answer, judged as it goes out."""
    return judge(gold, AnswerOut.of(answer).model_dump(mode="json"))


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
