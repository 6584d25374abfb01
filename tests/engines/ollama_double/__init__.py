"""A double of Ollama: its HTTP API and its life cycle of models, with one real llama.cpp process per loaded model.

Source of shapes and messages: https://github.com/ollama/ollama/blob/main/docs/api.md and server/routes.go beside it.
"""
