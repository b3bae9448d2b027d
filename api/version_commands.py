"""The work of those verbs that only look at the data folder: no model, so they answer at once."""

import typer

from api import console
from api.settings import Settings
from embeddings import storage


def versions(settings: Settings) -> None:
    """Print the versions of the index; IndexMissing where there is none."""
    storage.current_version(settings.data)
    for line in console.versions(storage.versions(settings.data)):
        typer.echo(line)


def activate(settings: Settings, version: str) -> None:
    """Make a version the current one; running services answer from it within a second."""
    storage.activate(settings.data, version)
    typer.echo(f"已启用 {version}。 / {version} is now the current version.")
