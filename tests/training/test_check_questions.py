"""The checks of question files: a sound folder has no faults, and each fault is found."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from training import check_questions
from training.check_questions import faults

ROOT = Path(__file__).parent.parent.parent
OWN = sorted((ROOT / "training" / "data").glob("[a-z]"))
OTHERS = sorted((ROOT.parent / "shared" / "train_reports").glob("[a-z]"))
Row = dict[str, Any]

_REPORTS = {
    "x-1.txt": "石桥2021年报告\n全年通行12万人次。维修费3万元，由周平主持。\n",
    "x-2.txt": (
        "石桥2022年报告\n全年通行15万人次（上年为12万人次）。周平退休。\n栏杆已换。\n栏杆已换。\n"
    ),
}
_NUMBER: Row = {
    "id": "x-1",
    "question": "21年多少人过桥",
    "type": "number",
    "doc": "x-1.txt",
    "answers": ["12万人次", "通行12万人次"],
    "evidence": "全年通行12万人次。",
    "distractors": ["维修费3万元，由周平主持。"],
    "context_turns": [],
    "lexical_overlap": "low",
}
_PERSON = _NUMBER | {
    "id": "x-2",
    "question": "谁负责修桥",
    "type": "person",
    "answers": ["周平"],
    "evidence": "维修费3万元，由周平主持。",
    "distractors": ["周平退休。"],
}
_FOLLOW_UP = _NUMBER | {
    "id": "x-3",
    "question": "那22年呢",
    "type": "followup",
    "doc": "x-2.txt",
    "answers": ["15万人次"],
    "evidence": "全年通行15万人次（上年为12万人次）。",
    "context_turns": ["21年多少人过桥"],
}
_UNANSWERABLE = _NUMBER | {
    "id": "x-4",
    "question": "栏杆花了多少钱",
    "type": "unanswerable",
    "doc": "",
    "answers": [],
    "evidence": "",
    "distractors": ["维修费3万元"],
}
_SOUND = (_NUMBER, _PERSON, _FOLLOW_UP, _UNANSWERABLE)


def written(folder: Path, *rows: Row | str) -> Path:
    """A folder `x` with the reports and these questions."""
    (folder / "x" / "reports").mkdir(parents=True)
    for name, text in _REPORTS.items():
        (folder / "x" / "reports" / name).write_text(text, encoding="utf-8")
    lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows]
    (folder / "x" / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "x"


def test_a_sound_folder_has_no_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name may stand in a distractor; the counts are printed."""
    assert faults(written(tmp_path, *_SOUND)) == []
    assert "2 reports, 4 questions, number 1, person 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("row", "change", "fault"),
    [
        (_NUMBER, {"question": " "}, "blank"),
        (_NUMBER, {"type": "riddle"}, "no such type: riddle"),
        (_NUMBER, {"lexical_overlap": "some"}, "no such overlap: some"),
        (_NUMBER, {"doc": "x-9.txt"}, "no such report: x-9.txt"),
        (_NUMBER, {"evidence": "全年过桥12万人次。"}, "not once in x-1.txt"),
        (_NUMBER, {"evidence": ""}, "not once in x-1.txt"),
        (_NUMBER, {"doc": "x-2.txt", "evidence": "栏杆已换。"}, "not once in x-2.txt"),
        (_NUMBER, {"evidence": "石桥2021年报告"}, "the first answer is not in the evidence"),
        (_NUMBER, {"answers": []}, "the first answer is not in the evidence"),
        (_NUMBER, {"answers": ["12万人次", "12万人"]}, None),
        (_NUMBER, {"answers": ["12万人次", "十二万"]}, "not in x-1.txt: 十二万"),
        (_NUMBER, {"distractors": ["修了三次。"]}, "distractor in no report: 修了三次。"),
        (_NUMBER, {"distractors": ["通行12万人次"]}, "distractor in the evidence"),
        (
            _NUMBER,
            {"distractors": ["全年通行15万人次（上年为12万人次）。"]},
            "distractor says the answer",
        ),
        (_NUMBER, {"answers": ["2万人次"], "distractors": ["（上年为12万人次）"]}, None),
        (_NUMBER, {"context_turns": ["桥在哪"]}, "follow-ups have earlier turns"),
        (_FOLLOW_UP, {"context_turns": []}, "follow-ups have earlier turns"),
        (_FOLLOW_UP, {"context_turns": "21年多少人过桥"}, "should have text in context_turns"),
        (_FOLLOW_UP, {"context_turns": [{"question": "几人"}]}, "should have text in context"),
        (_FOLLOW_UP, {"context_turns": [""]}, "should have text in context_turns"),
        (_UNANSWERABLE, {"doc": "x-1.txt"}, "unanswerable, yet has"),
        (_UNANSWERABLE, {"answers": ["3万元"]}, "unanswerable, yet has"),
        (_UNANSWERABLE, {"evidence": "维修费3万元"}, "unanswerable, yet has"),
        (_UNANSWERABLE, {"id": "x-1"}, "x-1: used 2 times"),
        (_UNANSWERABLE, {"id": 4}, "should have text in id"),
        (_UNANSWERABLE, {"note": "?"}, "should have the keys"),
    ],
)
def test_each_fault_is_found(tmp_path: Path, row: Row, change: Row, fault: str | None) -> None:
    """It is told of, whatever else follows from it; None where there is none."""
    rows = [row | change if row["id"] == other["id"] else other for other in _SOUND]
    found = faults(written(tmp_path, *rows))
    assert found == [] if fault is None else any(fault in one for one in found), found


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    """The other lines are checked all the same."""
    first, second = faults(written(tmp_path, "{", *_SOUND[:3], _UNANSWERABLE | {"doc": "x-1.txt"}))
    assert first.startswith("x: line 1 is not JSON")
    assert second.startswith("x: x-4: unanswerable")


def test_a_folder_without_questions_is_a_fault(tmp_path: Path) -> None:
    """A wrong path is not a sound folder."""
    assert faults(tmp_path) == [f"{tmp_path.name}: no questions.jsonl"]


def test_a_report_that_nothing_is_asked_about_is_a_fault(tmp_path: Path) -> None:
    """It would be read by nobody."""
    assert faults(written(tmp_path, _NUMBER)) == ["x: x-2.txt: nothing is asked about it"]


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({"question": "21年多少人过桥？"}, 1),
        ({"question": "2021年通行量"}, 0),
        ({"evidence": "全年通行12万人次。维修费3万元"}, 0),
    ],
    ids=["same words", "other words", "other evidence"],
)
def test_nearly_the_same_question_is_found(tmp_path: Path, change: Row, count: int) -> None:
    """Over the same evidence; the same words about something else are another question."""
    again = _NUMBER | {"id": "x-5", "question": "21年多少人过桥"} | change
    found = faults(written(tmp_path, *_SOUND, again))
    assert [fault for fault in found if "x-1, x-5: nearly the same" in fault] == found
    assert len(found) == count


def test_the_same_words_after_other_turns_are_another_question(tmp_path: Path) -> None:
    """Follow-ups are alike only with what was asked before."""
    other = _FOLLOW_UP | {"id": "x-5", "context_turns": ["去年桥上走过的人次有多少"]}
    assert faults(written(tmp_path, *_SOUND, other)) == []


@pytest.mark.parametrize("sound", [True, False], ids=["sound", "faulty"])
def test_the_program_ends_with_whether_there_are_faults(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sound: bool,
) -> None:
    """0 for none, 1 for any."""
    folder = written(tmp_path, *(_SOUND if sound else _SOUND[:2]))
    monkeypatch.setattr(sys, "argv", ["check_questions", str(folder)])
    with pytest.raises(SystemExit) as end:
        check_questions.main()
    assert end.value.code == (not sound)
    assert ("no faults" in capsys.readouterr().out) == sound


@pytest.mark.parametrize("folder", OWN, ids=lambda folder: folder.name)
def test_the_projects_own_questions_have_no_faults(folder: Path) -> None:
    """Five reports and two hundred questions in each folder."""
    assert faults(folder) == []
    assert len(list((folder / "reports").glob("*.txt"))) == 5
    assert len((folder / "questions.jsonl").read_text("utf-8").splitlines()) == 200


@pytest.mark.skipif(not OTHERS, reason="../shared/train_reports is not there")
def test_the_other_questions_have_no_faults() -> None:
    """The folders of the same form which are not part of the project."""
    assert [fault for folder in OTHERS for fault in faults(folder)] == []
