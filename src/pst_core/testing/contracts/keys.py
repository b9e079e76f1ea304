"""What every ``KeyProvider`` must keep. A token of your own is tried by five lines::

    from pst_core.testing.contracts.keys import KeysContract

    class TestMyToken(KeysContract):
        def open_keys(self, where):    # where: a folder of this case's own
            return MyToken(where)

Opening twice with the same ``where`` must give the same keys. ``rotate`` puts a new key in front;
without it those cases say so and skip.
"""

# ruff: noqa: S101, D102 - a test states and names
from __future__ import annotations

from pathlib import Path

import pytest

from pst_core.desk.ports import KeyProvider
from pst_core.refusal import StorageError

from ._suite import Suite, opened, raising, undefined

__all__ = ["KeysContract"]

_KEY = bytes(range(32))


class KeysContract(Suite):
    """Subclass it, define ``open_keys(where)``, and pytest runs every case on your keys."""

    def open_keys(self, where: Path) -> KeyProvider:  # noqa: ARG002
        """Open the keys that live at ``where``."""
        undefined(self, "def open_keys(self, where):\n        return MyToken(where)")

    def rotate(self, keys: KeyProvider, where: Path) -> KeyProvider:  # noqa: ARG002
        """Put a new key in front and return the provider as it is then."""
        pytest.skip("the suite was not told how to rotate these keys")

    def test_a_key_comes_back_as_it_went_in(self, tmp_path: Path) -> None:
        keys = opened(self.open_keys, KeyProvider, tmp_path)
        assert keys.knows("3317")
        wrapped = keys.wrap("3317", _KEY, "~a|person")
        assert keys.unwrap("3317", wrapped, "~a|person") == _KEY

    def test_wrapped_text_names_its_key_and_holds_nothing_of_what_it_wraps(
        self, tmp_path: Path
    ) -> None:
        keys = opened(self.open_keys, KeyProvider, tmp_path)
        wrapped = keys.wrap("3317", _KEY, "c")
        assert wrapped.isascii()
        assert wrapped.startswith(f"{keys.current}.")
        assert _KEY.hex() not in wrapped
        assert wrapped != keys.wrap("3317", _KEY, "c")

    @pytest.mark.parametrize(("office", "context"), [("3317", "b"), ("7500", "a")])
    def test_bound_to_office_and_context(self, tmp_path: Path, office: str, context: str) -> None:
        keys = opened(self.open_keys, KeyProvider, tmp_path)
        wrapped = keys.wrap("3317", _KEY, "a")
        with raising(StorageError, f"unwrap({office!r}, ..., {context!r})") as caught:
            keys.unwrap(office, wrapped, context)
        assert caught.code == "office-key-unknown"

    @pytest.mark.parametrize("change", ["name", "cut", "text", "none"])
    def test_what_was_changed_is_refused(self, tmp_path: Path, change: str) -> None:
        keys = opened(self.open_keys, KeyProvider, tmp_path)
        wrapped = keys.wrap("3317", _KEY, "a")
        name, _, text = wrapped.partition(".")
        middle = len(text) // 2
        other = "B" if text[middle] in "aA" else "A"  # in hex both letters are one
        changed = {
            "name": f"another.{text}",
            "cut": wrapped[:-8],
            "text": f"{name}.{text[:middle]}{other}{text[middle + 1 :]}",
            "none": "",
        }[change]
        with raising(StorageError, f"unwrap(yang diubah / changed: {change})") as caught:
            keys.unwrap("3317", changed, "a")
        assert caught.code == "office-key-unknown"

    def test_opened_again_it_opens_what_it_wrapped(self, tmp_path: Path) -> None:
        wrapped = opened(self.open_keys, KeyProvider, tmp_path).wrap("3317", _KEY, "a")
        assert opened(self.open_keys, KeyProvider, tmp_path).unwrap("3317", wrapped, "a") == _KEY

    def test_after_a_rotation_the_new_key_wraps_and_the_old_still_opens(
        self, tmp_path: Path
    ) -> None:
        before = opened(self.open_keys, KeyProvider, tmp_path)
        old = before.wrap("3317", _KEY, "a")
        after = self.rotate(before, tmp_path)
        assert after.current != before.current
        assert after.unwrap("3317", old, "a") == _KEY
        new = after.wrap("3317", _KEY, "a")
        assert new.startswith(f"{after.current}.")
        with raising(StorageError, "unwrap(dengan kunci lama / by the old key)"):
            before.unwrap("3317", new, "a")
