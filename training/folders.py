"""Folders of reports with questions over them: what all weights are fitted on.

A folder holds `reports/` and `questions.jsonl`, one question a line in the form of the golden
questions: id, question, type, doc, answers, evidence, context_turns.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.text import Segmenter
from embeddings.build import rebuild
from embeddings.encoder import SentenceEncoder
from embeddings.index import Index
from embeddings.storage import open_index
from qa.evaluation import GoldQuestion, read_questions, squeeze
from qa.followup import FollowUps
from qa.types import Turn
from training.rephrased import read_near_misses, read_rephrased

Part = Literal["training", "development", "test"]
_PARTS: dict[str, Part] = {
    **dict.fromkeys("mq", "development"),
    **dict.fromkeys("nos", "test"),
}  # by a folder's name, whoever wrote it; siblings share a folder, so no part knows another's


@dataclass(frozen=True, slots=True)
class Folder:
    """An index over one folder's reports, and the questions asked of it."""

    name: str
    index: Index
    questions: tuple[GoldQuestion, ...]

    def standalone(self, question: GoldQuestion) -> str:
        """The question as it is searched for, its earlier turns taken in."""
        history = [Turn(turn) for turn in question.context_turns]
        return FollowUps(self.index.segmenter).standalone(question.question, history)


def part_of(folder: Path) -> Part:
    """Return what a folder's questions may be used for, by its name; training unless it is set.

    Models learn from the training part only, weights and thresholds are fitted on it or on the
    development part; the test part is for figures to report, and nothing is chosen by them.
    """
    return _PARTS.get(folder.resolve().name, "training")


def refuse_held_out(folders: Sequence[Path]) -> None:
    """End the program, saying why, unless all folders are of the training part."""
    held_out = [
        f"{folder} ({part_of(folder)})" for folder in folders if part_of(folder) != "training"
    ]
    if held_out:
        names = ", ".join(held_out)
        raise SystemExit(
            f"这些文件夹不用于训练：{names}。请从 --reports 中去掉。"
            f" / Not for training: {names}. Leave them out of --reports."
        )


def named_folders(description: str) -> list[Folder]:
    """Return the folders that the command line names, their indexes built under its --work."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, default=Path("data/fit"))
    arguments = parser.parse_args()
    return list(opened(arguments.folders, arguments.work))


def opened(
    folders: Sequence[Path],
    work: Path,
    rephrased: Path | None = None,
    near_misses: Path | None = None,
) -> Iterator[Folder]:
    """Yield each folder, its index built under `work` with the shipped encoder, or reused.

    Where `rephrased` or `near_misses` holds a file of the folder's name, its questions come after
    the folder's own; SystemExit where one of them is no folder.
    """
    for further in filter(None, (rephrased, near_misses)):
        if not further.is_dir():
            raise SystemExit(f"没有这个文件夹：{further}。/ There is no folder {further}.")
    encoder, segmenter = SentenceEncoder.load(), Segmenter.load()
    for folder in folders:
        data = work / folder.name
        report = rebuild(folder / "reports", data, encoder, segmenter)
        questions = tuple(_questions(folder, rephrased, near_misses))
        print(
            f"{folder}: {report.sentences} sentences, {report.encoded} texts encoded,"
            f" {len(questions)} questions",
            flush=True,
        )
        yield Folder(folder.name, open_index(data, encoder, segmenter), questions)


def _questions(
    folder: Path, rephrased: Path | None, near_misses: Path | None
) -> Iterator[GoldQuestion]:
    """A folder's questions, those that ask the same in other words, and those that nearly do."""
    questions = read_questions(folder / "questions.jsonl")
    yield from questions
    for read, made in ((read_rephrased, rephrased), (read_near_misses, near_misses)):
        file = made / f"{folder.name}.jsonl" if made else None
        if file is not None and file.is_file():
            yield from read(file, questions)


def holds_answer(question: GoldQuestion, text: str, source: str) -> bool:
    """Whether `text` of the report `source` is part of the evidence and holds a gold answer."""
    said, evidence = squeeze(text), squeeze(question.evidence)
    part = said in evidence or evidence in said
    named = Path(source).stem == Path(question.doc).stem
    return named and part and any(squeeze(answer) in said for answer in question.answers)


def tells_of_answer(question: GoldQuestion, text: str, source: str) -> bool:
    """Whether `text` holds a gold answer, or is itself a part of one that runs over several lines.

    That is what should be found; whether it answers, `holds_answer` says.
    """
    said = squeeze(text)
    named = Path(source).stem == Path(question.doc).stem
    part = bool(said) and any(said in squeeze(answer) for answer in question.answers)
    return holds_answer(question, text, source) or (named and part)
