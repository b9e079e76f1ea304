"""Tests that go with the library: what an adapter of your own must keep to (``contracts``)."""
