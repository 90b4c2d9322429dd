"""Report models and their renderers: text in both languages and the JSON of the public contract (section 4)."""
