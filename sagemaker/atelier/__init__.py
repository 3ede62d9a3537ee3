"""The CPU staging engine: perceive ▶ plan ▶ furnish ▶ light ▶ render ▶ composite ▶ check."""

VERSION = "0.1.0"
