"""Uploaded files: kept by their content, and read for the facts that the core judges.

``read_facts_safely`` is the door for files from outside: it parses in a child process with limits.
``pst_adapters.files.objects.ObjectBlobs`` keeps files in S3; it needs the extra ``[s3]``.
Signatures need the extra ``[signature]``; it is imported when a signed file is read.
"""

from .blobs import FolderBlobs, MemoryBlobs
from .facts import facts_from_json, facts_to_json, read_facts, read_facts_safely
from .sample import Sample, first_rows, mixed_rows
from .sweep import sweep
from .trust import Trust, load_trust

__all__ = [
    "FolderBlobs",
    "MemoryBlobs",
    "Sample",
    "Trust",
    "facts_from_json",
    "facts_to_json",
    "first_rows",
    "load_trust",
    "mixed_rows",
    "read_facts",
    "read_facts_safely",
    "sweep",
]
