"""OpenSearch on this machine, to try the product with and to test it against. Nothing here is part of the product."""
