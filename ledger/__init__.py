"""The library behind `gb`: serial spans, custody, journals, folds and checks, without a user interface."""

__version__ = "0.1.0"
