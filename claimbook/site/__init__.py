"""The book as a web site: pages, theme, search, sharing, Python in the page."""
