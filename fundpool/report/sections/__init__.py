"""The report's sections: a module each, which says in a document what the results mean."""
