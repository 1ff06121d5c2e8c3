"""YAML as text: read strictly, held against a schema, written and edited in place.

Pure: it opens no file. What the values mean is for the core and the checks to say.
"""
