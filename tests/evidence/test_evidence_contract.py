"""The keys that sign seals, held to their contract; and keys that are wrong, each by its case."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pst_adapters.evidence import Ed25519Signer, make_key, public_keys
from pst_core.evidence import Signer, Verifier
from pst_core.testing.contracts.evidence import EvidenceContract as Contract


class TestEd25519FromAFile(Contract):
    def open_signer(self, where: Path) -> Signer:
        path = where / "seal.key"
        return Ed25519Signer.from_file(path) if path.exists() else make_key(path)

    def open_verifier(self, signers: Sequence[Any]) -> Verifier:
        return opened(signers)


class TestEd25519FromTheEnvironment(TestEd25519FromAFile):
    @pytest.fixture(autouse=True)
    def _environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set = monkeypatch.setenv

    def open_signer(self, where: Path) -> Signer:
        super().open_signer(where)
        self.set("PST_SEAL_KEY", (where / "seal.key").read_text())
        return Ed25519Signer.from_environment("PST_SEAL_KEY")


def opened(signers: Sequence[Any]) -> Verifier:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.pub" for n, _ in enumerate(signers)]
        for path, signer in zip(paths, signers, strict=True):
            path.write_bytes(signer.public_pem())
        return public_keys(paths)


# -- keys that are wrong ------------------------------------------------------------------------


class Ours(Ed25519Signer):
    """A sound one, to be spoiled in one place."""


class SignsTheBeginning(Ours):
    def sign(self, content: bytes) -> bytes:
        return super().sign(content[:8])


class SignsText(Ours):
    def sign(self, content: bytes) -> Any:
        return super().sign(content).hex()


class CalledByAnyName(Ours):
    @property
    def key(self) -> str:
        return "office key"

    @key.setter
    def key(self, _: str) -> None:
        pass


class NewEachTime(Ours):
    def __init__(self, pem: bytes) -> None:
        super().__init__(pem)
        self.key += f"-{id(self)}"


class OfOneThread(Ours):
    def __init__(self, pem: bytes) -> None:
        super().__init__(pem)
        self._mine = threading.get_ident()

    def sign(self, content: bytes) -> bytes:
        if threading.get_ident() != self._mine:
            raise RuntimeError("another thread")
        return super().sign(content)


def believes_everything(signers: Sequence[Any]) -> Verifier:
    return lambda *_: True


def believes_nothing(signers: Sequence[Any]) -> Verifier:
    return lambda *_: False


def asks_no_name(signers: Sequence[Any]) -> Verifier:
    sound = opened(signers)
    return lambda _, content, sig: any(sound(s.key, content, sig) for s in signers)


def raises_on_the_unknown(signers: Sequence[Any]) -> Verifier:
    sound, known = opened(signers), {s.key: s for s in signers}
    return lambda key, content, sig: sound(known[key].key, content, sig)


def raises_on_what_is_short(signers: Sequence[Any]) -> Verifier:
    sound = opened(signers)

    def check(key: str, content: bytes, signature: bytes) -> bool:
        if len(signature) != 64:
            raise ValueError(signature)
        return sound(key, content, signature)

    return check


def looks_at_the_beginning(signers: Sequence[Any]) -> Verifier:
    """Check a digest of the first 16 bytes alone, however good the signature is."""
    sound = opened(signers)
    seen: dict[bytes, bytes] = {}

    def check(key: str, content: bytes, signature: bytes) -> bool:
        if sound(key, content, signature):
            seen[signature] = hashlib.sha256(content[:16]).digest()
            return True
        return seen.get(signature) == hashlib.sha256(content[:16]).digest()

    return check


FAULTS = [
    (SignsTheBeginning, opened, "test_a_signature_holds_for_what_was_signed"),
    (SignsText, opened, "test_a_signature_holds_for_what_was_signed"),
    (CalledByAnyName, opened, "test_each_key_signs_in_its_own_name_alone"),
    (CalledByAnyName, opened, "test_the_name_of_a_key_is_one_short_word"),
    (NewEachTime, opened, "test_opened_again_it_is_the_same_key"),
    (OfOneThread, opened, "test_threads_sign_each_their_own"),
    (Ours, believes_everything, "test_a_changed_content_is_found"),
    (Ours, believes_everything, "test_a_changed_signature_is_found_and_is_no_error"),
    (Ours, believes_nothing, "test_a_signature_holds_for_what_was_signed"),
    (Ours, asks_no_name, "test_each_key_signs_in_its_own_name_alone"),
    (Ours, raises_on_the_unknown, "test_a_key_that_is_not_known_holds_for_nothing"),
    (Ours, raises_on_what_is_short, "test_a_changed_signature_is_found_and_is_no_error"),
    (Ours, believes_everything, "test_a_checkpoint_of_it_is_known_again_and_a_changed_one_is_not"),
    (Ours, looks_at_the_beginning, "test_a_changed_content_is_found"),
]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize(
    ("kind", "verifier", "case"), FAULTS, ids=[f"{k.__name__}-{v.__name__}" for k, v, _ in FAULTS]
)
def test_a_faulty_one_fails_its_case(kind: Any, verifier: Any, case: str, tmp_path: Path) -> None:
    def run(kind: Any, verifier: Any, where: Path) -> None:
        where.mkdir()

        class Case(Contract):
            def open_signer(self, where: Path) -> Signer:
                path = where / "seal.key"
                if not path.exists():
                    make_key(path)
                return kind(path.read_bytes())

            def open_verifier(self, signers: Sequence[Any]) -> Verifier:
                return verifier(signers)

        one = Case()
        signer = one._at(where, "own")
        given = {"signer": signer, "verifier": verifier([signer]), "tmp_path": where}
        asked = getattr(Contract, case).__code__
        names = asked.co_varnames[1 : asked.co_argcount]
        getattr(one, case)(**{name: given[name] for name in names})

    run(Ours, opened, tmp_path / "sound")
    # whatever it says when it says no: an error from within fails a case as well
    with pytest.raises((AssertionError, RuntimeError, ValueError, KeyError, TypeError)):
        run(kind, verifier, tmp_path / "faulty")
