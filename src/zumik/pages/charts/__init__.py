"""Charts as SVG: values in, markup out.

Every chart has a title, and a description that says in words what it shows. It takes its colours
and lines from `charts.css` alone, and has no inline style, script or font. Across the page its
places are percentages, so its texts have the same size on a phone and on a projector.
"""
