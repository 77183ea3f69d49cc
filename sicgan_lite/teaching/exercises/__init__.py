"""Checks for the book's exercises: each says what is right, or what is wrong and where to look.

A check loads with its chapter's module alone, so that the first chapters need no torch.
"""

from sicgan_lite import _offer

__getattr__, __dir__, __all__ = _offer(__name__, __file__)
