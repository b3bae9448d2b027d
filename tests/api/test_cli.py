"""The verbs of the command line: what they print and how they exit, with the shipped encoder."""

import gc
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from api import console, rebuild_command
from api.cli import main
from api.schemas import AnswerOut
from api.settings import ENVIRONMENT_PREFIX, Settings
from corpus.loader import CorpusMissing
from embeddings import storage
from qa.calibration import Calibration
from tests.conftest import REPORTS
from tests.serving import free_port

ROOT = Path(__file__).parents[2]
QUESTION = "2024年北区图书馆举办讲座多少场？"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of `wenju` ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def error_line(self) -> str:
        """The one line that says why; AssertionError where there is more or less than one."""
        (line,) = self.err.strip().splitlines()
        assert "Traceback" not in line
        return line


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the developer's own environment, and an empty folder to stand in."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{ENVIRONMENT_PREFIX}{name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `wenju` with arguments, in this process."""

    def run_wenju(*arguments: object) -> Outcome:
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Outcome(int(stopped.value.code or 0), printed.out, printed.err)

    return run_wenju


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus and its index, built once and copied by tests that change it."""
    folder = tmp_path_factory.mktemp("built")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, text in REPORTS.items():
        (corpus / name).write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        main(["rebuild", "--corpus", str(corpus), "--data", str(folder / "data")])
    assert not stopped.value.code
    return folder


@pytest.fixture
def data(built: Path) -> Path:
    """The index, for tests that only read it."""
    return built / "data"


@pytest.fixture
def own(built: Path, tmp_path: Path) -> Path:
    """A copy of the folder for one test alone."""
    return shutil.copytree(built, tmp_path / "own")


def test_help_names_every_verb_and_loads_nothing() -> None:
    """The libraries that take seconds are not imported for it."""
    code = "import sys, api.cli; print(sorted({'torch', 'faiss', 'fastapi'} & set(sys.modules)))"
    assert (
        subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT).strip() == "[]"
    )
    text = subprocess.check_output([sys.executable, "-m", "api", "--help"], text=True, cwd=ROOT)
    for verb in (
        "serve",
        "rebuild",
        "ask",
        "search",
        "eval",
        "calibrate",
        "versions",
        "activate",
        "doctor",
    ):
        assert re.search(rf"\b{verb}\b", text)


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-verb"],
        ["ask"],
        ["ask", " "],
        ["ask", "问" * 10_000],
        ["search", "谁？", "--k", "0"],
        ["search", "谁？", "--k", "51"],
        ["serve", "--port", "70000"],
        ["serve", "--port", "http"],
        ["eval"],
        ["calibrate"],
        ["activate"],
    ],
    ids=lambda arguments: " ".join(arguments)[:20],
)
def test_wrong_usage_exits_2(run: Run, arguments: list[str]) -> None:
    """And says so without a traceback."""
    outcome = run(*arguments)
    assert outcome.code == 2
    assert "Traceback" not in outcome.err


def test_a_long_question_is_told_its_limit_in_characters(run: Run) -> None:
    """In the words of HTTP."""
    assert "最多 2000 个字符。 / At most 2000 characters." in run("ask", "问" * 10_000).err


@pytest.mark.parametrize(
    "arguments",
    [["ask", "谁？"], ["search", "谁？"], ["versions"]],
    ids=lambda arguments: arguments[0],
)
def test_without_an_index_the_command_to_run_is_named(run: Run, arguments: list[str]) -> None:
    """One line, exit code 1."""
    outcome = run(*arguments, "--data", "nowhere")
    assert outcome.code == 1
    assert "wenju rebuild --data nowhere" in outcome.error_line


def test_a_rebuild_collects_garbage(tmp_path: Path) -> None:
    """The command line turns collection off for its imports only."""
    gc.disable()
    try:
        with pytest.raises(CorpusMissing):
            rebuild_command.rebuild(Settings(corpus=tmp_path / "none"), full=False)
        assert gc.isenabled()
    finally:
        gc.enable()


def test_answer_has_quote_and_source(run: Run, data: Path) -> None:
    """What it says, where, in which file."""
    outcome = run("ask", QUESTION, "--data", data)
    assert outcome.code == 0
    assert "46场" in outcome.out
    assert "north-2024.txt" in outcome.out
    assert "北区图书馆2024年工作报告 › 二、主要活动" in outcome.out


def test_no_answer_shows_the_closest_passages() -> None:
    """A person reads that nothing was found, and what comes nearest."""
    example = AnswerOut.model_json_schema()["examples"][0]
    lines = list(console.answer(AnswerOut(**example | {"found": False, "citations": []})))
    assert "没有找到答案" in lines[0]
    assert example["passages"][0]["passage"] in lines[1]


def test_json_is_what_http_returns(run: Run, data: Path) -> None:
    """The same fields, and quotes that are slices."""
    answer = json.loads(run("ask", QUESTION, "--json", "--data", data).out)
    assert answer["question"] == QUESTION
    for citation in answer["citations"]:
        assert citation["quote"] == citation["passage"][citation["start"] : citation["end"]]
    found = json.loads(run("search", QUESTION, "--k", 2, "--json", "--data", data).out)
    assert found["passages"] == answer["passages"][:2]


def test_search_lists_passages(run: Run, data: Path) -> None:
    """Numbered, each with its source."""
    lines = run("search", QUESTION, "--k", 2, "--data", data).out.splitlines()
    assert [line[:2] for line in lines[::2]] == ["1.", "2."]
    assert all(".txt" in line or ".md" in line for line in lines[1::2])


def test_a_second_rebuild_encodes_nothing(run: Run, own: Path) -> None:
    """The report says so, and progress goes to the other stream."""
    outcome = run("rebuild", "--corpus", own / "corpus", "--data", own / "data")
    assert outcome.code == 0
    assert "encoded 0" in outcome.out
    assert "encoded" not in outcome.err


def test_rebuild_reports_skipped_files(run: Run, own: Path) -> None:
    """Unreadable, empty and binary files among good ones: skipped, with the reason."""
    (own / "corpus" / "empty.txt").write_bytes(b"")
    (own / "corpus" / "binary.txt").write_bytes(bytes(range(256)) * 8)
    outcome = run("rebuild", "--corpus", own / "corpus", "--data", own / "data")
    assert outcome.code == 0
    assert "empty.txt" in outcome.out
    assert "binary.txt" in outcome.out
    assert "3 份文档" in outcome.out


@pytest.mark.parametrize("made", [True, False], ids=["empty", "missing"])
def test_a_corpus_without_reports_loses_nothing(run: Run, own: Path, made: bool) -> None:
    """One line says which folder; the old index stays."""
    before = storage.current_version(own / "data")
    folder = own / "no reports"
    if made:
        folder.mkdir()
    outcome = run("rebuild", "--corpus", folder, "--data", own / "data")
    assert outcome.code == 1
    assert str(folder) in outcome.error_line
    assert storage.current_version(own / "data") == before


def test_a_model_that_is_none_is_explained(run: Run, own: Path, tmp_path: Path) -> None:
    """A folder without a model; nothing on disk changes."""
    before = storage.current_version(own / "data")
    outcome = run("rebuild", "--data", own / "data", "--model", tmp_path)
    assert outcome.code == 1
    assert str(tmp_path) in outcome.error_line
    assert storage.current_version(own / "data") == before


def test_data_that_cannot_be_written_is_explained(run: Run, built: Path, tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("")
    outcome = run("rebuild", "--corpus", built / "corpus", "--data", tmp_path / "file" / "data")
    assert outcome.code == 1
    assert str(tmp_path / "file") in outcome.error_line


def test_versions_and_activate(run: Run, own: Path) -> None:
    """Going back to the first version, and to one that is not there."""
    data = own / "data"
    first = storage.current_version(data)
    (own / "corpus" / "river.md").unlink()
    run("rebuild", "--corpus", own / "corpus", "--data", data)
    starred = [line[0] for line in run("versions", "--data", data).out.splitlines()]
    assert starred == ["*", " "]
    assert run("activate", first, "--data", data).code == 0
    assert storage.current_version(data) == first
    outcome = run("activate", "nope", "--data", data)
    assert outcome.code == 1
    assert "wenju versions" in outcome.error_line


def truncate(data: Path, version: str) -> None:
    """Cut the largest file of a version in half, as a full disk would."""
    files = (data / "versions" / version).iterdir()
    largest = max(files, key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[: largest.stat().st_size // 2])


def test_a_truncated_index_is_refused(run: Run, own: Path) -> None:
    """Neither asked nor served; the line names the command that helps."""
    data = own / "data"
    truncate(data, storage.current_version(data))
    for arguments in (["ask", QUESTION], ["serve", "--port", "0"]):
        outcome = run(*arguments, "--data", data)
        assert outcome.code == 1
        assert "wenju rebuild" in outcome.error_line


def test_doctor_says_what_to_run_and_falls_back(run: Run, own: Path) -> None:
    """Sound; damaged; and back on the newest version that is sound."""
    data = own / "data"
    assert run("doctor", "--data", data).code == 0
    first = storage.current_version(data)
    (own / "corpus" / "river.md").unlink()
    run("rebuild", "--corpus", own / "corpus", "--data", data)
    truncate(data, storage.current_version(data))
    outcome = run("doctor", "--data", data)
    assert outcome.code == 1
    assert "wenju" in outcome.out
    run("doctor", "--data", data, "--repair")
    assert storage.current_version(data) == first
    assert run("ask", QUESTION, "--data", data).code == 0


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


def test_a_port_in_use_is_told_at_once(run: Run, tmp_path: Path) -> None:
    """Before anything is loaded or built."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = run("serve", "--port", port, "--data", tmp_path / "data")
    assert outcome.code == 1
    assert str(port) in outcome.error_line
    assert "--port" in outcome.error_line
    assert not (tmp_path / "data").exists()


@pytest.fixture
def served(built: Path, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`wenju serve` as a process of its own over a corpus without an index, and its address."""
    port = free_port()
    folders = ("--corpus", str(built / "corpus"), "--data", str(tmp_path / "fresh"))
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", "--port", str(port), *folders],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()


def test_serve_builds_the_index_and_answers(
    served: tuple[str, subprocess.Popen[str]],
) -> None:
    """From nothing to an answer, and an orderly end at Ctrl-C."""
    url, process = served
    assert process.stderr is not None
    assert any(url in line for line in process.stderr)
    body = json.dumps({"question": QUESTION}).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{url}/api/ask", body, headers)
    with urllib.request.urlopen(request) as response:
        assert json.load(response)["found"] is True
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
