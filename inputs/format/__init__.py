"""How a case is written: words, tables, columns, files, and findings about them."""
