"""An office's portal: applicant, officer, counter, treasurer and head, over ``pst_core``."""
