"""The Lark grammars."""
