"""Every error that the product explains, and the one shape in which HTTP tells it."""

import errno
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from api.access import NotAllowed
from api.lookup import UnknownDocument, UnknownPassage
from api.middleware import SECURITY_HEADERS
from api.schemas import ProblemOut
from api.uploads import BadUpload, CorpusReadOnly, LastReport, SamplesUnchangeable
from corpus.loader import CorpusEmpty, CorpusMissing
from embeddings.build import RebuildRefused, RebuildRunning
from embeddings.types import ModelUnreadable
from embeddings.versions import IndexDamaged, IndexMismatch, IndexMissing
from qa.calibration import CalibrationUnreadable
from qa.evaluation import UnreadableQuestions
from qa.outcomes import CannotCalibrate

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem; `name` is its anchor in the reference at /docs."""

    name: str
    status: int
    title: str


# Each error's own text is the detail: it says what is wrong and what to do.
PROBLEMS: Mapping[type[Exception], Kind] = {
    NotAllowed: Kind("not-allowed", 403, "无权操作 / Not allowed"),
    UnknownDocument: Kind("unknown-document", 404, "没有这份文档 / Unknown document"),
    UnknownPassage: Kind("unknown-passage", 404, "没有这个段落 / Unknown passage"),
    BadUpload: Kind("bad-upload", 422, "不能收下这个文件 / Upload refused"),
    LastReport: Kind("last-report", 409, "最后一份报告 / The last report"),
    SamplesUnchangeable: Kind("sample-reports", 409, "自带的示例报告 / The sample reports"),
    IndexMissing: Kind("index-missing", 404, "没有索引 / No index"),
    IndexMismatch: Kind("index-mismatch", 409, "索引与模型不符 / Index of another model"),
    IndexDamaged: Kind("index-damaged", 409, "索引已损坏 / Damaged index"),
    ModelUnreadable: Kind("model-unreadable", 503, "模型无法载入 / Model not loaded"),
    CalibrationUnreadable: Kind(
        "calibration-unreadable", 503, "校准文件读不懂 / Unreadable calibration"
    ),
    RebuildRunning: Kind("rebuild-running", 409, "正在重建 / Rebuild running"),
    CorpusMissing: Kind("corpus-missing", 503, "没有语料文件夹 / No corpus folder"),
    CorpusEmpty: Kind("corpus-empty", 503, "语料文件夹是空的 / Empty corpus folder"),
    CorpusReadOnly: Kind("corpus-read-only", 503, "无法写入语料 / Cannot write the corpus"),
}

# Errors of commands, which no request meets; their texts, too, are for people.
COMMAND_ERRORS: tuple[type[Exception], ...] = (
    CannotCalibrate,
    RebuildRefused,
    UnreadableQuestions,
)

DISK = Kind("disk-failed", 503, "读写失败 / The disk failed")
INVALID = Kind("invalid-request", 422, "请求有误 / Invalid request")
INTERNAL = Kind("internal", 500, "内部错误 / Internal error")
_HTTP: Mapping[int, tuple[Kind, str]] = {
    400: (
        Kind("bad-request", 400, "请求读不懂 / Bad request"),
        "请求体读不懂。请检查格式。 / The body cannot be read. Check its format.",
    ),
    404: (
        Kind("not-found", 404, "没有这个地址 / Not found"),
        "没有这个地址。所有地址见 /docs。 / No such address. /docs lists them.",
    ),
    405: (
        Kind("method-not-allowed", 405, "方法不对 / Method not allowed"),
        "这个地址不接受此方法，见 /docs。 / This address does not take this method; see /docs.",
    ),
    413: (
        Kind("too-large", 413, "请求太大 / Request too large"),
        "请求体太大。请发送小一些的内容。 / The body is too large. Send less.",
    ),
}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}
_OTHER = Kind("http", 400, "请求失败 / Request failed")

_FIELD_TEXTS: Mapping[str, str] = {
    "blank": "不能为空。 / It is empty.",
    "missing": "缺少此项。 / It is missing.",
    "extra_forbidden": "没有此项，请去掉。 / There is no such field; remove it.",
    "string_too_long": "最多 {max_length} 个字符。 / At most {max_length} characters.",
    "string_type": "应为文字。 / It must be a string.",
    "int_type": "应为整数。 / It must be an integer.",
    "int_parsing": "应为整数。 / It must be an integer.",
    "bool_parsing": "应为 true 或 false。 / It must be true or false.",
    "list_type": "应为列表。 / It must be a list.",
    "too_long": "最多 {max_length} 项，实有 {actual_length} 项。"
    " / At most {max_length} items; there are {actual_length}.",
    "less_than_equal": "最大为 {le}。 / At most {le}.",
    "greater_than_equal": "最小为 {ge}。 / At least {ge}.",
    "json_invalid": "不是 JSON。 / It is not JSON.",
    "model_attributes_type": "应为 JSON 对象，并带 Content-Type: application/json。"
    " / It must be a JSON object, sent with Content-Type: application/json.",
    "end_not_after_start": "应大于 start。 / It must be greater than start.",
    "quote_length": "应有 end - start = {length} 个字符，实有 {actual_length} 个。"
    " / It must have end - start = {length} characters; it has {actual_length}.",
    "string_unicode": "含有不完整的字符。 / It holds half a character.",
}  # by pydantic's error type
_OTHER_FIELD_TEXT = "格式不对。 / {msg}."  # pydantic's own English


def kinds() -> list[Kind]:
    """Return every kind of problem, by status and name."""
    all_kinds = [
        *PROBLEMS.values(),
        DISK,
        INVALID,
        INTERNAL,
        _OTHER,
        *(kind for kind, _ in _HTTP.values()),
    ]
    return sorted(all_kinds, key=lambda kind: (kind.status, kind.name))


def disk_text(error: OSError) -> str:
    """Return what a person should look at where the system refused to read or write."""
    if error.errno in _FULL:
        return f"磁盘已满，请腾出空间后再试。 / The disk is full. Free some space, retry: {error}"
    if error.errno in _FORBIDDEN:
        return (
            "没有读写的权限，或磁盘是只读的。请检查文件夹的所有者、权限与挂载方式。"
            f" / No permission, or a read-only disk. Check owner, permissions and mount: {error}"
        )
    return (
        f"读写失败，请检查路径、权限与磁盘空间。 / Check path, permissions and free space: {error}"
    )


def install(app: FastAPI) -> None:
    """Have `app` answer every error as RFC 9457 problem+json."""
    for error in PROBLEMS:
        app.add_exception_handler(error, _explained)
    app.add_exception_handler(OSError, _disk_failed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _unexpected)


def _response(
    kind: Kind, detail: str, errors: Sequence[Mapping[str, str]] = (), status: int | None = None
) -> JSONResponse:
    """A problem as it goes out."""
    problem = ProblemOut(
        type=f"/docs#{kind.name}",
        title=kind.title,
        status=status or kind.status,
        detail=detail,
        errors=[dict(error) for error in errors],
    )
    return JSONResponse(
        problem.model_dump(exclude_defaults=True),
        status_code=problem.status,
        headers=dict(SECURITY_HEADERS),  # the answer to a bug is sent outside of all middleware
        media_type="application/problem+json",
    )


async def _explained(request: Request, error: Exception) -> JSONResponse:
    """An error of the table."""
    return _response(PROBLEMS[type(error)], str(error))


async def _disk_failed(request: Request, error: Exception) -> JSONResponse:
    """A file or folder that cannot be read or written; the log has the traceback."""
    assert isinstance(error, OSError)
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _response(DISK, disk_text(error))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """A request that is not what the schema wants; what was sent is not repeated."""
    assert isinstance(error, RequestValidationError)
    errors = [field_error(found) for found in error.errors()]
    detail = " ".join(f"{wrong['field']}：{wrong['detail']}" for wrong in errors[:3])
    return _response(INVALID, detail, errors)


def field_error(found: Mapping[str, Any]) -> dict[str, str]:
    """Return one of pydantic's errors as its field and what is wrong with it, in our words."""
    place = [str(part) for part in found["loc"][1:]] if found["type"] != "json_invalid" else []
    text = _FIELD_TEXTS.get(found["type"], _OTHER_FIELD_TEXT)
    return {
        "field": ".".join(place) or str(found["loc"][0]),
        "detail": text.format_map({"msg": found["msg"], **found.get("ctx", {})}),
    }


async def _refused(request: Request, error: Exception) -> JSONResponse:
    """What the framework itself refuses: an unknown address, a wrong method, too large a body."""
    assert isinstance(error, HTTPException)
    kind, detail = _HTTP.get(error.status_code, (_OTHER, error.detail))
    response = _response(kind, detail, status=error.status_code)
    response.headers.update(error.headers or {})
    return response


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """A bug of ours: the log has the traceback, the client learns nothing of the inside."""
    return _response(
        INTERNAL,
        "服务内部出错，详情已写入日志。请稍后再试。 / "
        "Something went wrong inside; the log has the details. Try again later.",
    )
