"""The application layer: where journals, index, folds, checks and rules meet."""
