"""The wire of citations that are checked again."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from api.schemas import Out, Text, place
from qa.verification import GivenCitation, Place, State, Verification

_MAX_NAME = 1_000  # characters of an id or a hash
_MAX_QUOTE = 20_000  # characters; passages are far shorter

_GIVEN: dict[str, Any] = {
    "document_sha256": "9f86d081884c7d65…",
    "passage_id": "工作报告2024:0012",
    "start": 8,
    "end": 13,
    "quote": "3.2万人",
}


def _after_start(end: int, info: ValidationInfo) -> int:
    """The end; it stands after the start."""
    if end <= info.data.get("start", end - 1):  # a start that is wrong itself is not there
        raise PydanticCustomError("end_not_after_start", "end is not after start")
    return end


def _as_long_as_said(quote: str, info: ValidationInfo) -> str:
    """The quote; it has as many characters as the offsets say."""
    if "start" in info.data and "end" in info.data:
        length = info.data["end"] - info.data["start"]
        if len(quote) != length:
            raise PydanticCustomError(
                "quote_length", "wrong length", {"length": length, "actual_length": len(quote)}
            )
    return quote


class VerifyIn(BaseModel):
    """A citation as an answer gave it; its other fields may stay, and are not looked at."""

    model_config = ConfigDict(
        extra="ignore", strict=True, frozen=True, json_schema_extra={"examples": [_GIVEN]}
    )

    document_sha256: Annotated[Text, Field(max_length=_MAX_NAME)]
    passage_id: Annotated[Text, Field(max_length=_MAX_NAME)]
    start: Annotated[int, Field(ge=0, description="Code points of the passage")]
    end: Annotated[int, AfterValidator(_after_start)]
    quote: Annotated[Text, Field(max_length=_MAX_QUOTE), AfterValidator(_as_long_as_said)]

    def given(self) -> GivenCitation:
        """Return the domain's own value."""
        return GivenCitation(**self.model_dump())


class PlaceOut(Out):
    """Where the quote stands now; offsets count Unicode code points in `passage`."""

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

    @classmethod
    def of(cls, found: Place) -> Self:
        """Return a place as it goes out."""
        return cls(
            **place(found.passage),
            document_sha256=found.passage.document.sha256,
            start=found.start,
            end=found.end,
            quote=found.quote,
        )


class VerifyOut(Out):
    """What became of a citation; `places` has where its quote stands, the likeliest first.

    valid: the file is the same, byte for byte, and the quote stands where it stood. moved: it is
    found elsewhere, or in a file that has changed. gone: no passage has it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "state": "moved",
                    "places": [
                        _GIVEN
                        | {
                            "document_id": "工作报告2024",
                            "document_title": "2024年工作报告",
                            "source": "工作报告2024.txt",
                            "document_sha256": "60303ae22b998861…",
                            "passage_id": "工作报告2024:0013",
                            "headings": ["二、民生保障", "（一）就业"],
                            "passage": "全年城镇新增就业3.2万人，完成年度目标的106.7%。",
                        }
                    ],
                    "index_version": "20260101T080000Z-1f3a",
                }
            ]
        }
    )

    state: State
    places: list[PlaceOut]
    index_version: str

    @classmethod
    def of(cls, found: Verification, index_version: str) -> Self:
        """Return the outcome as it goes out."""
        places = [PlaceOut.of(place) for place in found.places]
        return cls(state=found.state, places=places, index_version=index_version)
