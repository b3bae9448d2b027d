"""Everything that a request needs, opened once: the only place that loads anything slow."""

import gc
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from api import calibrating, encoders
from api.encoders import LoadEncoder
from api.gating import Gating
from api.rebuilding import Order, Rebuilding
from api.settings import RULES, Settings
from corpus.loader import CorpusEmpty, CorpusMissing, load
from corpus.text import Segmenter
from embeddings import build, storage
from embeddings.build import Check, OnProgress, Options
from embeddings.encoder import SentenceEncoder
from embeddings.index import Contents, Index
from embeddings.types import BuildReport, Encoder, ModelUnreadable
from embeddings.versions import IndexUnusable
from qa.answerer import Answerer
from qa.calibration import CalibrationUnreadable
from qa.followup import FollowUps
from qa.reader import RuleReader
from qa.span_model import SpanModel
from qa.trained_reader import TrainedReader
from qa.types import Reader

_log = logging.getLogger(__name__)
_NOT_OPENED = (IndexUnusable, ModelUnreadable, CalibrationUnreadable, OSError)
_FOLLOW_SECONDS = 0.5  # so that what another process activates answers within a second


@dataclass(frozen=True, slots=True)
class Models:
    """What takes seconds to load and serves every version of the index that `encoder` built.

    A version of another encoder is served with that one, which `load_encoder` finds.
    """

    encoder: Encoder
    segmenter: Segmenter
    span_model: SpanModel | None = None  # without one, answers are read by rule
    load_encoder: LoadEncoder = SentenceEncoder.load


def load_models(settings: Settings) -> Models:
    """Return the models that the settings name; slow. ModelUnreadable where that fails.

    Where they name no encoder, it is that of the current version. All load beside each other. Turns
    garbage collection on, which the command line leaves off until here.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        segmenter = beside.submit(Segmenter.load)
        encoder = encoders.at_start(settings, SentenceEncoder.load)
        span_model = _span_model(settings.reader)
        models = Models(encoder, segmenter.result(), span_model)
    gc.enable()
    return models


def _span_model(reader: str | None) -> SpanModel | None:
    """The shipped model or that of a folder; none where reading goes by rule."""
    if reader == RULES:
        return None
    return SpanModel.load(Path(reader)) if reader else SpanModel.load()


def build_reader(models: Models) -> Reader:
    """Return the trained reader, or the one by rule where no model is loaded."""
    if models.span_model is None:
        return RuleReader(models.segmenter)
    return TrainedReader(models.span_model, models.segmenter)


def open_service(settings: Settings) -> "Service":
    """Return the service over the current index; slow, but IndexMissing comes at once."""
    storage.current_version(settings.data)
    return Service.open(settings, load_models(settings))


def rebuild(
    settings: Settings,
    models: Models,
    *,
    full: bool = False,
    check: Check | None = None,
    on_progress: OnProgress,
) -> BuildReport:
    """Bring the index up to date with the corpus folder; see `embeddings.build.rebuild`."""
    return build.rebuild(
        settings.corpus,
        settings.data,
        models.encoder,
        models.segmenter,
        Options(full, settings.keep_versions, check),
        on_progress=on_progress,
    )


def answerers(
    settings: Settings, new: Index, load: LoadEncoder = SentenceEncoder.load
) -> tuple[Answerer, Answerer]:
    """Return the current version and a new one, ready to answer, each with its own encoder.

    Raises as `open_index` does, and ModelUnreadable where the current one's cannot be loaded.
    """
    version = storage.current_version(settings.data)
    encoder = encoders.of_version(settings.data, version, [new.encoder], load)
    old = storage.open_index(settings.data, encoder, new.segmenter, version)
    reader = build_reader(Models(new.encoder, new.segmenter, _span_model(settings.reader)))
    return build_answerer(settings, reader, old), build_answerer(settings, reader, new)


def build_answerer(settings: Settings, reader: Reader, index: Index) -> Answerer:
    """Return what answers over an index, as sure as the settings want it."""
    decision = calibrating.decision(settings, index.encoder, reader)
    return Answerer(index, reader, FollowUps(index.segmenter), decision)


class Service:
    """The running product. `answerer` is replaced by one assignment: a request takes it once.

    It holds index, encoder and decision, so that no question is encoded by another model than the
    vectors it is compared with. `models` has the encoder of rebuilds, which is the one that serves.
    """

    def __init__(self, settings: Settings, models: Models, index: Index) -> None:
        self.settings = settings
        self.models = models
        self.reader = build_reader(models)
        self.answerer = build_answerer(settings, self.reader, index)
        self.notice = ""  # why the version that CURRENT names does not answer
        self.corpus_notice = ""  # why what was found in the corpus folder is not taken in
        self.rebuilding = Rebuilding(self._rebuild)
        self._gating = Gating(settings)
        self.ending = threading.Event()  # set when the server is about to end
        self.removing = threading.Lock()  # held while a report is removed: the last one stays
        self._opening = threading.Lock()
        self._former: Encoder | None = None  # kept, so that a change of model is undone at once
        self._closing = threading.Event()

    @classmethod
    def open(cls, settings: Settings, models: Models) -> Self:
        """Return the service over the current index.

        IndexMissing, IndexMismatch or IndexDamaged where that cannot be opened, and
        CalibrationUnreadable where the calibration of the data folder cannot be used.
        """
        index = storage.open_index(settings.data, models.encoder, models.segmenter)
        return cls(settings, models, index)

    @property
    def index(self) -> Index:
        """The index that answers."""
        return self.answerer.index

    def changes(self) -> str:
        """Return what to run where corpus folder and index differ, "" where they do not."""
        try:
            if not self.differs():
                return ""
        except (CorpusMissing, CorpusEmpty) as error:
            return str(error)
        return (
            f"索引不是由 {self.settings.corpus} 现有的报告建成的。请用同样的 --corpus 和 --data"
            " 运行 wenju rebuild。 / The index was not built from the reports that are there now."
            " Run wenju rebuild with the same --corpus and --data."
        )

    def differs(self) -> bool:
        """Return whether the index is of other reports than the corpus folder's.

        CorpusMissing or CorpusEmpty where there is none to compare with.
        """
        found = load(self.settings.corpus).documents
        read, indexed = ({(d.source, d.sha256) for d in ds} for ds in (found, self.index.documents))
        return read != indexed

    def refresh(self) -> None:
        """Answer from the version that CURRENT names, with the encoder that built it.

        Where that cannot be loaded (ModelUnreadable) or `open` would raise, nothing changes.
        """
        with self._opening:
            version = storage.current_version(self.settings.data)
            if version != self.index.version:
                self._switch(self._answerer(self._open(version)))
            self.notice = ""

    def activate(self, version: str) -> None:
        """Make a version the current one and answer from it; raises as `refresh` does."""
        with self._opening:
            opened = self._answerer(self._open(version))  # what cannot serve moves no pointer
            storage.activate(self.settings.data, version)
            self._switch(opened)
            self.notice = ""

    def follow(self) -> None:
        """Refresh, until `close`, whenever another process has moved the pointer; never raises."""
        tried = self.index.version
        while not self._closing.wait(_FOLLOW_SECONDS):
            try:
                if (version := storage.current_version(self.settings.data)) != tried:
                    tried = version
                    self.refresh()
            except _NOT_OPENED as error:
                self._note(str(error))

    def close(self) -> None:
        """End the following and any rebuild."""
        self._closing.set()
        self.rebuilding.close()

    def _answerer(self, index: Index) -> Answerer:
        """Answers over an index; another encoder than now needs another decision."""
        if index.fingerprint != self.index.fingerprint:
            return build_answerer(self.settings, self.reader, index)
        return replace(self.answerer, index=index)

    def _open(self, version: str) -> Index:
        """One version, with the encoder that built it."""
        data, models = self.settings.data, self.models
        loaded = filter(None, (models.encoder, self.index.encoder, self._former))
        encoder = encoders.of_version(data, version, loaded, models.load_encoder)
        return storage.open_index(data, encoder, models.segmenter, version)

    def _switch(self, answerer: Answerer) -> None:
        """Answer by another answerer from now on."""
        before, self.answerer = self.index.encoder, answerer
        if self.index.fingerprint != before.fingerprint:
            self._former = before
            self.models = replace(self.models, encoder=self.index.encoder)

    def _rebuild(self, order: Order, on_progress: OnProgress) -> BuildReport:
        """One rebuild with the encoder that serves, answered from when it returns."""
        self._catch_up()
        models = self.models

        def answerers(new: Contents) -> tuple[Answerer, Answerer]:
            index = Index("", new, models.encoder, models.segmenter)
            return self.answerer, self._answerer(index)

        check = self._gating.check(answerers, force=order.force)
        report = rebuild(
            self.settings, models, full=order.full, check=check, on_progress=on_progress
        )
        self._gating.adopt(report)
        self.refresh()
        return report

    def _catch_up(self) -> None:
        """Refresh if that can be done: another process may just have changed the model."""
        try:
            self.refresh()
        except _NOT_OPENED as error:
            self._note(str(error))

    def _note(self, notice: str) -> None:
        """Keep why the newest version does not answer; log it once."""
        if notice != self.notice:
            _log.warning("still answering from %s: %s", self.index.version, notice)
        self.notice = notice
