"""Usage, `wenju ask` and `wenju search`: what they print and how they exit."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api import console
from api.schemas import AnswerOut
from tests.cli.conftest import QUESTION, Run

ROOT = Path(__file__).parents[2]


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
