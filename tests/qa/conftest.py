"""An index over three small reports."""

import pytest

from corpus.loader import load
from corpus.splitter import split
from corpus.text import Segmenter
from embeddings.index import Index
from tests.conftest import REPORTS
from tests.fakes import BigramEncoder, make_contents


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory, segmenter: Segmenter) -> Index:
    """The reports of the tests behind the fake encoder."""
    folder = tmp_path_factory.mktemp("reports")
    for name, text in REPORTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    passages = [passage for document in load(folder).documents for passage in split(document)]
    encoder = BigramEncoder(dimensions=1024)  # with fewer, texts this short are near by chance
    contents = make_contents(passages, encoder, segmenter)
    return Index("20250101T000000Z-00000000", contents, encoder, segmenter)
