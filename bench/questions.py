"""The question sets of the benches: the shipped one always, the real reports where they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.text import Segmenter
from embeddings.build import rebuild
from embeddings.index import Index
from embeddings.storage import open_index
from embeddings.types import Encoder
from qa.evaluation import GoldQuestion, read_questions

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"  # development reports and questions, not part of the project


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions, and the folder of reports that they are asked of."""

    name: str
    reports: Path
    file: Path
    doc: str = ""

    def questions(self) -> list[GoldQuestion]:
        """Return all its questions."""
        return read_questions(self.file, self.doc)

    def index(self, encoder: Encoder, segmenter: Segmenter, work: Path) -> Index:
        """Return the index over its reports, built under `work` where it is not there yet."""
        data = work / self.reports.name
        rebuild(self.reports, data, encoder, segmenter)
        return open_index(data, encoder, segmenter)


def question_sets() -> Iterator[QuestionSet]:
    """Yield the sets that are here, the project's own first."""
    golden = ROOT / "corpus" / "golden.jsonl"
    yield QuestionSet("samples", ROOT / "corpus" / "samples", golden)
    reports, questions = SHARED / "reports", SHARED / "eval"
    if reports.is_dir():
        yield QuestionSet("government", reports, questions / "gov_dev.jsonl")
        conference = questions / "learning_cities_dev.jsonl"
        yield QuestionSet("conference", reports, conference, "learning-cities-2021.txt")
