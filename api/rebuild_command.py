"""`wenju rebuild`: the model is loaded only where something is to be encoded."""

import gc
import sys

import typer

from api import console
from api.progress import ProgressDisplay
from api.settings import Settings
from corpus.text import Segmenter
from embeddings.build import Options
from embeddings.build import rebuild as rebuild_index
from embeddings.deferred import DeferredEncoder
from embeddings.types import Encoder


def rebuild(settings: Settings, *, full: bool) -> None:
    """Rebuild the index with its progress on stderr, and print its report."""
    gc.enable()  # cli.main turned it off for the imports; a rebuild makes garbage to collect
    show_rebuild(settings, DeferredEncoder(settings.model), Segmenter.load(), full=full)


def show_rebuild(
    settings: Settings, encoder: Encoder, segmenter: Segmenter, *, full: bool = False
) -> None:
    """The same with models that are there already."""
    with ProgressDisplay(sys.stderr) as display:
        report = rebuild_index(
            settings.corpus,
            settings.data,
            encoder,
            segmenter,
            Options(full=full, keep_versions=settings.keep_versions),
            on_progress=display,
        )
    typer.echo("\n".join(console.report(report)))
