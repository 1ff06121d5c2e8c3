"""Others' logs: files in, logged calls out.

Files are opened and split into entries. Each entry is taken out of what a shipper wrapped around
it, its format is recognised, and one table says where each format keeps our fields. What decides is
read by the line reader of `core` alone: no engine parses it. Nothing is counted here.
"""
