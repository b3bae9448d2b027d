"""The wire of questions: what comes in and goes out; only the schemas convert to it."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from corpus.types import Passage
from embeddings.types import Hit
from qa.types import Answer, Citation, Turn

MAX_QUESTION = 2_000  # characters; more is a document, not a question
MAX_ANSWER = 20_000  # characters of an earlier answer that a client sends back
MAX_TURNS = 50
MAX_PASSAGES = 50


def _encodable(text: str) -> str:
    """The text; JSON can carry half a surrogate pair, which no encoding can write."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PydanticCustomError("string_unicode", "half a character") from error
    return text


def _not_blank(text: str) -> str:
    """The text without the blanks around it."""
    if not (stripped := text.strip()):
        raise PydanticCustomError("blank", "blank")
    return stripped


Text = Annotated[str, AfterValidator(_encodable)]
# The limit stands first: behind a validator it would count items and not characters
QuestionText = Annotated[
    str,
    Field(max_length=MAX_QUESTION),
    AfterValidator(_encodable),
    AfterValidator(_not_blank),
]
AnswerText = Annotated[str, Field(max_length=MAX_ANSWER), AfterValidator(_encodable)]
Count = Annotated[int, Field(ge=1, le=MAX_PASSAGES)]


class In(BaseModel):
    """What comes in: nothing unknown, nothing converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TurnIn(In):
    """An earlier question with the answer it got."""

    question: QuestionText
    answer: AnswerText = ""

    def turn(self) -> Turn:
        """Return the domain's own value."""
        return Turn(self.question, self.answer)


class AskIn(In):
    """A question; with earlier turns it may lean on them (那2025年呢)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "2024年新增就业多少人？"},
                {
                    "question": "那2025年呢？",
                    "history": [{"question": "2024年新增就业多少人？", "answer": "3.2万人"}],
                    "top_k": 5,
                },
            ]
        }
    )

    question: QuestionText
    history: list[TurnIn] = Field(default=[], max_length=MAX_TURNS)
    documents: list[Text] = Field(
        default=[], description="Document ids to search in; empty or absent: all of them"
    )
    top_k: Count = Field(default=10, description="How many passages to return; ten are read")


class Out(BaseModel):
    """What goes out."""

    model_config = ConfigDict(frozen=True)


def place(passage: Passage) -> dict[str, Any]:
    """Return a passage and where it stands, in the words of the wire."""
    return {
        "document_id": passage.document.id,
        "document_title": passage.document.title,
        "source": passage.document.source,
        "passage_id": passage.id,
        "headings": list(passage.headings),
        "passage": passage.text,
    }


class PassageOut(Out):
    """A passage found for a question; `score` compares within one response only."""

    document_id: str
    document_title: str
    source: str
    passage_id: str
    headings: list[str]
    passage: str
    score: float

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """Return the hit as it goes out."""
        return cls(**place(hit.passage), score=hit.score)


class CitationOut(Out):
    """A quote and where it stands; offsets count Unicode code points in `passage`."""

    n: int
    document_id: str
    document_title: str
    source: str
    document_sha256: str
    passage_id: str
    headings: list[str]
    passage: str
    start: int
    end: int
    quote: str
    sentence_start: int
    sentence_end: int
    score: float

    @classmethod
    def of(cls, n: int, citation: Citation) -> Self:
        """Return the citation as it goes out, numbered `n`."""
        return cls(
            n=n,
            **place(citation.passage),
            document_sha256=citation.passage.document.sha256,
            start=citation.start,
            end=citation.end,
            quote=citation.quote,
            sentence_start=citation.sentence_start,
            sentence_end=citation.sentence_end,
            score=citation.score,
        )


_CITED: dict[str, Any] = {
    "document_id": "工作报告2024",
    "document_title": "2024年工作报告",
    "source": "工作报告2024.txt",
    "passage_id": "工作报告2024:0012",
    "headings": ["二、民生保障", "（一）就业"],
    "passage": "全年城镇新增就业3.2万人，完成年度目标的106.7%。",
}


class AnswerOut(Out):
    """An answer made of quotes alone; when nothing was found, `passages` shows the closest ones."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "question": "2024年新增就业多少人？",
                    "standalone_question": "2024年新增就业多少人？",
                    "found": True,
                    "answer": "3.2万人",
                    "confidence": 0.91,
                    "citations": [
                        _CITED
                        | {"n": 1, "document_sha256": "9f86d081884c7d65…", "score": 7.4}
                        | {"start": 8, "end": 13, "quote": "3.2万人"}
                        | {"sentence_start": 0, "sentence_end": 26}
                    ],
                    "passages": [_CITED | {"score": 0.083}],
                    "index_version": "20260101T080000Z-1f3a",
                    "timings_ms": {"search": 31.2, "read": 12.5},
                }
            ]
        }
    )

    question: str
    standalone_question: str
    found: bool
    answer: str
    confidence: float
    citations: list[CitationOut]
    passages: list[PassageOut]
    index_version: str
    timings_ms: dict[str, float]

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """Return the answer as it goes out."""
        return cls(
            question=answer.question,
            standalone_question=answer.standalone_question,
            found=answer.found,
            answer=answer.text,
            confidence=answer.confidence,
            citations=[CitationOut.of(n, c) for n, c in enumerate(answer.citations, 1)],
            passages=[PassageOut.of(hit) for hit in answer.hits],
            index_version=answer.index_version,
            timings_ms=answer.timings_ms,
        )


class SearchOut(Out):
    """The passages nearest to a question, best first."""

    question: str
    passages: list[PassageOut]
    index_version: str
    timings_ms: dict[str, float]


class ExamplesOut(Out):
    """Questions that the reports can answer."""

    questions: list[str]


class ProblemOut(BaseModel):
    """RFC 9457: every error has this shape."""

    type: str = Field(description="Where the reference describes the problem")
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = Field(
        default=[], description="Of an invalid request: each wrong `field` and its `detail`"
    )
