"""The application service: carries a command to the store and its effects out of the house."""

from .desk import Desk, Done, Entry
from .worker import Worked, Worker

__all__ = ["Desk", "Done", "Entry", "Worked", "Worker"]
