"""Files on any system: names that all of them take, and files that appear whole or not at all."""
