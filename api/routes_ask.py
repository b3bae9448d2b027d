"""Questions: the answer at once or as events, its citations checked again, and the search."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.responses import Response

from api import answers
from api.deps import MetricsDep, ServiceDep
from api.schemas import AnswerOut, AskIn, Count, ExamplesOut, QuestionText, SearchOut
from api.schemas_verify import VerifyIn, VerifyOut
from qa.examples import examples
from qa.verification import verify

router = APIRouter(prefix="/api", tags=["questions"])

_AS_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/event-stream": {
                "example": "event: question\n"
                'data: {"question": "…", "standalone_question": "…"}\n\n'
                'event: passages\ndata: {"passages": […]}\n\n'
                "event: answer\ndata: {…}\n\n"
                'event: done\ndata: {"index_version": "…", "timings_ms": {…}}\n'
            }
        }
    }
}


@router.post("/ask", response_model=AnswerOut, responses=_AS_EVENTS)
def ask(
    asked: AskIn,
    service: ServiceDep,
    metrics: MetricsDep,
    accept: Annotated[str, Header()] = "",
) -> Response | AnswerOut:
    """提问 / Ask. With `Accept: text/event-stream` the same answer arrives as four events."""
    answer = answers.answer(service.answerer, asked)
    metrics.answers.labels(str(answer.found).lower()).inc()
    if "text/event-stream" not in accept.lower():
        return answer
    # nginx would hold events back to fill its buffer
    return EventSourceResponse(_events(answer), headers={"X-Accel-Buffering": "no"})


def _events(answer: AnswerOut) -> Iterator[bytes]:
    """The answer in parts: what was asked, what was found, what it says, how it was made."""
    for event, fields in (
        ("question", {"question", "standalone_question"}),
        ("passages", {"passages"}),
        ("answer", None),
        ("done", {"index_version", "timings_ms"}),
    ):
        yield format_sse_event(event=event, data_str=answer.model_dump_json(include=fields))


@router.get("/search")
def search(
    service: ServiceDep,
    q: Annotated[QuestionText, Query(description="问题 / the question")],
    k: Annotated[Count, Query(description="段落数 / how many passages")] = 10,
) -> SearchOut:
    """查找段落 / Find the passages nearest to a question, best first."""
    return answers.search(service.index, q, k)


@router.post("/verify")
def verify_citation(given: VerifyIn, service: ServiceDep) -> VerifyOut:
    """核对引用 / Check a citation given earlier, also after rebuilds: valid, moved or gone."""
    index = service.index
    return VerifyOut.of(verify(index, given.given()), index.version)


@router.get("/examples")
def example_questions(service: ServiceDep) -> ExamplesOut:
    """示例问题 / Questions that the reports in the index can answer."""
    return ExamplesOut(questions=examples(service.index))
