"""One sentence in Indonesian and English, kept together so that neither is forgotten."""

from __future__ import annotations

from typing import Literal, Self

import attrs

Lang = Literal["id", "en"]

__all__ = ["Lang", "Text", "Word"]


@attrs.frozen
class Text:
    """A message in both languages.

    ``str(text)`` is the Indonesian one: the language of the law that the library carries out.
    """

    id: str
    en: str

    def __str__(self) -> str:
        return self.id

    def say(self, lang: Lang = "id") -> str:
        """Return the message in ``lang``."""
        return self.en if lang == "en" else self.id

    def fill(self, **values: object) -> Text:
        """Return the message with ``{name}`` places filled, a ``Text`` in its own language."""
        return Text(
            id=self.id.format(**{k: v.id if isinstance(v, Text) else v for k, v in values.items()}),
            en=self.en.format(**{k: v.en if isinstance(v, Text) else v for k, v in values.items()}),
        )

    @classmethod
    def join(cls, separator: str, texts: list[Text] | tuple[Text, ...]) -> Text:
        """Return the texts joined, each language on its own."""
        return cls(
            id=separator.join(t.id for t in texts),
            en=separator.join(t.en for t in texts),
        )


class Word(str):
    """A fixed word with its meaning in both languages; it equals, and is stored as, the string."""

    text: Text

    def __new__(cls, word: str, id: str, en: str) -> Self:  # noqa: A002, D102
        self = super().__new__(cls, word)
        self.text = Text(id=id, en=en)
        return self
