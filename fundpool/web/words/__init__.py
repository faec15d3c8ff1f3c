"""Words of the page, by what they stand on."""
