"""The parts of ``rightful train``: past records, columns that leak the outcome, the fit, and what it is worth."""
