"""An exercise on a page of the book, for Sphinx."""

from docutils import nodes
from sphinx_exercise.directive import ExerciseDirective


class Exercise(ExerciseDirective):
    """An exercise is called by its label: in the class kit, by its check, and so in all forms of the book. Its own
    extension would count the exercises, in each form another way."""

    def run(self):
        self.options["nonumber"] = None
        made = super().run()
        for node in made:
            node[0] = nodes.title("", f"Exercise {self.options['label']}: ", *node[0][1].children)
        if self.env.app.builder.format == "latex":  # where the extension's own label is none that a link leads to
            made.insert(0, nodes.target("", "", ids=[self.options["label"]]))
        return made
