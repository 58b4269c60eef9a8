"""PyTorch as a peer: the benchmark workloads, and how many training steps a second it makes of them.

  W1   decoder of Power et al. (2022): p = 97, tokens `a op b =`, 2 pre-LN layers, batch 512, all four positions computed
  W1L  W1 with 6 layers of width 512, 8 heads, MLP 2048, batch 4096
  W2   W1 with the same loss and gradients; the last layer and the unembedding are computed at the scored position only
  W2p  W2, and layer 1 is computed once per distinct prefix `a op` (97 of them) instead of once per row
  W3   MLP on two embeddings: 2 x 128 -> 256 ReLU -> 97, full batch of 4704
  W4   MLP 32-64-64-10, batch 256
  W4e  64 independent W4 trainings, batched by baddbmm (a step advances all 64)

One measurement:    python3 torch_workloads.py --workload W1 --threads 2 --seconds 6 --warmup 1.5
Many, interleaved:  python3 torch_workloads.py --serve
                    then lines `W1 2 6` (workload, threads, seconds) on standard input; each is answered by one line.
Every answer is one JSON object. A measurement builds its model anew from a fixed seed; data and models are random or
arithmetic, so nothing is read from disk. Needs PyTorch 1.13 or newer, and nothing else.
"""

import argparse
import ctypes
import itertools
import json
import math
import re
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

MODULUS = 97
OPERATOR, EQUALS, VOCABULARY = MODULUS, MODULUS + 1, MODULUS + 2
WIDTH, HEADS, POSITIONS = 128, 4, 4
TRAIN_ROWS = MODULUS * MODULUS // 2
MEMBERS = 64

# The fastest AdamW that the release has on CPU: fused since 2.4, before it by lists of tensors.
ADAMW_ON_CPU = {"fused": True} if tuple(map(int, torch.__version__.split(".")[:2])) >= (2, 4) else {"foreach": True}


def attend_by_products(query, key, value, attn_mask):
    """Attention written out, for releases without scaled_dot_product_attention.

    Broadcast products: with four positions they take half the time of thousands of 4 x 4 matrix products.
    """
    scores = (query.unsqueeze(-2) * key.unsqueeze(-3)).sum(-1) / math.sqrt(query.shape[-1])
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -math.inf)
    return (scores.softmax(-1).unsqueeze(-1) * value.unsqueeze(-3)).sum(-2)


def attend(query, key, value):
    """Causal attention of the last positions: the queries are those of the last `query.shape[-2]` keys."""
    queries, keys = query.shape[-2], key.shape[-2]
    fused = getattr(F, "scaled_dot_product_attention", None)
    if fused is not None and queries == keys:
        return fused(query, key, value, is_causal=True)
    mask = None if queries == 1 else torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)
    return (fused or attend_by_products)(query, key, value, attn_mask=mask)


def split_heads(x, parts, heads):
    """[rows, positions, parts * width] -> parts tensors [rows, heads, positions, width / heads]."""
    rows, positions, _ = x.shape
    return x.view(rows, positions, parts, heads, -1).permute(2, 0, 3, 1, 4).unbind(0)


class Block(nn.Module):
    """Pre-LN decoder layer: x + attention(LN x), then x + MLP(LN x)."""

    def __init__(self, width, heads):
        super().__init__()
        self.width, self.heads = width, heads
        self.attention_norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.ReLU(), nn.Linear(4 * width, width))

    def project(self, x):
        return split_heads(self.query_key_value(self.attention_norm(x)), 3, self.heads)

    def project_last(self, x):
        """Keys and values at every position, the query at the last one only."""
        x = self.attention_norm(x)
        weight, bias = self.query_key_value.weight, self.query_key_value.bias
        (query,) = split_heads(F.linear(x[:, -1:], weight[:self.width], bias[:self.width]), 1, self.heads)
        return (query, *self.key_value(x))

    def key_value(self, normed):
        weight, bias = self.query_key_value.weight, self.query_key_value.bias
        return split_heads(F.linear(normed, weight[self.width:], bias[self.width:]), 2, self.heads)

    def finish(self, x, query, key, value):
        """The rest of the layer at the positions of x, which are those of the queries."""
        x = x + self.attention_out(attend(query, key, value).transpose(1, 2).reshape(x.shape))
        return x + self.mlp(self.mlp_norm(x))

    def forward(self, x):
        return self.finish(x, *self.project(x))


class Transformer(nn.Module):
    """Learned embeddings of tokens and positions, two or more blocks, a final LN and an unembedding into 97 logits."""

    def __init__(self, layers=2, width=WIDTH, heads=HEADS):
        super().__init__()
        self.embed = nn.Embedding(VOCABULARY, width)
        self.position = nn.Parameter(torch.randn(POSITIONS, width))
        self.first, self.second = Block(width, heads), Block(width, heads)
        self.between = nn.Sequential(*(Block(width, heads) for _ in range(layers - 2)))
        self.final_norm = nn.LayerNorm(width)
        self.unembed = nn.Linear(width, MODULUS)

    def logits(self, x):
        return self.unembed(self.final_norm(x))

    def everywhere(self, tokens):
        """W1: logits at all positions, [rows, 4, 97]."""
        return self.logits(self.second(self.between(self.first(self.embed(tokens) + self.position))))

    def last(self, tokens):
        """W2: logits at the last position, [rows, 97]."""
        x = self.first(self.embed(tokens) + self.position)
        return self.logits(self.second.finish(x[:, -1:], *self.second.project_last(x))).squeeze(1)

    def last_shared(self, tokens):
        """W2p: as `last`, but what depends on `a op` alone is computed once per a and gathered."""
        numbers = torch.arange(MODULUS)
        prefixes = torch.stack((numbers, torch.full_like(numbers, OPERATOR)), 1)
        prefix = self.embed(prefixes) + self.position[:2]
        suffix = self.embed(tokens[:, 2:]) + self.position[2:]

        query, key, value = self.first.project(prefix)
        suffix_query, suffix_key, suffix_value = self.first.project(suffix)
        first = tokens[:, 0]
        suffix = self.first.finish(suffix, suffix_query, after(key, first, suffix_key), after(value, first, suffix_value))
        prefix = self.first.finish(prefix, query, key, value)

        key, value = self.second.key_value(self.second.attention_norm(prefix))
        query, suffix_key, suffix_value = self.second.project_last(suffix)
        key, value = after(key, first, suffix_key), after(value, first, suffix_value)
        return self.logits(self.second.finish(suffix[:, -1:], query, key, value)).squeeze(1)


def after(prefix, rows, suffix):
    """Gathers each row's prefix and appends its suffix, along the positions."""
    return torch.cat((prefix.index_select(0, rows), suffix), 2)


class EmbeddingMlp(nn.Module):
    """W3: both numbers from one table, side by side, through one hidden layer."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(MODULUS, 128)
        self.layers = nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, MODULUS))

    def forward(self, pairs):
        return self.layers(self.embed(pairs).flatten(1))


class Ensemble(nn.Module):
    """W4e: the same MLP 64 times, each with its own weights and its own rows, [members, rows, features]."""

    def __init__(self):
        super().__init__()
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for inputs, outputs in ((32, 64), (64, 64), (64, 10)):
            bound = 1 / math.sqrt(inputs)
            self.weights.append(nn.Parameter(torch.empty(MEMBERS, inputs, outputs).uniform_(-bound, bound)))
            self.biases.append(nn.Parameter(torch.empty(MEMBERS, 1, outputs).uniform_(-bound, bound)))

    def forward(self, x):
        *hidden, (weight, bias) = zip(self.weights, self.biases)
        for hidden_weight, hidden_bias in hidden:
            x = torch.baddbmm(hidden_bias, x, hidden_weight).relu()
        return torch.baddbmm(bias, x, weight)


def addition_rows():
    """The 4704 train rows of a + b mod 97: tokens [rows, 4] and targets [rows]."""
    rows = torch.randperm(MODULUS * MODULUS)[:TRAIN_ROWS]
    a, b = rows.div(MODULUS, rounding_mode="floor"), rows % MODULUS
    tokens = torch.stack((a, torch.full_like(a, OPERATOR), b, torch.full_like(a, EQUALS)), 1)
    return tokens, (a + b) % MODULUS


def shuffled(inputs, targets, batch):
    """Endless batches, reshuffled every epoch; the incomplete last one is dropped."""
    while True:
        order = torch.randperm(len(targets))
        yield from zip(inputs[order].split(batch), targets[order].split(batch)[:len(targets) // batch])


def random_batches(*shape):
    """Sixteen fixed batches of random features and of ten classes, again and again: what the rows are costs no time."""
    return itertools.cycle([(torch.randn(*shape, 32), torch.randint(10, shape)) for _ in range(16)])


def transformer(forward, batch=512, **shape):
    """W1, W1L, W2 and W2p: model, loss, batches and AdamW options of one way to compute the same loss."""
    model = Transformer(**shape)
    loss = lambda tokens, targets: F.cross_entropy(forward(model, tokens), targets)
    return model, loss, shuffled(*addition_rows(), batch), dict(lr=1e-3, betas=(0.9, 0.98), weight_decay=1.0)


def embedding_mlp():
    model = EmbeddingMlp()
    tokens, targets = addition_rows()
    batches = itertools.repeat((tokens[:, ::2].contiguous(), targets))
    loss = lambda pairs, targets: F.cross_entropy(model(pairs), targets)
    return model, loss, batches, dict(lr=3e-3, betas=(0.9, 0.98), weight_decay=1.0)


def tiny_mlp():
    model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    loss = lambda x, targets: F.cross_entropy(model(x), targets)
    return model, loss, random_batches(256), dict(lr=1e-3)


def ensemble():
    """The loss is the sum of the members' mean losses, so that every member gets the gradient it would get alone."""
    model = Ensemble()
    loss = lambda x, targets: F.cross_entropy(model(x).flatten(0, 1), targets.flatten(), reduction="sum") / 256
    return model, loss, random_batches(MEMBERS, 256), dict(lr=1e-3)


WORKLOADS = {
    "W1": lambda: transformer(lambda model, tokens: model.everywhere(tokens)[:, -1]),
    "W1L": lambda: transformer(
        lambda model, tokens: model.everywhere(tokens)[:, -1], batch=4096, layers=6, width=512, heads=8),
    "W2": lambda: transformer(Transformer.last),
    "W2p": lambda: transformer(Transformer.last_shared),
    "W3": embedding_mlp,
    "W4": tiny_mlp,
    "W4e": ensemble,
}


def keep_freed_memory():
    """Makes glibc keep the pages of freed tensors, which it otherwise returns and faults in again at every step.

    What PyTorch's tuning guide gets from another allocator. Does nothing where there is no `mallopt`.
    """
    trim_threshold, mmap_threshold = -1, -3  # M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(mmap_threshold, 32 << 20)  # the largest that glibc accepts
        mallopt(trim_threshold, (1 << 31) - 1)


def training_step(workload, compiled):
    """Builds a workload and returns a function that makes one optimizer step."""
    torch.manual_seed(0)
    model, loss, batches, options = WORKLOADS[workload]()
    optimizer = torch.optim.AdamW(model.parameters(), **ADAMW_ON_CPU, **options)
    loss = torch.compile(loss) if compiled else loss

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss(*next(batches)).backward()
        optimizer.step()

    return step


def run_for(step, seconds):
    """Steps until the time is over; returns how many there were and how long they took, in seconds."""
    start = time.perf_counter()
    for steps in itertools.count(1):
        step()
        elapsed = time.perf_counter() - start
        if elapsed >= seconds:
            return steps, elapsed


def measure(workload, threads, seconds, warmup, compiled):
    torch.set_num_threads(threads)
    step = training_step(workload, compiled)
    step()  # compilation, where there is any, is no part of the warm-up's time
    run_for(step, warmup)
    steps, elapsed = run_for(step, seconds)
    return {
        "peer": f"torch {torch.__version__.split('+')[0]}" + (" compiled" if compiled else ""),
        "workload": workload,
        "threads": threads,
        "steps": steps,
        "seconds": round(elapsed, 4),
        "steps_per_second": round(steps / elapsed, 3),
    }


def serve(warmup, compiled):
    """Answers every request line with a measurement, or with an object that has only `error`."""
    for line in sys.stdin:
        request = re.fullmatch(r"(\w+) ([1-9]\d*) (\d+(?:\.\d+)?)", line.strip())
        if request and request[1] in WORKLOADS:
            answer = measure(request[1], int(request[2]), float(request[3]), warmup, compiled)
        else:
            answer = {"error": f"Not understood: '{line.strip()}'. Give workload, threads and seconds, as `W1 2 6`; "
                               f"the workloads are {', '.join(WORKLOADS)}."}
        print(json.dumps(answer), flush=True)


def main():
    parser = argparse.ArgumentParser(description="Measures PyTorch's training steps a second on one workload.")
    parser.add_argument("--workload", choices=WORKLOADS, help="what to train")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6, help="measured time")
    parser.add_argument("--warmup", type=float, default=1.5, help="seconds of steps before that")
    parser.add_argument("--compile", action="store_true", help="torch.compile the loss (PyTorch 2 or newer)")
    parser.add_argument("--serve", action="store_true", help="measure what lines on standard input ask for")
    options = parser.parse_args()
    if options.compile and not hasattr(torch, "compile"):
        parser.error(f"PyTorch {torch.__version__} has no torch.compile; leave out --compile.")
    keep_freed_memory()
    if options.serve:
        serve(options.warmup, options.compile)
    elif options.workload:
        print(json.dumps(measure(options.workload, options.threads, options.seconds, options.warmup, options.compile)))
    else:
        parser.error("give --workload or --serve.")


if __name__ == "__main__":
    main()
