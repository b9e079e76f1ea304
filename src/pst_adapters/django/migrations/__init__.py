"""The tables as Django makes them; a released migration never changes."""
