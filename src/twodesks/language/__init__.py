"""Language engines: embeddings, key phrases, key points, topics. Text in, values out; no Django, no database."""
