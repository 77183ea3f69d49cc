"""Colour from a single image: the library behind the book.

Every public name is listed in ``__init__.pyi``. A module is loaded when one of its names is first
used (PEP 562), so that ``import sicgan_lite`` costs nothing and imports no torch.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
