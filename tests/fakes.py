"""Light stand-ins for the encoder and the reader, and small builders: no models, no chance."""

import hashlib
import threading
import zlib
from collections.abc import Callable, Sequence

import numpy as np

from corpus.text import Segmenter, bigrams, sentences
from corpus.types import Document, Passage
from embeddings.index import Contents
from embeddings.keywords import Keywords
from embeddings.texts import key, keyword_text, sentence_texts
from embeddings.types import Encoder, FloatArray, Hit, ModelUnreadable, ScoredSentence
from embeddings.vectors import FlatIndex
from qa.types import Citation, Reading


class BigramEncoder:
    """An `Encoder` that counts character bigrams; texts that share bigrams are near each other.

    Numbers of dimensions make different encoders, with different fingerprints; the more, the fewer
    bigrams share one by chance. `encoded` is how many passages' texts it was given so far.
    """

    def __init__(self, dimensions: int = 256, batch: int = 32) -> None:
        self.name = f"bigrams-{dimensions}"
        self.fingerprint = hashlib.sha256(self.name.encode()).hexdigest()[:16]
        self.dimensions = dimensions
        self.encoded = 0
        self._batch = batch

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """Return unit rows of shape (len(texts), dimensions), float32."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            # crc32 and not hash(), which differs from run to run
            for start in range(max(len(text) - 1, 1)):
                row[zlib.crc32(text[start : start + 2].encode()) % self.dimensions] += 1
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return rows

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Return the same rows as for questions; batches are told of, texts counted."""
        for start in range(0, len(texts), self._batch):
            size = len(texts[start : start + self._batch])
            self.encoded += size
            if on_batch is not None:
                on_batch(size)
        return self.encode_questions(texts)


def load_fake_encoder(name: str | None) -> Encoder:
    """Return the fake of a name, `bigrams-64` or the like; ModelUnreadable for any other."""
    kind, _, dimensions = (name or "").partition("-")
    if kind != "bigrams":
        raise ModelUnreadable(f"no such model: {name}")
    return BigramEncoder(int(dimensions))


class ContraryEncoder(BigramEncoder):
    """A worse encoder, with a fingerprint of its own: the more alike texts are, the further away.

    Its vectors are the same but for the sign of the questions'.
    """

    def __init__(self) -> None:
        super().__init__(dimensions=255)
        self.name = "contrary-255"

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """Return the rows that are furthest from those of the same texts as passages."""
        return -super().encode_questions(texts)

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Return the rows of a better encoder."""
        return -super().encode_passages(texts, on_batch)


class HeldEncoder(BigramEncoder):
    """An encoder that stops in a rebuild until it is let go on."""

    def __init__(self) -> None:
        super().__init__(batch=1)
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def encode_passages(
        self, texts: Sequence[str], on_batch: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Return the same rows, when it may."""
        self.reached.set()
        self.go_on.wait()
        return super().encode_passages(texts, on_batch)


class FirstSentenceReader:
    """A `Reader` that cites the best sentence of the first hit, whatever was asked."""

    name = "first-sentence"

    def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Return one citation of a whole sentence, none without hits."""
        if not hits:
            return Reading(citations=(), confidence=0.0, hits=())
        passage, (start, end) = hits[0].passage, hits[0].sentence
        citation = Citation(passage, start, end, start, end, score=1.0)
        return Reading((citation,), confidence=1.0, hits=tuple(hits))


def make_document(text: str, *, id: str = "report", title: str = "年度报告") -> Document:
    """Return a document of this text, as if read from `<id>.txt`."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(id=id, title=title, source=f"{id}.txt", text=text, sha256=digest)


def make_passage(
    text: str, *, id: str = "report-1", headings: tuple[str, ...] = (), title: str = "年度报告"
) -> Passage:
    """Return a passage that is all of a document of its own."""
    document = make_document(text, id=id.rpartition("-")[0] or id, title=title)
    return Passage(id=id, document=document, start=0, end=len(text), headings=headings)


def make_hit(passage: Passage, *scores: float, similarity: float = 0.5) -> Hit:
    """Return a hit whose sentences have these scores, in the order of the text; the others 0."""
    spans = sentences(passage.text)
    padded = [*scores, *[0.0] * (len(spans) - len(scores))]
    scored = [
        ScoredSentence(span, score, similarity) for span, score in zip(spans, padded, strict=True)
    ]
    return Hit(passage, tuple(sorted(scored, key=lambda sentence: -sentence.score)))


def make_contents(passages: Sequence[Passage], encoder: Encoder, segmenter: Segmenter) -> Contents:
    """Return what a version over these passages holds, made in the plainest way."""
    spans = [(row, span) for row, p in enumerate(passages) for span in sentences(p.text)]
    texts = [sentence_texts(passages[row], span) for row, span in spans]
    keys = [[list(key(text)) for text in pair] for pair in texts]
    words = [keyword_text(passage) for passage in passages]
    return Contents(
        documents=tuple({p.document.id: p.document for p in passages}.values()),
        passages=tuple(passages),
        sentences=np.array([(row, *span) for row, span in spans]),
        keys=np.array(keys, dtype=np.uint8),
        plain=FlatIndex.build(encoder.encode_passages([plain for plain, _ in texts])),
        contextual=FlatIndex.build(encoder.encode_passages([context for _, context in texts])),
        words=Keywords.build(map(segmenter.words, words)),
        bigrams=Keywords.build(map(bigrams, words)),
    )
