"""The documents do what they say: the README's request is asked, what they name is there."""

import json
import re
import shlex
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import cli
from api.app import create_app
from api.wiring import Service
from tests.agreeing import agrees

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [
    path
    for pattern in ("*.md", "docs/*.md", "embeddings/model/*.md")
    for path in sorted(ROOT.glob(pattern))
]


def block(language: str, start: str) -> str:
    """Return the README's first fenced block of a language that begins with `start`."""
    found = re.search(rf"^```{language}\n({re.escape(start)}.*?)^```$", README, re.DOTALL | re.M)
    assert found, f"README has no {language} block that begins with {start!r}"
    return found[1]


def test_the_request_gets_the_printed_answer(sample_service: Service) -> None:
    """The README's curl command, asked of the real service, gives the README's JSON."""
    curl, url, _, header, _, body = shlex.split(block("bash", "curl").replace("\\\n", ""))
    name, _, value = header.partition(": ")
    with TestClient(create_app(sample_service), base_url="http://127.0.0.1:8000") as client:
        response = client.post(url, headers={name: value}, content=body.encode())
    given = response.json()
    shown = json.dumps(given, ensure_ascii=False, indent=2)
    assert curl == "curl"
    assert agrees(json.loads(block("json", "{")), given), f"README should print:\n{shown}"


def test_every_verb_is_in_the_table() -> None:
    """The README's table holds exactly the verbs of the command line."""
    verbs = {
        command.name or (command.callback.__name__ if command.callback else "")
        for command in cli.app.registered_commands
    }
    assert set(re.findall(r"^\| `wenju (\w+)", README, re.M)) == verbs


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_of_make_exist(path: Path) -> None:
    """Every `make TARGET` that a document tells people to type is a target."""
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    typed = set(re.findall(r"(?:^|`)make (\w+)", path.read_text("utf-8"), re.M))
    assert typed <= targets


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    """Every link and image of a document that is not on the web is a file of the project."""
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)", path.read_text("utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []
