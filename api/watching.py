"""Changes in the corpus folder, followed by a running service: `wenju serve --watch`."""

import logging
import threading

from api.rebuilding import State
from api.wiring import Service
from corpus.loader import CorpusEmpty, CorpusMissing, Stamps, stamps

_log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5  # a look asks the file system for names, sizes and times, and reads nothing
QUIET_LOOKS = 3  # with nothing new, until what was being written counts as written


class Watching:
    """Asks for a rebuild once the corpus folder has changed and come to rest.

    Asking the file system again and again works on every kind of it, network shares included, where
    its own messages do not arrive.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._seen: Stamps | None = None
        self._quiet = 0  # looks that saw the same as the one before
        self._compared: Stamps | None = None  # the last that the index was compared with
        self._closing = threading.Event()

    def run(self) -> None:
        """Look until `close`."""
        while not self._closing.wait(_LOOK_SECONDS):
            self.look()

    def close(self) -> None:
        """End the looking."""
        self._closing.set()

    def look(self) -> None:
        """Look once; where the folder has come to rest as another one, take it in.

        Not while a rebuild runs: it may be the one that takes in just these changes.
        """
        found = stamps(self._service.settings.corpus)
        self._quiet = self._quiet + 1 if found == self._seen else 0
        self._seen = found
        running = self._service.rebuilding.status.state == State.RUNNING
        if self._quiet >= QUIET_LOOKS and found != self._compared and not running:
            self._compared = found
            self._take_in()

    def _take_in(self) -> None:
        """Have the index rebuilt where it is of other reports; tell where there are none."""
        try:
            if self._service.differs():
                self._service.rebuilding.request()
            notice = ""
        except (CorpusMissing, CorpusEmpty, OSError) as error:
            notice = str(error)
            _log.warning("still answering from %s: %s", self._service.index.version, notice)
        self._service.corpus_notice = notice
