"""Tests that go with the library, for whoever builds on it; see docs/en/testing.md.

``contracts``: what an adapter of your own must keep to. ``host``: your application against the
table. ``strategies``: legal values for hypothesis. ``golden``: lives that every later release must
read. ``moves``: lives in words. ``traffic``: requests in numbers, for reports and loads. The rest
(``lives``, ``ways``, ``walks``, ``logs``, ``history``) is what these are made of. ``contracts`` and
``strategies`` need the extra ``testing``.
"""
