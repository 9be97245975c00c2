"""Pictures of the graph, as text for Graphviz and Mermaid."""

from translator.dialect import Dialect

DIALECTS = (
    Dialect("dot", "picture of the graph for Graphviz", folder="pictures", suffixes=(".dot", ".gv")),
    Dialect("mermaid", "picture of the graph for Mermaid", folder="pictures", suffixes=(".mmd", ".mermaid")),
)
