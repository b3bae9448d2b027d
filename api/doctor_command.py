"""`wenju doctor`: needs no model, for a model that is gone is one of the things it tells of."""

import functools

import typer

from api import calibrating, encoders
from api.settings import Settings
from embeddings import doctor, storage
from embeddings.deferred import DeferredEncoder
from embeddings.doctor import EncoderOf
from embeddings.types import Encoder, ModelUnreadable
from embeddings.versions import IndexUnusable


def examine(settings: Settings, *, repair: bool) -> None:
    """Print what is wrong in the data folder and what to run; exit 1 where anything stays wrong."""
    encoder_of = _encoder_of(settings)
    if repair:
        for line in doctor.repair(settings.data, encoder_of):
            typer.echo(line)
    faults = _faults(settings, encoder_of)
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(1)
    typer.echo("没有发现问题。 / Nothing is wrong.")


def _encoder_of(settings: Settings) -> EncoderOf:
    """The encoder that the settings name, else that of each version; only fingerprints are read."""
    load = functools.cache(DeferredEncoder)

    def encoder_of(version: str) -> Encoder:
        if settings.model is not None:
            return load(settings.model)
        return encoders.of_version(settings.data, version, (), load)

    return encoder_of


def _faults(settings: Settings, encoder_of: EncoderOf) -> list[str]:
    """All that is wrong, a line each."""
    encoder, told = None, calibrating.faults(settings.data)
    try:
        encoder = encoder_of(storage.current_version(settings.data))
    except ModelUnreadable as error:
        told.append(str(error))
    except IndexUnusable:
        pass  # the check tells, with the rest
    own = (calibrating.path(settings.data).name,)
    found = doctor.check(settings.data, encoder, own)
    return [*(f"{fault.problem} → {fault.remedy}" for fault in found), *told]
