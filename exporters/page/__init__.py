"""A clip → one HTML page that shows it: mesh, weights and sound inside, drawn by the page itself.

The page's own code lies beside this module as plain ES modules, styles and `page.html`; `write_page` puts
them into the page. `live_page` makes the page of a server from `live.html` and much the same modules: its
weights come over a WebSocket.
"""

from exporters.page.contents import Mood, PageSound, Strip
from exporters.page.write import LivePage, live_page, write_page

__all__ = ["LivePage", "Mood", "PageSound", "Strip", "live_page", "write_page"]
