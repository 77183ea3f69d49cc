from .answers import WrongAnswer as WrongAnswer
