"""An engine over Whoosh's own codec, with nothing of the product's storage: what the product's answers are held to."""
