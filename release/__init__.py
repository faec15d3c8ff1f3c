"""Making a release: the wheelhouse for computers without a package index, and its trial."""
