"""Speed, side by side: ``python -m benchmarks`` runs us and our peers in one go.

Each module of ``works`` says what is compared; ``race`` checks that all give the same answer and
then lets them take turns; ``page`` tells what came of it. A peer that is not installed is named
and left out (extras ``bench`` and ``oracle``).
"""
