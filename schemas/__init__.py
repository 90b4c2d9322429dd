"""Package data: the journals' schemas and the example rules of a new book."""
