"""What a person reads at a terminal."""

from collections.abc import Iterable, Iterator

from api.schemas import AnswerOut, CitationOut, PassageOut
from embeddings.types import BuildReport, GateReport
from embeddings.versions import VersionSummary
from qa.outcomes import Effect

_CLOSEST = 3  # passages shown where nothing was found
_EXCERPT = 80  # characters of a passage in a list


def answer(found: AnswerOut) -> Iterator[str]:
    """Yield the lines of an answer: what it says, then each quote in its sentence, with source."""
    if not found.found:
        yield "报告里没有找到答案。最接近的段落： / The reports do not say. The closest passages:"
        yield from passages(found.passages[:_CLOSEST])
        return
    yield found.answer
    for citation in found.citations:
        yield ""
        yield f"[{citation.n}] {_sentence(citation)}"
        yield f"    —— {_place(citation)}"


def passages(found: Iterable[PassageOut]) -> Iterator[str]:
    """Yield two lines for each passage: its beginning and its source."""
    for n, passage in enumerate(found, 1):
        text = " ".join(passage.passage.split())
        yield f"{n}. {text[:_EXCERPT]}{'…' if len(text) > _EXCERPT else ''}"
        yield f"    —— {_place(passage)}"


def report(built: BuildReport) -> Iterator[str]:
    """Yield the lines of a rebuild's report; files that were left out come with the reason."""
    for skipped in built.skipped:
        yield f"跳过 / skipped {skipped.source}：{skipped.reason}"
    yield (
        f"{built.version}：{built.documents} 份文档 / documents，"
        f"{built.passages} 个段落 / passages，"
        f"{built.sentences} 个句子 / sentences；编码 / encoded {built.encoded}，"
        f"沿用 / reused {built.reused}；{built.seconds:.1f} s"
    )
    if built.gate is not None:
        yield from gate(built.gate)


def gate(checked: GateReport) -> Iterator[str]:
    """Yield what the quality gate saw: both scores, and the questions that make the difference."""
    if checked.skipped:
        yield f"没有质量检查 / no quality gate：{checked.skipped}"
        return
    for question in checked.losses:
        yield f"变差 / worse：{question}"
    for question in checked.wins:
        yield f"变好 / better：{question}"
    yield (
        f"质量检查 / quality gate：{checked.questions} 个问题 / questions，"
        f"得分 / score {checked.old:.4f} → {checked.new:.4f}，"
        f"容许下降 / may fall by {checked.margin:g}，未问 / left out {checked.left_out}"
    )


def calibration(before: Effect, after: Effect) -> Iterator[str]:
    """Yield what the threshold does to the questions asked, with the old and new calibration."""
    for name, effect in (("校准前 / before", before), ("校准后 / after", after)):
        yield (
            f"{name}：门槛 / threshold {effect.threshold:.3f}，"
            f"作答 / answered {effect.answered:.1%}，"
            f"其中答错 / wrong among these {effect.error:.1%}，"
            f"校准误差 / calibration error (ECE) {effect.calibration_error:.3f}"
        )


def versions(known: Iterable[VersionSummary]) -> Iterator[str]:
    """Yield a line for each version; a star marks the one that serves."""
    for version in known:
        yield (
            f"{'*' if version.current else ' '} {version.version}  "
            f"{version.documents} 份文档 / documents  {version.passages} 个段落 / passages  "
            f"{version.encoder}"
        )


def _sentence(citation: CitationOut) -> str:
    """The cited sentence, with the quote in brackets."""
    text = citation.passage
    before = text[citation.sentence_start : citation.start]
    after = text[citation.end : citation.sentence_end]
    return f"{before}【{citation.quote}】{after}".strip()


def _place(row: CitationOut | PassageOut) -> str:
    """Where a passage stands: title, headings, file, id."""
    headings = " › ".join([row.document_title, *row.headings])
    return f"{headings}（{row.source}，{row.passage_id}）"
