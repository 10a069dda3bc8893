"""The engine over a folder: a Whoosh index whose codec is ours."""
