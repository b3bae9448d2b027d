"""The sample reports and the golden questions over them: form only, no models."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "corpus" / "samples"
QUESTIONS = ROOT / "corpus" / "golden.jsonl"
SERIES = "江岭市轨道交通运营服务报告"
SERIES_YEARS = (2021, 2022, 2023)

# Named, not guessed: Big5 bytes also decode as GB18030, into nonsense.
ENCODINGS = {
    "南屿市登革热媒介监测与防控报告-2023.txt": "gb18030",
    "青嶼鄉離島渡輪服務檢討報告.txt": "big5",
}
TYPES = {
    "number", "date", "person", "place", "organization", "list", "reason", "howto",
    "definition", "measure", "theme", "goal", "yesno", "followup", "unanswerable",
}  # fmt: skip


class GoldenQuestion(NamedTuple):
    """One line of the golden questions; its fields are the keys of the line."""

    id: str
    question: str
    type: str
    doc: str
    answers: list[str]
    evidence: str
    context_turns: list[str]
    difficulty: str
    lexical_overlap: str


def read_report(path: Path) -> str:
    """The text of a sample report, decoded by its own encoding."""
    return path.read_bytes().decode(ENCODINGS.get(path.name, "utf-8-sig"))


def is_utf8(path: Path) -> bool:
    """Whether the bytes of the file are valid UTF-8."""
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def without_figures(text: str) -> list[str]:
    """The lines of a report with every number replaced by one mark."""
    return [re.sub(r"[0-9.]+", "#", line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def reports() -> dict[str, str]:
    """The sample reports by file name."""
    return {path.name: read_report(path) for path in sorted(SAMPLES.iterdir())}


@pytest.fixture(scope="module")
def questions() -> list[GoldenQuestion]:
    """The golden questions; a missing or unknown key is an error."""
    lines = QUESTIONS.read_text("utf-8").splitlines()
    return [GoldenQuestion(**json.loads(line)) for line in lines]


def test_there_are_at_least_nine_reports_of_report_length(reports: dict[str, str]) -> None:
    """Nine or more reports, 1,500 to 4,000 characters each."""
    assert len(reports) >= 9
    lengths = {name: len(text) for name, text in reports.items()}
    assert {name: n for name, n in lengths.items() if not 1500 <= n <= 4000} == {}


def test_the_first_line_is_the_title(reports: dict[str, str]) -> None:
    """Every report opens with a short line that is not blank, and has no blank lines."""
    for name, text in reports.items():
        lines = text.splitlines()
        assert 5 <= len(lines[0]) <= 50, name
        assert all(line.strip() for line in lines), name


def test_the_yearly_series_differs_in_little_but_its_figures(reports: dict[str, str]) -> None:
    """Three consecutive years, the same number of lines, most of them equal but for numbers."""
    first, *others = (without_figures(reports[f"{SERIES}-{year}.txt"]) for year in SERIES_YEARS)
    for other in others:
        assert len(first) == len(other)
        assert sum(a == b for a, b in zip(first, other, strict=True)) > len(first) / 2


def test_the_reports_come_in_several_encodings_and_formats() -> None:
    """GB18030 and Big5 files that are not valid UTF-8, one with a byte order mark, one markdown."""
    paths = list(SAMPLES.iterdir())
    assert {path.name for path in paths if not is_utf8(path)} == set(ENCODINGS)
    assert any(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in paths)
    assert {path.suffix for path in paths} == {".txt", ".md"}


def test_ids_are_unique_and_questions_are_not_repeated(questions: list[GoldenQuestion]) -> None:
    """100 to 140 questions, numbered in order, none asked twice in the same conversation."""
    assert 100 <= len(questions) <= 140
    assert [q.id for q in questions] == [f"g{n:03d}" for n in range(1, len(questions) + 1)]
    asked = Counter((q.question, *q.context_turns) for q in questions)
    assert [words for words, times in asked.items() if times > 1] == []


def test_types_and_labels_are_known(questions: list[GoldenQuestion]) -> None:
    """Every type occurs, and difficulty and overlap use the labels of the development questions."""
    assert {q.type for q in questions} == TYPES
    assert {q.difficulty for q in questions} == {"easy", "medium", "hard"}
    assert {q.lexical_overlap for q in questions} == {"low", "medium", "high"}


def test_answers_and_evidence_are_verbatim(
    reports: dict[str, str], questions: list[GoldenQuestion]
) -> None:
    """Evidence and every answer stand in the report, the first answer in the evidence."""
    for q in questions:
        if q.type == "unanswerable":
            continue
        text = reports[q.doc]
        assert q.answers, q.id
        assert q.evidence in text, q.id
        assert q.answers[0] in q.evidence, q.id
        assert [answer for answer in q.answers if answer not in text] == [], q.id


def test_evidence_is_found_in_one_place(
    reports: dict[str, str], questions: list[GoldenQuestion]
) -> None:
    """Evidence names one sentence of its report: it stands there once, within one line."""
    for q in questions:
        if q.type != "unanswerable":
            assert reports[q.doc].count(q.evidence) == 1, q.id
            assert "\n" not in q.evidence, q.id


def test_unanswerable_questions_have_no_answers(questions: list[GoldenQuestion]) -> None:
    """About twenty near misses, with neither document nor answers nor evidence."""
    unanswerable = [q for q in questions if q.type == "unanswerable"]
    assert len(unanswerable) >= 15
    assert [q.id for q in unanswerable if q.doc or q.answers or q.evidence] == []


def test_only_followups_have_earlier_turns(questions: list[GoldenQuestion]) -> None:
    """A follow-up cannot be read without its earlier turns; other questions have none."""
    assert [q.id for q in questions if (q.type == "followup") != bool(q.context_turns)] == []


def test_every_report_is_asked_about(
    reports: dict[str, str], questions: list[GoldenQuestion]
) -> None:
    """No sample report is left without a question."""
    assert {q.doc for q in questions if q.doc} == set(reports)
