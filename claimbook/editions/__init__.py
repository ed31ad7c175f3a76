"""The book as PDF, EPUB and slides."""
