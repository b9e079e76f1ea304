"""Fields that name a person, checked at the door: e-mail, telephone, NIK, NPWP.

E-mail and telephone by the libraries that know them (the extra ``fields``), NIK and NPWP by the
core's own rules. Each check gives the value as it should be kept and the core's findings in both
languages; nothing is looked up on a network.
"""

from __future__ import annotations

from .checks import FIELDS, Checked, check_email, check_nik, check_npwp, check_phone

__all__ = ["FIELDS", "Checked", "check_email", "check_nik", "check_npwp", "check_phone"]
