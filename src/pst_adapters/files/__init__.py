"""Uploaded files: kept by their content, and read for the facts that the core judges.

``FileReader`` is the door for files from outside: it parses in a child process with limits.
``pst_adapters.files.objects.ObjectBlobs`` keeps files in S3; it needs the extra ``[s3]``.
Microdata other than CSV needs the extra ``[microdata]``, imported when such a file is read.
Signatures need the extra ``[signature]``; it is imported when a signed file is read.
"""

from .blobs import FolderBlobs, MemoryBlobs
from .clamd import ClamdScanner
from .facts import facts_from_json, facts_to_json, read_facts
from .microdata import Microdata, read_microdata
from .reader import FileReader, Usage, read_facts_safely
from .sample import Sample, make_sample
from .sweep import sweep
from .trust import Trust, load_trust

__all__ = [
    "ClamdScanner",
    "FileReader",
    "FolderBlobs",
    "MemoryBlobs",
    "Microdata",
    "Sample",
    "Trust",
    "Usage",
    "facts_from_json",
    "facts_to_json",
    "load_trust",
    "make_sample",
    "read_facts",
    "read_facts_safely",
    "read_microdata",
    "sweep",
]
