"""Result files of evaluation tools: what each tool wrote in, figures and reasons out.

One module a tool, and one contract (`run_figures`): the figures of a run with what is known of
each, why a file cannot be used, what only a person can answer, and what the file does not say. Of a
file only names, numbers and settings are taken: no prompt, answer, address or key of it is kept or
shown. Which catalog model a name means is never guessed here, and nothing is written.
"""
