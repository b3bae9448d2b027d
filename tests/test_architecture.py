"""docs/architecture.md names the files that are there, all of them, and each once."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
LAYERS = ("api", "qa", "embeddings", "corpus")


def test_every_module_has_one_line() -> None:
    """The tables of files hold every module of the four layers, once, and no other."""
    modules = [
        path.relative_to(ROOT).as_posix()
        for layer in LAYERS
        for path in (ROOT / layer).glob("*.py")
        if path.name != "__init__.py"
    ]
    described = re.findall(rf"^\| `((?:{'|'.join(LAYERS)})/\w+\.py)` \|", ARCHITECTURE, re.M)
    assert sorted(described) == sorted(modules)


def test_every_path_named_is_there() -> None:
    """Each path into the project that the text names leads to a file or a folder."""
    named = re.findall(rf"`((?:{'|'.join(LAYERS)}|tests|training|bench)/[\w/.]*)`", ARCHITECTURE)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_glossary_has_one_word_per_thing() -> None:
    """No word has two lines, and no word is what another line says not to use."""
    glossary = ARCHITECTURE.partition("## Glossary")[2]
    rows = re.findall(r"^\| ([a-z -]+) \| [^|]+ \| [^|]+ \| ([^|]*)\|$", glossary, re.M)
    words = [word for word, _ in rows if word != "term"]
    avoided = {other.strip() for _, others in rows for other in others.split(",")}
    assert len(words) == len(set(words))
    assert avoided & set(words) == set()
