"""What only the book needs: experiments, figures, sliders, uploads, the game on pixels, exercises."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
