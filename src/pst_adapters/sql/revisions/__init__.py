"""The steps that lead the tables from one release to the next; a released one never changes."""
