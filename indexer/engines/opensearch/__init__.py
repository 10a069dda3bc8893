"""The engine over a cluster of OpenSearch."""
