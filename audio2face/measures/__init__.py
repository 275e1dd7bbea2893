"""How good a face is: closure, tracking, stillness; the definitions are in docs/measures.md."""
