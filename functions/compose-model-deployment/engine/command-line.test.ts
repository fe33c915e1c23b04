import { describe, expect, test } from 'vitest';
import { lastValue, parseWords, runOf, vllmWords } from './command-line.ts';

test.each([
  { name: 'two words', words: ['--port', '8080'], want: '8080' },
  { name: 'one word', words: ['--port=8080'], want: '8080' },
  { name: 'underscores', words: ['--p_ort', '1', '--port=8080'], want: '8080' },
  { name: 'the last of two', words: ['--port', '8000', '--port', '8080'], want: '8080' },
  { name: 'nothing', words: ['--ports', '1'], want: undefined },
])('the value of an option is read from $name', ({ words, want }) =>
  expect(lastValue(parseWords(words), 'port')).toBe(want),
);

test('what stands before the first option, and what follows an option, are told apart', () =>
  expect(parseWords(['serve', 'm', '--names', 'a', 'b', '--seed=1', '-tp', '4'])).toEqual({
    positionals: ['serve', 'm'],
    options: [
      { name: 'names', values: ['a', 'b'], from: 2, to: 5 },
      { name: 'seed', values: ['1'], from: 5, to: 6 },
      { name: 'tp', values: ['4'], from: 6, to: 8 },
    ],
  }));

describe('the vLLM that a container runs', () => {
  test.each([
    { name: 'by its command', run: { command: ['vllm', 'serve', 'm'], args: ['--seed=1'] }, want: ['m', '--seed=1'] },
    {
      name: 'by its module',
      run: { command: ['python3', '-m', 'vllm.entrypoints.openai.api_server'], args: ['--model', 'm'] },
      want: ['--model', 'm'],
    },
    {
      name: 'in a script',
      run: { command: ['/bin/bash', '-c'], args: ['set -e; exec vllm serve "m" \\\n  --port 8000'] },
      want: ['m', '--port', '8000'],
    },
    {
      name: 'up to where its command ends',
      run: { command: ['sh', '-c', 'vllm serve m --port 8000 2>&1 & python3 warm.py --host 127.0.0.1\nwait'] },
      want: ['m', '--port', '8000', '2>&1'],
    },
    {
      name: 'past what only looks like an end of its command',
      run: { command: ['sh', '-c', `vllm serve m --hf-overrides '{"a": 1;\n"b": 2}' --seed 1`] },
      want: ['m', '--hf-overrides', '{a:', '1', 'b:', '2}', '--seed', '1'],
    },
    {
      name: 'with the parameters of its script',
      run: { command: ['bash', '-c', 'exec vllm serve "$@"\n', '--'], args: ['m', '--port=8000'] },
      want: ['$@', '--', 'm', '--port=8000'],
    },
    { name: 'not at all', run: { command: ['serve'] }, want: undefined },
  ])('is seen $name', ({ run, want }) => expect(vllmWords(runOf(run))).toEqual(want));
});
