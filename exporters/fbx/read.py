def read_fbx(file): raise NotImplementedError
