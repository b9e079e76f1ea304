"""``SealedBlobs``: files under the key of the person whom they concern.

The key of a file stays the digest of its plain content, which is compared on the way out. Which
person's copy lies where stands in the store's boxes: one file of two persons is kept twice, so that
erasing one leaves the other's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from pst_core.desk.ports import Blobs, Box
from pst_core.documents.blobs import absent, checked, damaged
from pst_core.refusal import Conflict

from .ciphers import InvalidTag, opened_bytes, sealed_bytes
from .store import FINANCE, OFFICE, PERSON, SealedStore, _Elsewhere, _Gone

__all__ = ["SealedBlobs"]


class SealedBlobs:
    """Files in ``inner``, sealed by the keys of ``store``, for the cases of ``office``.

    What is put here belongs to nobody and lies under the office's own key; ``of`` and ``of_case``
    give the door for what concerns a person. Everything is read by either.
    """

    def __init__(self, inner: Blobs, store: SealedStore, office: str) -> None:
        self.inner = inner
        self._store = store
        self._office = office

    def of(self, person: str) -> Blobs:
        """Return the door for uploads of the person whom the host knows as ``person``."""
        return _Door(self, lambda: self._pseudonym(person), PERSON)

    def of_case(self, stream: str, *, finance: bool = False) -> Blobs:
        """Return the door for papers of the case ``stream``; ``finance``: kept by law."""
        return _Door(
            self,
            lambda: self._store.person_of_case(stream) or "",
            FINANCE if finance else PERSON,
        )

    def _pseudonym(self, key: str) -> str:
        for _ in range(3):
            person, new = self._store._taken(self._office, key)
            if not new:
                return person
            try:
                self._store.inner.add_keys(tuple(new))
            except Conflict:
                self._store._forget_cached()
                continue
            return person
        raise AssertionError("unreachable: a key that exists is found")

    def put(self, data: bytes) -> str:
        """Store ``data`` under the office's own key and return the digest of its content."""
        self._store._own(self._office)
        return self._put(data, self._store._persons[self._office, ""], OFFICE)

    def _put(self, data: bytes, person: str, kind: str) -> str:
        key = hashlib.sha256(data).hexdigest()
        ref = f"blob:{key}:{person}:{kind}"
        if kind == FINANCE:
            new = self._store._finance_key(person, self._office)
            if new:
                self._store.inner.add_keys(tuple(new.values()))
        own = self._store._key(person, kind)
        # the same content gives the same bytes: put twice or by two at once, it is one file
        place = self.inner.put(sealed_bytes(own, data, f"blob|{key}|{kind}", once=True))
        self._store.inner.put_boxes((self._store._box_of(ref, "", person, kind, place),))
        return key

    def _boxes(self, key: str) -> tuple[Box, ...]:
        found: tuple[Box, ...] = self._store.inner.boxes_at(f"blob:{checked(key)}:")
        return found

    def _place(self, box: Box) -> str | None:
        try:
            return self._store._read(box)
        except (_Gone, _Elsewhere):
            return None

    def get(self, key: str) -> bytes:
        """Return the bytes; ``NotFound`` if absent or erased, ``StorageError`` if changed."""
        boxes = self._boxes(key)
        for box in boxes:
            place = self._place(box)
            if place is None or not self.inner.exists(place):
                continue
            try:
                own = self._store._key(box.person, box.kind)
                data = opened_bytes(own, self.inner.get(place), f"blob|{key}|{box.kind}")
            except InvalidTag as error:
                raise damaged(key) from error
            if hashlib.sha256(data).hexdigest() != key:
                raise damaged(key)
            return data
        if boxes:
            raise absent(key)
        # put before the files were sealed
        return self.inner.get(key)

    def exists(self, key: str) -> bool:
        """Return whether ``key`` is there."""
        boxes = self._boxes(key)
        places = [place for box in boxes if (place := self._place(box)) is not None]
        return any(map(self.inner.exists, places)) if boxes else self.inner.exists(key)

    def delete(self, key: str) -> None:
        """Remove every copy of ``key``."""
        boxes = self._boxes(key)
        for box in boxes:
            place = self._place(box)
            if place is not None:
                self.inner.delete(place)
        self._store.inner.drop_boxes([box.ref for box in boxes])
        if not boxes:
            self.inner.delete(key)

    def forget(self, places: Sequence[str]) -> int:
        """Remove the files at ``places``, which nobody can open any more; return how many.

        With them go those of the office that earlier erasures left, and whose term has ended.
        """
        left = self._store.left(self._office)
        every = dict.fromkeys([*places, *(place for found in left.values() for place in found)])
        there = [place for place in every if self.inner.exists(place)]
        for place in there:
            self.inner.delete(place)
        self._store.inner.drop_boxes(list(left))
        return len(there)

    def keys(self) -> tuple[str, ...]:
        """Return all keys, sorted; those that were put unsealed among them."""
        places, sealed, others = set(), set(), False
        for box in self._store.inner.boxes_at("blob:"):
            try:
                place = self._store._read(box)
            except _Gone:
                continue
            except _Elsewhere:
                others = True
                continue
            places.add(place)
            if self.inner.exists(place):
                sealed.add(box.ref.split(":")[1])
        # which file is another office's is told by its key alone: then none is called unsealed
        unsealed = set() if others else set(self.inner.keys()) - places
        return tuple(sorted(sealed | unsealed))

    def written_at(self, key: str) -> dt.datetime | None:
        """Return when ``key`` was put last, in any copy; None if it is absent."""
        inner: Any = self.inner
        boxes = self._boxes(key)
        if not boxes:
            found: dt.datetime | None = inner.written_at(key)
            return found
        places = [place for box in boxes if (place := self._place(box)) is not None]
        times = [at for place in places if (at := inner.written_at(place)) is not None]
        return max(times, default=None)


class _Door:
    """The files of one person: what is put goes under their key."""

    def __init__(self, blobs: SealedBlobs, person: Any, kind: str) -> None:
        self._blobs, self._person, self._kind = blobs, person, kind

    def put(self, data: bytes) -> str:
        """Store ``data`` under the key of the person and return the digest of its content."""
        person = self._person()
        if not person:
            return self._blobs.put(data)
        try:
            return self._blobs._put(data, person, self._kind)
        except _Gone:
            # the person was erased meanwhile: what is made now is the office's alone
            return self._blobs.put(data)

    def get(self, key: str) -> bytes:
        """Return the bytes, as ``SealedBlobs.get``."""
        return self._blobs.get(key)

    def exists(self, key: str) -> bool:
        """Return whether ``key`` is there."""
        return self._blobs.exists(key)

    def delete(self, key: str) -> None:
        """Remove every copy of ``key``."""
        self._blobs.delete(key)

    def keys(self) -> tuple[str, ...]:
        """Return all keys, sorted."""
        return self._blobs.keys()
