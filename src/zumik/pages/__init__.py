"""Pages: what a workspace says, as a site that any web server can publish.

Values in, bytes out: the room reads no file of a workspace and no clock. A `SiteSource` gives what
may be shown, and `Site` has a page for each address. It needs the extra `zumik[pages]`. The folder
`browser/` is another implementation of the semantics, which the pages give to the reader.
"""
