"""The style of a tone on a widget: its component class, looked up when a line first needs it.

Textual's own COMPONENT_CLASSES are worked out anew for every widget at every change of style, focus included: hundreds
of times before the first paint. The rules in styles/ are written as for them.
"""

from rich.style import Style
from textual.dom import DOMNode
from textual.widget import Widget


def component_style(widget: Widget, component: str) -> Style:
    """Return the style of a component class (`Drawn > .line--dim`) on `widget`, over the widget's background."""
    node = DOMNode(classes=component)
    node._attach(widget)
    widget.app.stylesheet.apply(node, animate=False)
    return node.rich_style


def style_cache_key(widget: Widget) -> tuple[object, ...]:
    """Return a key on which the styles of all tones on `widget` depend: while it is equal, they can be cached."""
    return widget.app.theme, widget.app.ansi_color, widget.rich_style
