"""Random designs out of the layer grammar, with pictures as Keras and Caffe draw them: the paper's data set."""
