"""The seven stages, one package each; the order is one tuple in ``rightful.runs``."""
