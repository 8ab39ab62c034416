"""A sample company: a book with the disorder of real CRMs. Nobody in it exists."""
