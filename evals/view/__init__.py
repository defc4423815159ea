"""How a run and a comparison are shown: text for a terminal, Markdown, and one static page."""
