"""Personal data apart from history: sealed per person under the key of the office.

``SealedStore`` goes around any store of the desk, ``SealedBlobs`` around any files; the office
keys come from a ``KeyProvider``, such as ``FileKeys`` or ``EnvironmentKeys``.
"""

from .blobs import SealedBlobs
from .keys import EnvironmentKeys, FileKeys
from .store import SealedStore

__all__ = ["EnvironmentKeys", "FileKeys", "SealedBlobs", "SealedStore"]
