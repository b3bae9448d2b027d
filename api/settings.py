"""Every setting of the product, read once at start: flags win over the environment."""

from pathlib import Path
from typing import Any, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ENVIRONMENT_PREFIX = "WENJU_"
RULES = "rules"  # the reader that needs no model
SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"
GOLDEN = SAMPLES.parent / "golden.jsonl"  # questions about them


class BadSetting(Exception):
    """A setting that cannot be used; the text names it and says what is wrong."""


class Settings(BaseSettings):
    """What an operator can set; each field is the environment variable `WENJU_<FIELD>`."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        env_ignore_empty=True,  # WENJU_X= in a compose file means "not set"
        frozen=True,
        extra="forbid",
    )

    corpus: Path = Field(default=SAMPLES, description="Folder of the reports (.txt, .md)")
    data: Path = Field(
        default=Path("data"), description="Folder of the index versions; made when absent"
    )
    model: str | None = Field(
        default=None,
        description="Encoder: a sentence-transformers folder or hub name; none: that of the current"
        " version, the shipped one without any",
    )
    reader: str | None = Field(
        default=None,
        description="Reader: a folder of a trained one, or `rules`; none: the shipped one",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to serve on")
    port: int = Field(
        default=8000, ge=0, le=65535, description="Port to serve on; 0 takes a free one"
    )
    admin_key: SecretStr | None = Field(
        default=None, description="Key that allows admin calls from other machines (X-Admin-Key)"
    )
    max_error: float = Field(
        default=0.25,
        gt=0,
        lt=1,
        allow_inf_nan=False,
        description="Share of wrong ones among answers that is put up with",
    )
    gate: Path | None = Field(
        default=None,
        description="Question file that a new version is checked with; none: the golden questions,"
        " for the sample reports only",
    )
    gate_margin: float = Field(
        default=0.02,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="By how much the score over these questions may fall at a rebuild",
    )
    watch: bool = Field(
        default=False, description="Have the service follow changes in the corpus folder"
    )
    keep_versions: int = Field(
        default=3, ge=1, description="Versions of the index that a rebuild leaves, newest first"
    )
    max_upload_mib: int = Field(default=20, ge=1, le=1024, description="Largest upload, MiB")

    @classmethod
    def read(cls, **flags: Any) -> Self:  # noqa: ANN401 - each setting has its own type
        """Return the settings; flags that are None were not given. BadSetting names a wrong one."""
        given = {name: value for name, value in flags.items() if value is not None}
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            name = str(first["loc"][0])
            source = f"--{name}" if name in given else f"{ENVIRONMENT_PREFIX}{name.upper()}"
            raise BadSetting(
                f"设置有误：{source}。请更正或去掉它，说明见 docs/settings.md。 / "
                f"Bad setting {source}: {first['msg']}. Correct or remove it; see docs/settings.md."
            ) from error
