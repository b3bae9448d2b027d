"""What all tests share: no network, one segmenter, one small corpus."""

import contextlib
import ipaddress
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api import wiring
from api.settings import SAMPLES, Settings
from api.wiring import Models, Service
from corpus.text import Segmenter
from embeddings.encoder import SentenceEncoder
from qa.span_model import SpanModel

REPORTS = {
    "north-2024.txt": (
        "北区图书馆2024年工作报告\n"
        "一、基本情况\n"
        "2024年，北区图书馆接待读者12.6万人次，比上年增长8%。全年开放320天。\n"
        "二、主要活动\n"
        "（一）阅读推广\n"
        "全年举办讲座46场。其中，面向老年人的讲座18场，由退休教师陈立群主持。\n"
        "（二）设备更新\n"
        "更换书架210组，新增自助借还机4台。\n"
    ),
    "north-2025.txt": (
        "北区图书馆2025年工作报告\n"
        "一、基本情况\n"
        "2025年，北区图书馆接待读者14.1万人次，比上年增长12%。全年开放325天。\n"
        "二、主要活动\n"
        "（一）阅读推广\n"
        "全年举办讲座52场。其中，面向老年人的讲座21场，由志愿者轮流主持。\n"
    ),
    "river.md": (
        "# 青河水质监测简报\n\n"
        "## 监测结果\n\n"
        "三个断面的水质均达到三类标准。氨氮浓度为0.42毫克每升，低于限值。\n\n"
        "## 下一步\n\n"
        "计划在下游增设两个自动监测站，预算为96万元。\n"
    ),
}


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401
        _refuse_outside(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:  # noqa: ANN401
        _refuse_outside(address)
        return connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        yield


def _refuse_outside(address: Any) -> None:  # noqa: ANN401 - each family of sockets has its own
    """Raise unless an address is on this machine: a path, localhost or a loopback address."""
    host = address[0] if isinstance(address, tuple) else "localhost"
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return
    if host != "localhost":
        raise ConnectionRefusedError(f"a test reached for the network: {address}")


@pytest.fixture(scope="session")
def segmenter() -> Segmenter:
    """Jieba with its dictionary, read once for all tests."""
    return Segmenter.load()


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    """A folder of three small reports, two of which differ only in year and figures."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in REPORTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def sample_service(
    tmp_path_factory: pytest.TempPathFactory, segmenter: Segmenter
) -> Iterator[Service]:
    """The service as `make serve` starts it: the shipped models over the sample reports."""
    settings = Settings(corpus=SAMPLES, data=tmp_path_factory.mktemp("samples"))
    models = Models(SentenceEncoder.load(), segmenter, SpanModel.load())
    wiring.rebuild(settings, models, on_progress=lambda progress: None)
    service = Service.open(settings, models)
    yield service
    service.close()
