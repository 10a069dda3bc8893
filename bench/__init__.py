"""Speed, measured: tables for a person to read, never a test."""
