"""The application service: carries a command to the store and its effects out of the house."""
