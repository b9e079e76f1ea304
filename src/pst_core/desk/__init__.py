"""The application service: carries a command to the store and its effects out of the house."""

from .desk import Desk, Done, Entry
from .door import Door
from .gate import Gate
from .papers import check_paper, issued_papers, queue_ticket, statement
from .worker import Worked, Worker

__all__ = [
    "Desk",
    "Done",
    "Door",
    "Entry",
    "Gate",
    "Worked",
    "Worker",
    "check_paper",
    "issued_papers",
    "queue_ticket",
    "statement",
]
