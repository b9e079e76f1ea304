"""A table with typed columns, and how it becomes a DataFrame or a CSV that is safe to open."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, TextIO

import attrs

from pst_core.hygiene import as_cell
from pst_core.refusal import BadInput
from pst_core.text import Lang, Text

from .fields import FIELDS, Kind

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

__all__ = ["Kind", "Table", "labels", "table", "write_csv"]


@attrs.frozen(eq=False, repr=False)
class Table:
    """Columns of equal length under stable names.

    ``values`` holds plain Python values, a column each: whole numbers (rupiah, bytes, working
    days) as ``int``, days as ``date``, times as aware ``datetime``, nothing as None. Times are
    shown in ``zone``, the office's.
    """

    name: str
    columns: tuple[str, ...]
    values: tuple[Sequence[Any], ...]
    zone: str = "UTC"

    def __len__(self) -> int:
        return len(self.values[0]) if self.values else 0

    def __repr__(self) -> str:
        return f"<Table {self.name}: {len(self)} rows of {', '.join(self.columns)}>"

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Give the rows in order."""
        return zip(*self.values, strict=True)

    def pandas(self) -> pd.DataFrame:
        """Return a pandas DataFrame; days are midnights, times are in the office's zone.

        Raises ``BadInput`` if pandas is not installed.
        """
        pd = _library("pandas")
        made = {
            name: _series(pd, values, FIELDS[name].kind, self.zone)
            for name, values in zip(self.columns, self.values, strict=True)
        }
        return pd.DataFrame(made)

    def polars(self) -> pl.DataFrame:
        """Return a polars DataFrame. Raises ``BadInput`` if polars is not installed."""
        pl = _library("polars")
        kinds = {
            Kind.TEXT: pl.String(),
            Kind.WHOLE: pl.Int64(),
            Kind.WHOLE_OR_NONE: pl.Int64(),
            Kind.NUMBER: pl.Float64(),
            Kind.YES: pl.Boolean(),
            Kind.DAY: pl.Date(),
            Kind.TIME: pl.Datetime("us", self.zone),
        }
        return pl.DataFrame(
            [
                _column(pl, name, values, kinds[FIELDS[name].kind])
                for name, values in zip(self.columns, self.values, strict=True)
            ]
        )


def table(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], zone: str) -> Table:
    """Return the table of ``rows``."""
    values = tuple(map(list, zip(*rows, strict=True))) or tuple([] for _ in columns)
    return Table(name, tuple(columns), values, zone)


def labels(frame: Any, lang: Lang = "id") -> dict[str, str]:
    """Return what the columns of ``frame`` are called in ``lang``, units included.

    ``frame`` is a ``Table`` or a DataFrame of either kind; columns of your own are left out, so
    the answer is fit for ``rename``: ``frame.rename(columns=labels(frame))`` in pandas,
    ``frame.rename(labels(frame))`` in polars.
    """
    return {str(n): FIELDS[n].label.say(lang) for n in frame.columns if n in FIELDS}


def write_csv(frame: Any, out: TextIO, lang: Lang | None = None) -> None:
    """Write ``frame`` (a ``Table``, or a DataFrame of either kind) that no spreadsheet carries out.

    A text that begins like a formula has an apostrophe before it, headings too. With ``lang`` the
    headings are labels; times are ISO 8601 with their offset. The index of pandas is left out.
    """
    known = labels(frame, lang) if lang else {}
    heads = [known.get(str(name), str(name)) for name in frame.columns]
    if isinstance(frame, Table):
        rows: Iterable[Sequence[Any]] = frame.rows()
    elif hasattr(frame, "iter_rows"):
        rows = frame.iter_rows()
    else:
        rows = frame.itertuples(index=False, name=None)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([as_cell(_plain(v)) for v in row] for row in chain([heads], rows))


def _plain(value: Any) -> Any:
    if value is None or value is not value or type(value).__name__ in ("NAType", "NaTType"):  # noqa: PLR0124 - NaN
        return None
    return value.isoformat() if isinstance(value, dt.date) else value


def _series(pd: Any, values: Sequence[Any], kind: Kind, zone: str) -> Any:
    if kind is Kind.TIME:
        made = pd.to_datetime(pd.Series(values, dtype="object"), utc=True)
        return made.dt.tz_convert(zone).astype(f"datetime64[us, {zone}]")
    if kind is Kind.DAY:
        return pd.Series(values, dtype="datetime64[s]")
    return pd.Series(values, dtype=_PANDAS[kind])


_PANDAS = {
    Kind.TEXT: "string",
    Kind.WHOLE: "int64",
    Kind.WHOLE_OR_NONE: "Int64",
    Kind.NUMBER: "float64",
    Kind.YES: "bool",
}


def _column(pl: Any, name: str, values: Sequence[Any], kind: Any) -> Any:
    if isinstance(kind, pl.Datetime):
        # to UTC first: a column has one zone, what is given may have several
        utc = [None if at is None else at.astimezone(dt.UTC) for at in values]
        return pl.Series(name, utc, dtype=pl.Datetime("us", "UTC")).dt.convert_time_zone(
            kind.time_zone
        )
    return pl.Series(name, values, dtype=kind)


def _library(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise BadInput(
            "no-frames",
            Text(id=f"{name} tidak terpasang.", en=f"{name} is not installed."),
            remedy=Text(
                id="Pasang dengan pip install 'pst-core[frames]'.",
                en="Install it by pip install 'pst-core[frames]'.",
            ),
        ) from error
