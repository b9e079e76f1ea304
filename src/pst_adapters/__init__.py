"""Adapters of pst_core: one folder a port; each optional dependency is imported only there."""
