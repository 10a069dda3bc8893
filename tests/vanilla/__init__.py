"""The Whoosh engine: an index in a folder, for one machine. The only import of whoosh."""
