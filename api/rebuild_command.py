"""`wenju rebuild`: the model is loaded only where something is to be encoded."""

import gc
import sys

import typer

from api import console, encoders
from api.gating import Gating
from api.progress import ProgressDisplay
from api.settings import Settings
from corpus.text import Segmenter
from embeddings.build import Options, RebuildRefused
from embeddings.build import rebuild as rebuild_index
from embeddings.deferred import DeferredEncoder
from embeddings.index import Contents, Index
from embeddings.types import Encoder
from qa.answerer import Answerer


def rebuild(settings: Settings, *, full: bool, force: bool = False) -> None:
    """Rebuild the index with its progress on stderr, and print its report.

    Where the settings name no model, that of the current version goes on. RebuildRefused, after
    what was refused has been printed, where the quality gate says so.
    """
    gc.enable()  # cli.main turned it off for the imports; a rebuild makes garbage to collect
    encoder = encoders.at_start(settings, DeferredEncoder)
    show_rebuild(settings, encoder, Segmenter.load(), full=full, force=force)


def show_rebuild(
    settings: Settings,
    encoder: Encoder,
    segmenter: Segmenter,
    *,
    full: bool = False,
    force: bool = False,
) -> None:
    """The same with models that are there already."""

    def answerers(new: Contents) -> tuple[Answerer, Answerer]:
        from api import wiring  # importing it is slow, and only the quality gate asks anything

        return wiring.answerers(settings, Index("", new, encoder, segmenter))

    check = Gating(settings).check(answerers, force=force)
    options = Options(full, settings.keep_versions, check)
    try:
        with ProgressDisplay(sys.stderr) as display:
            report = rebuild_index(
                settings.corpus,
                settings.data,
                encoder,
                segmenter,
                options,
                on_progress=display,
            )
    except RebuildRefused as error:
        typer.echo("\n".join(console.gate(error.gate)))
        raise
    typer.echo("\n".join(console.report(report)))
