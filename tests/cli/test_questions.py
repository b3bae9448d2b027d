"""`wenju eval` and `wenju calibrate`."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qa.calibration import Calibration
from tests.cli.conftest import QUESTION, Run


def test_eval_prints_the_figures(run: Run, data: Path, tmp_path: Path) -> None:
    """A right answer, a refusal and a follow-up; the responses are those of HTTP."""
    gold = tmp_path / "gold.jsonl"
    rows = [
        {"id": "a", "question": QUESTION, "type": "number", "answers": ["46场"],
         "evidence": "全年举办讲座46场。", "context_turns": [], "doc": "north-2024.txt"},
        {"id": "b", "question": "那2025年呢？", "type": "number", "answers": ["52场"],
         "evidence": "全年举办讲座52场。", "context_turns": [QUESTION], "doc": "north-2025.txt"},
        {"id": "c", "question": "火星基地的氧气由哪家公司供应？", "type": "none", "answers": [],
         "evidence": ""},
    ]  # fmt: skip
    gold.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    outcome = run("eval", gold, "--data", data, "--out", tmp_path / "responses.jsonl")
    assert outcome.code == 0
    figures = json.loads(outcome.out)
    assert figures["questions"] == 3
    assert figures["verbatim"] == 1.0
    lines = (tmp_path / "responses.jsonl").read_text("utf-8").splitlines()
    written = {row["id"]: row["response"] for row in map(json.loads, lines)}
    assert set(written) == {"a", "b", "c"}
    assert "讲座" in written["b"]["standalone_question"]


def test_eval_of_a_broken_file_names_the_line(run: Run, data: Path, tmp_path: Path) -> None:
    """Before any question is asked."""
    (tmp_path / "gold.jsonl").write_text("{}\n", "utf-8")
    outcome = run("eval", tmp_path / "gold.jsonl", "--data", data)
    assert outcome.code == 1
    assert "gold.jsonl" in outcome.error_line


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """A file of one question."""
    path = tmp_path / "one.jsonl"
    row = {"id": "a", "question": QUESTION, "type": "number", "answers": ["46场"]}
    path.write_text(json.dumps(row), "utf-8")
    return path


def test_eval_refuses_an_output_before_it_loads_anything(run: Run, gold: Path) -> None:
    """A folder that is not there costs no time."""
    outcome = run("eval", gold, "--data", "nowhere", "--out", "missing/responses.jsonl")
    assert outcome.code == 1
    assert "missing" in outcome.error_line


def test_eval_that_fails_keeps_the_older_responses(run: Run, gold: Path, tmp_path: Path) -> None:
    """They are replaced only once there are new ones."""
    (tmp_path / "responses.jsonl").write_text("older\n", "utf-8")
    assert run("eval", gold, "--data", "nowhere", "--out", "responses.jsonl").code == 1
    assert (tmp_path / "responses.jsonl").read_text("utf-8") == "older\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is of Linux")
def test_eval_prints_the_figures_on_a_full_disk(run: Run, data: Path, gold: Path) -> None:
    """What was computed is shown although it cannot be written."""
    outcome = run("eval", gold, "--data", data, "--out", "/dev/full")
    assert outcome.code == 1
    assert json.loads(outcome.out)["questions"] == 1


def write_questions(path: Path, answerable: int, unanswerable: int) -> Path:
    """A question file of so many questions about the small corpus, and about what is not in it."""
    asked = [
        {"question": f"{QUESTION}（第{n}次问）", "answers": ["46场"], "doc": "north-2024.txt"}
        for n in range(answerable)
    ]
    asked += [
        {"question": f"火星基地第{n}批氧气由哪家公司供应？", "answers": []}
        for n in range(unanswerable)
    ]
    rows = [{"id": f"q{n}", "type": "any"} | row for n, row in enumerate(asked)]
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def test_calibrate_writes_what_answers_go_by(run: Run, own: Path, tmp_path: Path) -> None:
    """Figures before and after are told; then confidence is the probability that was learnt."""
    data, gold = own / "data", write_questions(tmp_path / "gold.jsonl", 12, 12)
    outcome = run("calibrate", gold, "--data", data)
    assert outcome.code == 0
    assert [line[:3] for line in outcome.out.splitlines()] == ["24 ", "校准前", "校准后", "已写入"]
    file = data / "calibration.json"
    fitted = Calibration.read(file)
    assert fitted.questions == 24
    assert run("doctor", "--data", data).code == 0
    found = run("ask", QUESTION, "--json", "--data", data)
    assert found.err == ""
    replace(fitted, scale=1.0, shift=0.0).write(file)
    unchanged = run("ask", QUESTION, "--json", "--data", data)
    expected = fitted.probability(json.loads(unchanged.out)["confidence"])
    assert json.loads(found.out)["confidence"] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("counts", "told"), [((6, 6), "12"), ((0, 20), "无从校准")], ids=["too few", "all wrong"]
)
def test_calibrate_refuses_questions_that_teach_nothing(
    run: Run, own: Path, tmp_path: Path, counts: tuple[int, int], told: str
) -> None:
    """One line, exit code 1, and the older calibration stays."""
    older = own / "data" / "calibration.json"
    Calibration.shipped().write(older)
    outcome = run(
        "calibrate", write_questions(tmp_path / "gold.jsonl", *counts), "--data", older.parent
    )
    assert outcome.code == 1
    assert told in outcome.error_line
    assert Calibration.read(older) == Calibration.shipped()


def test_a_broken_calibration_is_told_and_replaced(run: Run, own: Path, tmp_path: Path) -> None:
    """Nothing is answered by it, doctor knows, and another `wenju calibrate` mends it."""
    data, gold = own / "data", write_questions(tmp_path / "gold.jsonl", 12, 12)
    (data / "calibration.json").write_text("{", "utf-8")
    refused = run("ask", QUESTION, "--data", data)
    assert refused.code == 1
    assert "wenju calibrate" in refused.error_line
    checked = run("doctor", "--data", data)
    assert checked.code == 1
    assert "wenju calibrate" in checked.out
    assert run("calibrate", gold, "--data", data).code == 0
    assert run("ask", QUESTION, "--data", data).code == 0
