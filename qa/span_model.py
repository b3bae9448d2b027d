"""The trained model behind the reader: question and text in, scored spans of the text out."""

import hashlib
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from tokenizers import Encoding, Tokenizer
from torch import Tensor
from transformers import AutoModelForQuestionAnswering, BertForQuestionAnswering

import embeddings.quantized  # noqa: F401 - teaches transformers the 4-bit format
from corpus.types import Span
from embeddings.types import ModelUnreadable

SHIPPED_FOLDER = Path(__file__).parent / "model"
_TOKENS = 320  # of question, context and text together; what is longer is read in several windows
_LONGEST_QUESTION = 160  # characters in NFKC, of which none is more than one token
_STRIDE = 64  # tokens that two such windows share
_HEAD = "qa_outputs.weight"  # what makes an encoder a reader
_NOWHERE = 0  # the first token, which stands for "not here" (Devlin et al. 2019, section 4.3)
_ENDS = 16  # starts and ends tried against each other
_BROKEN_MODEL = (OSError, ValueError, KeyError, RuntimeError, SafetensorError)

_Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ScoredSpan:
    """A span of a text, and by how much the model prefers it to "not here" (in logits).

    Margins are comparable between the texts read for one question, and between questions.
    """

    span: Span
    margin: float


@dataclass(frozen=True, slots=True)
class Text:
    """What is read: the text that may be quoted, and what stands above it (title, headings)."""

    context: str
    text: str

    @property
    def joined(self) -> str:
        """The text under its context, as the model was trained to see it."""
        return f"{self.context}\n{self.text}" if self.context else self.text

    @property
    def first(self) -> int:
        """Where in `joined` the text begins."""
        return len(self.joined) - len(self.text)


class SpanModel:
    """A transformer that scores the first and last token of an answer; safe between threads."""

    def __init__(
        self, model: BertForQuestionAnswering, tokenizer: Tokenizer, fingerprint: str
    ) -> None:
        self.fingerprint = fingerprint
        self._model = model.eval()  # type: ignore[no-untyped-call]
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(_TOKENS, stride=_STRIDE, strategy="only_second")
        self._tokenizer.enable_padding(pad_id=model.config.pad_token_id or 0)

    @classmethod
    def load(cls, folder: Path = SHIPPED_FOLDER) -> Self:
        """Return the model of a folder, the shipped one by default; never touches the network.

        ModelUnreadable where there is none or it cannot be read.
        """
        try:
            tokenizer = _read_tokenizer(folder)
            model = _read_model(folder, tokenizer.get_vocab_size())
            return cls(_in_eight_bits(model), tokenizer, _fingerprint(folder))
        except _BROKEN_MODEL as error:
            raise ModelUnreadable(
                f"无法读取阅读模型：{folder}（{error}）。请重新安装，或用 WENJU_READER 另指定一个。"
                f" / Could not read the reader's model in {folder}. Install again, or name another"
                " folder in WENJU_READER."
            ) from error

    def best_spans(
        self, question: str, texts: Sequence[Text], longest: int = 300, count: int = 3
    ) -> list[list[ScoredSpan]]:
        """Return, for every text, its `count` best spans that do not overlap, best first.

        Question and texts come normalised; spans are in characters of `text`, not blank and at most
        `longest` long. A text without tokens has none. Of a long question the end is read, where
        what is asked mostly stands.
        """
        if not texts:
            return []
        asked = unicodedata.normalize("NFKC", question)[-_LONGEST_QUESTION:]
        encodings = self._tokenizer.encode_batch([(asked, text.joined) for text in texts])
        rows = [(n, e) for n, one in enumerate(encodings) for e in (one, *one.overflowing)]
        starts, ends = self._logits([encoding for _, encoding in rows])
        found: list[list[ScoredSpan]] = [[] for _ in texts]
        for (n, encoding), start, end in zip(rows, starts, ends, strict=True):
            found[n] += _spans(encoding, texts[n], start, end, longest)
        return [_apart(spans)[:count] for spans in found]

    def _logits(self, encodings: Sequence[Encoding]) -> tuple[_Scores, _Scores]:
        """The logits of start and end, float32 of shape (windows, tokens)."""
        ids = torch.tensor([encoding.ids for encoding in encodings])
        attention = torch.tensor([encoding.attention_mask for encoding in encodings])
        with torch.inference_mode():
            out = self._model(input_ids=ids, attention_mask=attention)
        return _array(out.start_logits), _array(out.end_logits)


def _read_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer in `folder`; ValueError where there is none or it is broken."""
    try:
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # the library raises nothing narrower
        raise ValueError(f"tokenizer.json: {error}") from error


def _read_model(folder: Path, words: int) -> BertForQuestionAnswering:
    """The model in `folder`, for a vocabulary of so many `words`; ValueError where it is no reader.

    The head is asked for first: transformers would make a random one for an encoder without it.
    """
    with safe_open(folder / "model.safetensors", framework="pt") as weights:
        if _HEAD not in weights.keys():  # noqa: SIM118 - it is no dictionary
            raise ValueError(f"no {_HEAD}")
    model = AutoModelForQuestionAnswering.from_pretrained(
        folder, local_files_only=True, use_safetensors=True
    )
    if not isinstance(model, BertForQuestionAnswering):
        raise ValueError(f"{type(model).__name__}: not a BERT")
    if model.config.vocab_size < words or model.config.max_position_embeddings < _TOKENS:
        raise ValueError(f"fewer than {words} words or {_TOKENS} positions")
    return model


def _in_eight_bits(model: BertForQuestionAnswering) -> BertForQuestionAnswering:
    """The model with the matrix products of its layers in 8 bits, which takes half the time.

    Weights are rounded once, each output with a scale of its own, activations as they come. PyTorch
    means to move this to a package of its own, hence the warnings; the version we pin has it.
    """
    rounding = {torch.nn.Linear: torch.ao.quantization.per_channel_dynamic_qconfig}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.bert.encoder = torch.ao.quantization.quantize_dynamic(  # type: ignore[no-untyped-call]
            model.bert.encoder, rounding
        )
    return model


def _fingerprint(folder: Path) -> str:
    """A short hash of all that decides the margins."""
    digest = hashlib.sha256()
    for name in ("config.json", "model.safetensors", "tokenizer.json"):
        with (folder / name).open("rb") as content:
            digest.update(hashlib.file_digest(content, "sha256").digest())
    return digest.hexdigest()[:16]


def _array(logits: Tensor) -> _Scores:
    return np.asarray(logits.float().numpy(), dtype=np.float32)


def _spans(
    encoding: Encoding, text: Text, start: _Scores, end: _Scores, longest: int
) -> list[ScoredSpan]:
    """The spans of the likeliest starts and ends in one window of tokens."""
    offsets, quotable = encoding.offsets, _quotable(encoding, text)
    nowhere = float(start[_NOWHERE] + end[_NOWHERE])
    starts, ends = (sorted(quotable, key=lambda n: -scores[n])[:_ENDS] for scores in (start, end))
    spans = []
    for first, last in product(starts, ends):
        span = _trimmed(text, offsets[first][0], offsets[last][1])
        if first <= last and 0 < span.end - span.start <= longest:
            spans.append(ScoredSpan(span, float(start[first] + end[last]) - nowhere))
    return spans


def _quotable(encoding: Encoding, text: Text) -> list[int]:
    """The tokens that reach into the text, which those of question and context do not."""
    places = zip(encoding.sequence_ids, encoding.offsets, strict=True)
    return [
        n
        for n, (part, (left, right)) in enumerate(places)
        if part == 1 and right > text.first and right > left
    ]


def _trimmed(text: Text, start: int, end: int) -> Span:
    """Characters of `joined` as a span of the text, without the blanks at its ends."""
    start, end = max(start - text.first, 0), max(end - text.first, 0)
    part = text.text[start:end]
    return Span(start + len(part) - len(part.lstrip()), start + len(part.rstrip()))


def _apart(spans: list[ScoredSpan]) -> list[ScoredSpan]:
    """The best of those that overlap, best first."""
    kept: list[ScoredSpan] = []
    for one in sorted(spans, key=lambda s: (-s.margin, s.span)):
        if all(one.span.end <= k.span.start or one.span.start >= k.span.end for k in kept):
            kept.append(one)
    return kept
