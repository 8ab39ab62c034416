"""A generated book to try things on."""
