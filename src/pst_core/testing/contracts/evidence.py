"""What every ``Signer`` and its ``Verifier`` must keep. Keys of your own are tried by these lines::

    from pst_core.testing.contracts.evidence import EvidenceContract

    class TestMyToken(EvidenceContract):
        def open_signer(self, where):     # where: a folder of this case's own
            return MyToken(where)

        def open_verifier(self, signers):
            return my_verifier([signer.public for signer in signers])

Opening a signer twice with the same ``where`` must give the same key; another ``where`` another.
The verifier is given what is public of ``signers`` and knows no other key.
"""

# ruff: noqa: S101, D102 - a test states and names
from __future__ import annotations

import datetime as dt
import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from pst_core.evidence import Checkpoint, Signer, Verifier, read_checkpoint, sealed

from ._suite import Suite, opened, undefined

__all__ = ["EvidenceContract"]

_CONTENT = b'{"office": "3317", "number": 1}'
_AT = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)


class EvidenceContract(Suite):
    """Subclass it, define both methods, and pytest runs every case on your keys."""

    def open_signer(self, where: Path) -> Signer:  # noqa: ARG002
        """Open the private key that lives at ``where``, made there if there is none."""
        undefined(self, "def open_signer(self, where):\n        return MyToken(where)")

    def open_verifier(self, signers: Sequence[Signer]) -> Verifier:  # noqa: ARG002
        """Return what knows the public keys of ``signers``."""
        undefined(
            self,
            "def open_verifier(self, signers):\n"
            "        return my_verifier([signer.public for signer in signers])",
        )

    @pytest.fixture
    def signer(self, tmp_path: Path) -> Signer:
        """Give the signer of one case."""
        return self._at(tmp_path, "own")

    @pytest.fixture
    def verifier(self, signer: Signer) -> Verifier:
        """Give what knows the key of the case's signer alone."""
        return self.open_verifier([signer])

    def _at(self, folder: Path, name: str) -> Signer:
        where = folder / name
        where.mkdir(exist_ok=True)
        __tracebackhide__ = True
        return opened(self.open_signer, Signer, where)

    def test_a_signature_holds_for_what_was_signed(
        self, signer: Signer, verifier: Verifier
    ) -> None:
        for content in (_CONTENT, b"", bytes(range(256)) * 4096):
            signature = signer.sign(content)
            assert type(signature) is bytes
            assert verifier(signer.key, content, signature) is True

    def test_a_changed_content_is_found(self, signer: Signer, verifier: Verifier) -> None:
        signature = signer.sign(_CONTENT)
        assert verifier(signer.key, _CONTENT, signature), "what held before is no reason to hold"
        changed = [
            _CONTENT[:n] + bytes([_CONTENT[n] ^ 1]) + _CONTENT[n + 1 :]
            for n in range(len(_CONTENT))
        ]
        for content in (*changed, b"", _CONTENT[:-1], _CONTENT + b"\n", _CONTENT + _CONTENT):
            assert verifier(signer.key, content, signature) is False

    def test_a_changed_signature_is_found_and_is_no_error(
        self, signer: Signer, verifier: Verifier
    ) -> None:
        signature = signer.sign(_CONTENT)
        changed = [
            signature[:n] + bytes([signature[n] ^ 1]) + signature[n + 1 :]
            for n in range(len(signature))
        ]
        odd = (b"", signature[:-1], signature + b"\0", bytes(len(signature)), b"x" * 10_000)
        for made in (*changed, *odd):
            assert verifier(signer.key, _CONTENT, made) is False

    def test_each_key_signs_in_its_own_name_alone(self, signer: Signer, tmp_path: Path) -> None:
        other = self._at(tmp_path, "other")
        assert other.key != signer.key, "the name is made from the key"
        both = self.open_verifier([signer, other])
        mine, theirs = signer.sign(_CONTENT), other.sign(_CONTENT)
        assert both(signer.key, _CONTENT, mine) is True
        assert both(other.key, _CONTENT, theirs) is True
        assert both(signer.key, _CONTENT, theirs) is False
        assert both(other.key, _CONTENT, mine) is False

    def test_a_key_that_is_not_known_holds_for_nothing(
        self, signer: Signer, verifier: Verifier, tmp_path: Path
    ) -> None:
        other = self._at(tmp_path, "other")
        assert verifier(other.key, _CONTENT, other.sign(_CONTENT)) is False
        for name in ("", "another", signer.key + "0", "\ud800", "x" * 10_000):
            assert verifier(name, _CONTENT, signer.sign(_CONTENT)) is False
        assert self.open_verifier([])(signer.key, _CONTENT, signer.sign(_CONTENT)) is False

    def test_the_name_of_a_key_is_one_short_word(self, signer: Signer) -> None:
        assert signer.key.isascii()
        assert signer.key.isprintable()
        assert 1 <= len(signer.key) <= 200
        assert " " not in signer.key

    def test_opened_again_it_is_the_same_key(self, signer: Signer, tmp_path: Path) -> None:
        again = self._at(tmp_path, "own")
        assert again.key == signer.key
        assert self.open_verifier([again])(signer.key, _CONTENT, signer.sign(_CONTENT)) is True
        assert self.open_verifier([signer])(again.key, _CONTENT, again.sign(_CONTENT)) is True

    def test_a_checkpoint_of_it_is_known_again_and_a_changed_one_is_not(
        self, signer: Signer, verifier: Verifier
    ) -> None:
        first = _sealed(signer, None, 1)
        second = _sealed(signer, first, 2)
        for checkpoint in (first, second):
            for short in (False, True):
                read = read_checkpoint(checkpoint.to_json(short=short))
                assert read.signed_by(verifier)
                assert read.digest == checkpoint.digest
        for change in (
            {"number": 3}, {"office": "7500"}, {"previous": ""}, {"at": first.at + " "},
            {"events": attrs.evolve(second.events, total=9)},
            {"notes": attrs.evolve(second.notes, root="0" * 64)},
            {"signature": first.signature}, {"signature": ""}, {"signature": "%%%"},
            {"key": "another"},
        ):  # fmt: skip
            assert not attrs.evolve(second, **change).signed_by(verifier), change

    def test_threads_sign_each_their_own(self, signer: Signer, verifier: Verifier) -> None:
        held: list[bool] = []

        def sign(name: bytes) -> None:
            held.extend(verifier(signer.key, name, signer.sign(name)) for _ in range(20))

        threads = [threading.Thread(target=sign, args=(b"%d" % n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert held == [True] * 80


def _sealed(signer: Signer, before: Checkpoint | None, place: int) -> Checkpoint:
    digest = hashlib.sha256(b"%d" % place).hexdigest()
    events = (f"{place} 1 {digest} request-3317-2026-000{place}",)
    return sealed(
        signer, office="3317", at=_AT, before=before, events=events, notes=(f"{place} {digest}",)
    )
