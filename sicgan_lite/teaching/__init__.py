"""What only the book needs: experiments, figures, sliders, uploads, the game on pixels, exercises."""

from sicgan_lite import _offer

__getattr__, __dir__, __all__ = _offer(__name__, __file__)
