"""`wenju calibrate`: what an operator's own questions teach about how sure answers are."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import typer

from api import answers, calibrating, console, wiring
from api.settings import Settings
from embeddings import storage
from qa.answerer import Answerer
from qa.calibration import Calibration, CalibrationUnreadable
from qa.evaluation import read_questions
from qa.followup import FollowUps
from qa.outcomes import Outcome, effect, fit, require_enough


def calibrate(settings: Settings, gold: Path, doc: str) -> None:
    """Fit the calibration to a question file, put it into the data folder, and print what changes.

    CannotCalibrate where the questions are too few or teach nothing; the older file then stays.
    """
    questions = read_questions(gold, doc)
    require_enough(len(questions))
    answerer = _open(settings)
    models = calibrating.models_name(answerer.index.encoder, answerer.reader)
    outcomes = [answers.outcome(answerer, question) for question in questions]
    before, after = _known(settings.data, models), replace(fit(outcomes), models=models)
    after.write(calibrating.path(settings.data))
    _show(settings, outcomes, before, after)


def _open(settings: Settings) -> Answerer:
    """Answers from the current index without a threshold; IndexMissing comes at once."""
    storage.current_version(settings.data)
    models = wiring.load_models(settings)
    index = storage.open_index(settings.data, models.encoder, models.segmenter)
    return Answerer(index, wiring.build_reader(models), FollowUps(models.segmenter))


def _known(data: Path, models: str) -> Calibration:
    """What answers went by until now; a file that cannot be used is about to be replaced."""
    try:
        return calibrating.calibration(data, models)
    except CalibrationUnreadable:
        return Calibration.shipped()


def _show(
    settings: Settings, outcomes: Sequence[Outcome], before: Calibration, after: Calibration
) -> None:
    """Print the figures of both, over the questions asked."""
    bound = settings.max_error
    typer.echo(f"{len(outcomes)} 个问题，最多答错 {bound:g} / questions, max error {bound:g}")
    effects = (effect(outcomes, calibration, bound) for calibration in (before, after))
    typer.echo("\n".join(console.calibration(*effects)))
    if not after.keeps(bound):
        typer.echo(
            "没有一个门槛能把答错率降到这么低，已取答错率最低的。"
            " / No threshold keeps the error that low; the one with the least error is taken."
        )
    typer.echo(
        f"已写入 {calibrating.path(settings.data)}，运行中的服务重启后采用。"
        " / Written; a running service uses it after a restart."
    )
