"""The catalogue from where an office keeps it: a TOML or CSV list, NADA, the web API of BPS.

Needs no other package. What a source does not give is empty in the entries; what could not be read
of it is told row by row.
"""

from .bps import fetch_bps, read_bps
from .files import read_catalogue
from .lists import as_toml, read_csv_list, read_toml_list
from .nada import fetch_nada, read_nada
from .web import Line, https_opener

__all__ = [
    "Line",
    "as_toml",
    "fetch_bps",
    "fetch_nada",
    "https_opener",
    "read_bps",
    "read_catalogue",
    "read_csv_list",
    "read_nada",
    "read_toml_list",
]
