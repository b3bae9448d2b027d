"""Questions made from others: what they get from those, and that each of ours asks something."""

import json
from pathlib import Path

import pytest

from qa.evaluation import GoldQuestion, read_questions
from training.folders import part_of
from training.rephrased import NotRephrased, read_near_misses, read_rephrased

DATA = Path("training/data")
NOT_OURS = Path("../shared/train_reports")
QUESTIONS = [
    GoldQuestion("h-1", "港口有几个泊位", "number", ("9个",), "共有9个泊位。", "h-1.txt"),
    GoldQuestion("h-2", "那2021年呢", "followup", ("8个",), context_turns=("2020年几个泊位",)),
]


def rephrasings(tmp_path: Path, *rows: object) -> Path:
    """A file of them."""
    path = tmp_path / "h.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def test_a_question_in_other_words_keeps_its_answer(tmp_path: Path) -> None:
    """All but the words, and an id that tells which."""
    path = rephrasings(tmp_path, {"id": "h-1", "questions": ["一次能停几条船", "靠船位数"]})
    first, second = read_rephrased(path, QUESTIONS)
    assert (first.id, first.question) == ("h-1/1", "一次能停几条船")
    assert (second.answers, second.evidence, second.doc) == (("9个",), "共有9个泊位。", "h-1.txt")


@pytest.mark.parametrize(
    "row",
    [
        {"id": "h-9", "questions": ["有几条船"]},
        {"id": "h-2", "questions": ["二一年呢"]},
        {"id": "h-1", "questions": []},
        {"id": "h-1", "questions": [" "]},
        {"id": "h-1", "questions": ["港口有几个泊位"]},
        {"id": "h-1", "questions": ["几条船", "几条船"]},
        {"id": "h-1", "questions": "几条船"},
        {"id": ["h-1"], "questions": ["几条船"]},
        {"id": "h-1", "questions": [1]},
        {"id": "h-1"},
        ["h-1", "几条船"],
        "几条船",
    ],
)
def test_what_rephrases_nothing_is_refused(tmp_path: Path, row: object) -> None:
    """Unknown questions, follow-ups, nothing, and what is asked already."""
    with pytest.raises(NotRephrased, match=r"h\.jsonl:1"):
        list(read_rephrased(rephrasings(tmp_path, row), QUESTIONS))


def test_a_question_has_one_line(tmp_path: Path) -> None:
    """A second one is a slip, whatever it asks."""
    rows = [{"id": "h-1", "questions": [text]} for text in ("几条船", "靠船位数")]
    with pytest.raises(NotRephrased, match=r"h\.jsonl:2"):
        list(read_rephrased(rephrasings(tmp_path, *rows), QUESTIONS))


def test_a_line_that_is_no_json_is_refused(tmp_path: Path) -> None:
    """An empty one, too."""
    path = tmp_path / "h.jsonl"
    path.write_text('{"id": "h-1", "questions": ["几条船"]}\n\n', "utf-8")
    with pytest.raises(NotRephrased, match=r"h\.jsonl:2"):
        list(read_rephrased(path, QUESTIONS))


def test_a_near_miss_has_no_answer_and_the_evidence_for_a_distractor(tmp_path: Path) -> None:
    """That is the sentence it looks like."""
    path = rephrasings(tmp_path, {"id": "h-1", "questions": ["泊位花了多少钱"]})
    (missed,) = read_near_misses(path, QUESTIONS)
    assert (missed.id, missed.question) == ("h-1/1", "泊位花了多少钱")
    assert (missed.type, missed.answers, missed.doc) == ("unanswerable", (), "")
    assert missed.distractors == ("共有9个泊位。",)


@pytest.mark.parametrize(
    "row",
    [{"id": "h-3", "questions": ["几条船"]}, {"id": "h-2", "questions": ["二〇年呢"]}],
    ids=["unanswerable", "follow-up"],
)
def test_nothing_nearly_answers_what_has_no_evidence(tmp_path: Path, row: object) -> None:
    """An unanswerable question has none, a follow-up is not rephrased either."""
    unanswerable = GoldQuestion("h-3", "港口有几艘拖轮", "unanswerable", ())
    with pytest.raises(NotRephrased, match=r"h\.jsonl:1: .*without evidence"):
        list(read_near_misses(rephrasings(tmp_path, row), [*QUESTIONS, unanswerable]))


def questions_of(folder: str) -> list[GoldQuestion]:
    """The questions of a training folder; a skip where it is not here."""
    here = [data / folder for data in (DATA, NOT_OURS) if (data / folder).is_dir()]
    if not here:
        pytest.skip(f"the folder {folder} is not part of the project, and not here")
    assert part_of(here[0]) == "training"
    return read_questions(here[0] / "questions.jsonl")


@pytest.mark.parametrize("path", sorted((DATA / "rephrased").glob("*.jsonl")), ids=str)
def test_ours_rephrase_questions_of_their_folder(path: Path) -> None:
    """Every line names a question of the folder, which is of the training part."""
    questions = questions_of(path.stem)
    assert len(list(read_rephrased(path, questions))) > len(questions) / 2


@pytest.mark.parametrize("path", sorted((DATA / "near_misses").glob("*.jsonl")), ids=str)
def test_ours_nearly_ask_questions_of_their_folder(path: Path) -> None:
    """The same, and no question of the folder is asked again."""
    questions = questions_of(path.stem)
    assert len(list(read_near_misses(path, questions))) > len(questions) / 3
