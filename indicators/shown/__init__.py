"""How a standing is shown: words, cards, tables, derivations, tracks of charts."""
