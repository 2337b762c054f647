"""How the installation does: how much it holds and grows by, what nobody asks for any more, what ran last."""
