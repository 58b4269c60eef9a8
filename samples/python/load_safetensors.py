# Lists the tensors of a checkpoint with nothing but Python:   python3 samples/python/load_safetensors.py .../model.safetensors
# With the packages safetensors and numpy: from safetensors.numpy import load_file; weights = load_file(path)
import json, struct, sys

file = open(sys.argv[1], "rb")
header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
data = file.read()
for name, tensor in sorted((name, tensor) for name, tensor in header.items() if name != "__metadata__"):
    begin, end = tensor["data_offsets"]
    first = struct.unpack_from({"F32": "<f", "F64": "<d", "I64": "<q", "BOOL": "<?"}[tensor["dtype"]], data, begin)[0]
    print(name, tensor["shape"], tensor["dtype"], "first", first)
