"""The texts that an index is made of, and a fingerprint of the rules that make them."""

import functools
import hashlib
import sys
import unicodedata
from importlib.metadata import version
from pathlib import Path

import corpus
from corpus.text import normalize
from corpus.types import Passage, Span

KEY_BYTES = 32


def key(text: str) -> bytes:
    """Return what a text's vector is found by: the 32 bytes of its SHA-256."""
    return hashlib.sha256(text.encode()).digest()


def sentence_texts(passage: Passage, sentence: Span) -> tuple[str, str]:
    """Return the two texts that are encoded for a sentence, both normalised.

    The sentence alone, which keeps its facts; and after the document's title and the headings above
    it, which tells apart what reports of different years say in the same words.
    """
    alone = normalize(passage.text[sentence.start : sentence.end])
    return alone, normalize(" ".join((*passage.context, alone)))


def keyword_text(passage: Passage) -> str:
    """Return the text whose words and bigrams find a passage: title, headings and the passage."""
    return "\n".join((*passage.context, passage.text))


@functools.cache
def rules() -> str:
    """Return 16 hexadecimal digits of a SHA-256 over all that decides how reports are cut.

    Our own code for it, and the versions of what that asks: where they are the same, a document
    that has not changed gives the same passages, sentences, words and bigrams.
    """
    here = Path(__file__).parent
    own = (here / f"{name}.py" for name in ("draft", "keywords", "texts"))
    asked = (sys.version_info[:2], unicodedata.unidata_version, version("jieba"), version("opencc"))
    digest = hashlib.sha256(repr(asked).encode())
    for path in (*sorted(Path(corpus.__path__[0]).glob("*.py")), *own):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
