"""Keys, boxes and readings of persons in the memory of one process; part of ``MemoryStore``."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping, Sequence

import attrs

from .admission import check_aware, key_exists, key_gone
from .ports import Batch, Box, PersonKey, Reading

__all__ = ["MemoryPeople"]


class MemoryPeople:
    """A ``Vault`` and a ``ReadingLog`` that live as long as the object."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._boxes: dict[str, Box] = {}
        self._keys: dict[tuple[str, str], PersonKey] = {}
        self._readings: list[Reading] = []

    def _check_open(self) -> None:
        raise NotImplementedError

    def _scrub(self, persons: set[str], title: str, results: Mapping[str, str]) -> None:
        raise NotImplementedError

    def boxes(self, refs: Sequence[str]) -> tuple[Box, ...]:
        """Return the boxes of ``refs`` that are there."""
        with self._lock:
            self._check_open()
            return tuple(self._boxes[ref] for ref in refs if ref in self._boxes)

    def boxes_of(self, person: str) -> tuple[Box, ...]:
        """Return all boxes of ``person``, by ``ref``."""
        return self._boxes_where(lambda box: box.person == person)

    def boxes_at(self, prefix: str) -> tuple[Box, ...]:
        """Return the boxes whose ``ref`` begins with ``prefix``, by ``ref``."""
        return self._boxes_where(lambda box: box.ref.startswith(prefix))

    def _boxes_where(self, fits: object) -> tuple[Box, ...]:
        assert callable(fits)  # noqa: S101
        with self._lock:
            self._check_open()
            return tuple(box for _, box in sorted(self._boxes.items()) if fits(box))

    def put_boxes(self, boxes: Sequence[Box]) -> None:
        """Write ``boxes``, in place of those of the same ``ref``."""
        with self._lock:
            self._check_open()
            self._check_keys((), boxes)
            self._boxes.update((box.ref, box) for box in boxes)

    def drop_boxes(self, refs: Sequence[str]) -> None:
        """Remove the boxes of ``refs``."""
        with self._lock:
            self._check_open()
            for ref in refs:
                self._boxes.pop(ref, None)

    def person_keys(
        self, *, office: str | None = None, person: str | None = None, lookup: str | None = None
    ) -> tuple[PersonKey, ...]:
        """Return the keys that fit all that is named, by person and kind."""
        with self._lock:
            self._check_open()
            return tuple(
                key
                for _, key in sorted(self._keys.items())
                if office in (None, key.office)
                and person in (None, key.person)
                and lookup in (None, key.lookup)
            )

    def add_keys(self, keys: Sequence[PersonKey]) -> None:
        """Write new keys; ``Conflict("key-exists")`` if one is there."""
        with self._lock:
            self._check_open()
            self._check_keys(keys, ())
            self._keys.update(((key.person, key.kind), key) for key in keys)

    def put_keys(self, keys: Sequence[PersonKey]) -> None:
        """Write ``keys`` in place of those of the same person and kind."""
        with self._lock:
            self._check_open()
            self._keys.update(((key.person, key.kind), key) for key in keys)

    def replace_keys(self, old: Sequence[PersonKey], new: Sequence[PersonKey]) -> None:
        """Write each of ``new`` where ``old`` still stands as it was read (rotation)."""
        with self._lock:
            self._check_open()
            for was, is_now in zip(old, new, strict=True):
                if self._keys.get((was.person, was.kind)) == was:
                    self._keys[was.person, was.kind] = is_now

    def forget(self, keys: Sequence[PersonKey], title: str, results: Mapping[str, str]) -> None:
        """Put destroyed ``keys`` in place of the live ones and remove what they opened."""
        with self._lock:
            self._check_open()
            gone = {(key.person, key.kind) for key in keys}
            self._keys.update(((key.person, key.kind), key) for key in keys)
            for ref in [b.ref for b in self._boxes.values() if (b.person, b.kind) in gone]:
                del self._boxes[ref]
            self._scrub({person for person, kind in gone if kind == "person"}, title, results)

    def note_reading(self, reading: Reading) -> None:
        """Keep that somebody was shown personal data."""
        check_aware(reading.at)
        with self._lock:
            self._check_open()
            self._readings.append(attrs.evolve(reading, at=reading.at.astimezone(dt.UTC)))

    def readings(self, office: str, stream: str | None = None) -> tuple[Reading, ...]:
        """Return the readings at ``office`` (of ``stream`` and of lists, if named), in order."""
        with self._lock:
            self._check_open()
            return tuple(
                r
                for r in self._readings
                if r.office == office and (stream is None or r.stream in (stream, "*"))
            )

    def _check_keys(self, keys: Sequence[PersonKey], boxes: Sequence[Box]) -> None:
        taken = {(k.office, k.kind, k.lookup) for k in self._keys.values() if k.lookup}
        for key in keys:
            if (key.person, key.kind) in self._keys or (key.office, key.kind, key.lookup) in taken:
                raise key_exists(key.person)
        new = {(key.person, key.kind) for key in keys}
        for box in boxes:
            place = (box.person, box.kind)
            if place not in new and not (place in self._keys and self._keys[place].wrapped):
                raise key_gone(box.person)

    def _write_people(self, batch: Batch) -> None:
        self._keys.update(((key.person, key.kind), key) for key in batch.keys)
        self._boxes.update((box.ref, box) for box in batch.boxes)
