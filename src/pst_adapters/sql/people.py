"""Keys, boxes and readings of persons in the store's database; part of ``SqlStore``.

Ciphertext and wrapped keys only: what opens them is never here.
"""

# ruff: noqa: S608 - what is put into the statements are names that stand in this module
from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pst_core.desk.admission import check_aware, key_exists, key_gone
from pst_core.desk.ports import Batch, Box, PersonKey, Reading

__all__ = ["People"]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TICK = dt.timedelta(microseconds=1)
_KEY = ("person", "kind", "office", "lookup", "wrapped", "until", "reason")
_BOX = ("ref", "stream", "person", "kind", "text")
_READING = ("at", "office", "stream", "reader", "role", "view", "saw")


@functools.cache
def _sql(dialect: str) -> dict[str, str]:
    """Return the statements by name, with the parameters of the dialect's driver."""

    def named(name: str) -> str:
        return f":{name}" if dialect == "sqlite" else f"%({name})s"

    def values(names: Sequence[str]) -> str:
        return f"({', '.join(names)}) VALUES ({', '.join(map(named, names))})"

    def news(names: Sequence[str]) -> str:
        return ", ".join(f"{name} = excluded.{name}" for name in names)

    def listed(name: str) -> str:
        if dialect == "sqlite":
            return f"IN (SELECT value FROM json_each({named(name)}))"
        return f"IN (SELECT json_array_elements_text({named(name)}::json))"

    box, key = ", ".join(_BOX), ", ".join(_KEY)
    return {
        "boxes": f"SELECT {box} FROM pst_boxes WHERE ref {listed('refs')}",
        "boxes_of": f"SELECT {box} FROM pst_boxes WHERE person = {named('person')} ORDER BY ref",
        "boxes_at": f"SELECT {box} FROM pst_boxes WHERE ref >= {named('start')} "
        f"AND ref < {named('stop')} ORDER BY ref",
        "put_box": f"INSERT INTO pst_boxes {values(_BOX)} "
        f"ON CONFLICT (ref) DO UPDATE SET {news(_BOX[1:])}",
        "drop_boxes": f"DELETE FROM pst_boxes WHERE ref {listed('refs')}",
        "keys": f"SELECT {key} FROM pst_persons WHERE "
        + " AND ".join(
            f"({named('any_' + n)} = 1 OR {n} = {named(n)})" for n in ("office", "person", "lookup")
        )
        + " ORDER BY person, kind",
        "live": f"SELECT 1 FROM pst_persons WHERE person = {named('person')} "
        f"AND kind = {named('kind')} AND wrapped <> ''"
        + (" FOR SHARE" if dialect == "postgresql" else ""),
        "add_key": f"INSERT INTO pst_persons {values(_KEY)} ON CONFLICT DO NOTHING",
        "put_key": f"INSERT INTO pst_persons {values(_KEY)} "
        f"ON CONFLICT (person, kind) DO UPDATE SET {news(_KEY[2:])}",
        "replace_key": f"UPDATE pst_persons SET wrapped = {named('new')} "
        f"WHERE person = {named('person')} AND kind = {named('kind')} "
        f"AND wrapped = {named('old')}",
        "title": f"UPDATE pst_register SET title = {named('new')} "
        f"WHERE stream = {named('stream')} AND title = {named('old')}",
        "empty": f"DELETE FROM pst_boxes WHERE person = {named('person')} "
        f"AND kind = {named('kind')}",
        "retitle": f"UPDATE pst_register SET title = {named('title')} "
        f"WHERE applicant = {named('person')}",
        "result": f"UPDATE pst_effects SET result = {named('result')} WHERE key = {named('key')}",
        "unsealed": "SELECT count(*) FROM pst_register WHERE applicant NOT IN ('', '-') "
        "AND substr(applicant, 1, 1) <> '~'",
        "note": f"INSERT INTO pst_readings {values(_READING)}",
        "readings": f"SELECT {', '.join(_READING)} FROM pst_readings "
        f"WHERE office = {named('office')} AND ({named('any_stream')} = 1 "
        f"OR stream IN ({named('stream')}, '*')) ORDER BY place",
    }  # fmt: skip


class People:
    """A ``Vault`` and a ``ReadingLog`` in the tables of the store."""

    _base: Any

    def _rows(self, sql: str, **values: Any) -> list[Any]:
        raise NotImplementedError

    def _write(self, job: Any) -> Any:
        raise NotImplementedError

    def boxes(self, refs: Sequence[str]) -> tuple[Box, ...]:
        """Return the boxes of ``refs`` that are there."""
        return self._boxes("boxes", refs=json.dumps(list(refs))) if refs else ()

    def boxes_of(self, person: str) -> tuple[Box, ...]:
        """Return all boxes of ``person``, by ``ref``."""
        return self._boxes("boxes_of", person=person)

    def boxes_at(self, prefix: str) -> tuple[Box, ...]:
        """Return the boxes whose ``ref`` begins with ``prefix``, by ``ref``."""
        return self._boxes("boxes_at", start=prefix, stop=prefix[:-1] + chr(ord(prefix[-1]) + 1))

    def _boxes(self, name: str, **values: Any) -> tuple[Box, ...]:
        rows = self._rows(_sql(self._base.dialect)[name], **values)
        return tuple(Box(*row) for row in rows)

    def put_boxes(self, boxes: Sequence[Box]) -> None:
        """Write ``boxes``, in place of those of the same ``ref``."""
        self._write(lambda connection: self._write_people(connection, (), boxes))

    def drop_boxes(self, refs: Sequence[str]) -> None:
        """Remove the boxes of ``refs``."""
        sql = _sql(self._base.dialect)["drop_boxes"]
        self._write(lambda connection: connection.execute(sql, {"refs": json.dumps(list(refs))}))

    def person_keys(
        self, *, office: str | None = None, person: str | None = None, lookup: str | None = None
    ) -> tuple[PersonKey, ...]:
        """Return the keys that fit all that is named, by person and kind."""
        values: dict[str, Any] = {}
        for name, value in (("office", office), ("person", person), ("lookup", lookup)):
            values[name] = value or ""
            values[f"any_{name}"] = int(value is None)
        rows = self._rows(_sql(self._base.dialect)["keys"], **values)
        return tuple(
            PersonKey(person_, kind, office_, lookup_, wrapped, _time(until), reason)
            for person_, kind, office_, lookup_, wrapped, until, reason in rows
        )

    def add_keys(self, keys: Sequence[PersonKey]) -> None:
        """Write new keys; ``Conflict("key-exists")`` if one is there."""
        self._write(lambda connection: self._write_people(connection, keys, ()))

    def put_keys(self, keys: Sequence[PersonKey]) -> None:
        """Write ``keys`` in place of those of the same person and kind."""
        sql = _sql(self._base.dialect)["put_key"]

        def put(connection: Any) -> None:
            for key in keys:
                connection.execute(sql, _key_values(key))

        self._write(put)

    def replace_keys(self, old: Sequence[PersonKey], new: Sequence[PersonKey]) -> None:
        """Write each of ``new`` where ``old`` still stands as it was read (rotation)."""
        sql = _sql(self._base.dialect)["replace_key"]

        def replace(connection: Any) -> None:
            for was, is_now in zip(old, new, strict=True):
                connection.execute(
                    sql,
                    {"person": was.person, "kind": was.kind, "old": was.wrapped,
                     "new": is_now.wrapped},
                )  # fmt: skip

        self._write(replace)

    def retitle(self, stream: str, old: str, new: str) -> None:
        """Give the register's row of ``stream`` the title ``new`` if it has ``old``."""
        sql = _sql(self._base.dialect)["title"]
        values = {"stream": stream, "old": old, "new": new}
        self._write(lambda connection: connection.execute(sql, values))

    def forget(self, keys: Sequence[PersonKey], title: str, results: Mapping[str, str]) -> None:
        """Put destroyed ``keys`` in place of the live ones and remove what they opened.

        SQLite overwrites what was there, in the file and in its log. On PostgreSQL the rows that
        were replaced are cleared at once as far as no other transaction still sees them.
        """
        sql = _sql(self._base.dialect)

        def destroy(connection: Any) -> None:
            if self._base.dialect == "sqlite":
                connection.execute("PRAGMA secure_delete=1").fetchall()
            for key in keys:
                connection.execute(sql["put_key"], _key_values(key))
                connection.execute(sql["empty"], {"person": key.person, "kind": key.kind})
                if key.kind == "person":
                    connection.execute(sql["retitle"], {"title": title, "person": key.person})
            for key_, result in results.items():
                connection.execute(sql["result"], {"key": key_, "result": result})

        self._write(destroy)
        self._base.scrub(("pst_persons", "pst_boxes", "pst_register", "pst_effects"))

    def unsealed(self) -> int:
        """Return how many rows of the register name their applicant in the clear."""
        return int(self._rows(_sql(self._base.dialect)["unsealed"])[0][0])

    def note_reading(self, reading: Reading) -> None:
        """Write that somebody was shown personal data."""
        check_aware(reading.at)
        values = {
            "at": (reading.at - _EPOCH) // _TICK,
            "office": reading.office,
            "stream": reading.stream,
            "reader": reading.by,
            "role": reading.role,
            "view": reading.view,
            "saw": " ".join(reading.saw),
        }
        sql = _sql(self._base.dialect)["note"]
        self._write(lambda connection: connection.execute(sql, values))

    def readings(self, office: str, stream: str | None = None) -> tuple[Reading, ...]:
        """Return the readings at ``office`` (of ``stream`` and of lists, if named), in order."""
        rows = self._rows(
            _sql(self._base.dialect)["readings"],
            office=office, stream=stream or "", any_stream=int(stream is None),
        )  # fmt: skip
        return tuple(
            Reading(_EPOCH + at * _TICK, office_, stream_, by, role, view, tuple(saw.split()))
            for at, office_, stream_, by, role, view, saw in rows
        )

    def _write_people(
        self, connection: Any, keys: Sequence[PersonKey], boxes: Sequence[Box]
    ) -> None:
        """Write keys and boxes in the transaction of ``connection``."""
        sql, execute = _sql(self._base.dialect), connection.execute
        for key in keys:
            if execute(sql["add_key"], _key_values(key)).rowcount == 0:
                raise key_exists(key.person)
        for person, kind in dict.fromkeys((box.person, box.kind) for box in boxes):
            if execute(sql["live"], {"person": person, "kind": kind}).fetchone() is None:
                raise key_gone(person)
        for box in boxes:
            execute(
                sql["put_box"],
                {"ref": box.ref, "stream": box.stream, "person": box.person, "kind": box.kind,
                 "text": box.text},
            )  # fmt: skip

    def _write_people_of(self, connection: Any, batch: Batch) -> None:
        if batch.keys or batch.boxes:
            self._write_people(connection, batch.keys, batch.boxes)


def _key_values(key: PersonKey) -> dict[str, Any]:
    return {
        "person": key.person,
        "kind": key.kind,
        "office": key.office,
        "lookup": key.lookup,
        "wrapped": key.wrapped,
        "until": None if key.until is None else (key.until - _EPOCH) // _TICK,
        "reason": key.reason,
    }


def _time(micros: int | None) -> dt.datetime | None:
    return None if micros is None else _EPOCH + micros * _TICK
