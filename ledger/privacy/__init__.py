"""Personal data: values sealed under a person's own key, keys wrapped for the recipients, kept outside git (C8)."""
