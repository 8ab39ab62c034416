"""Run a plan over a book, keep the results and read them."""
