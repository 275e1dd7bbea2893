"""A clip → one HTML page that shows it: mesh, weights and sound inside, drawn by the page itself.

The page's own code lies beside this module as plain ES modules, `style.css` and `page.html`. A server may
serve them as they are; `write_page` puts them into the page.
"""

from exporters.page.contents import Mood, PageSound, Strip
from exporters.page.write import write_page

__all__ = ["Mood", "PageSound", "Strip", "write_page"]
