"""`irrvit-train`: `cli`, `session` (the order of things), `loop`, and what they use."""
