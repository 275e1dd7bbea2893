"""Keras layers and networks; needs the train extra. Running a model needs none of this."""
