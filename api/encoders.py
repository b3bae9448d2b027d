"""Which encoder goes with which version of the index: the one that built it."""

from collections.abc import Callable, Iterable
from pathlib import Path

from api.settings import Settings
from embeddings import storage
from embeddings.model_folder import SHIPPED_NAME
from embeddings.types import Encoder, ModelUnreadable
from embeddings.versions import IndexUnusable

LoadEncoder = Callable[[str | None], Encoder]
"""By a name or a folder, None for the shipped one; ModelUnreadable where there is none."""


def at_start(settings: Settings, load: LoadEncoder) -> Encoder:
    """Return the encoder that the settings name, else that of the current version.

    Where there is no version yet it is the shipped one. ModelUnreadable where it cannot be loaded.
    """
    if settings.model is None:
        try:
            version = storage.current_version(settings.data)
            return of_version(settings.data, version, (), load)
        except IndexUnusable:  # told by whoever opens the index, with what to do
            pass
    return load(settings.model)


def of_version(data: Path, version: str, loaded: Iterable[Encoder], load: LoadEncoder) -> Encoder:
    """Return the encoder that built a version: one of those loaded, else loaded by its name.

    Under that name another one may be found; who opens the index sees by the fingerprint.
    ModelUnreadable where it cannot be loaded; IndexMissing, IndexMismatch or IndexDamaged where the
    version does not tell.
    """
    built = storage.built_with(data, version)
    for encoder in loaded:
        if encoder.fingerprint == built.fingerprint:
            return encoder
    try:
        return load(built.name)
    except ModelUnreadable as error:
        remedy = storage.command(data, f"rebuild --model {SHIPPED_NAME}")
        raise ModelUnreadable(
            f"索引 {version} 由模型 {built.name} 建成，它无法载入（{error}）。"
            f"请恢复该模型，或换用自带的模型：{remedy}"
            f" / The model {built.name} that built the index {version} cannot be loaded."
            f" Bring it back, or change to the shipped one: {remedy}"
        ) from error
