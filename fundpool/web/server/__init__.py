"""The server: application, guard, files for the browser."""
