import { describe, expect, test } from 'vitest';
import { parseManifests } from './manifests.ts';
import { formatProblem } from './problem.ts';

const objectsOf = (text: string) => parseManifests(text, 'x.yaml').manifests.map(({ object }) => object);
const problemsOf = (text: string) => parseManifests(text, 'x.yaml').problems.map(formatProblem);

/** Ten times ten times ten … of one word. */
const BOMB = `a0: &a0 x\n${Array.from({ length: 19 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(10)}]\n`).join('')}`;

describe('reading a file of manifests', () => {
  test.each([
    {
      name: 'several documents are several objects',
      text: 'kind: A\n---\nkind: B\n',
      want: [{ kind: 'A' }, { kind: 'B' }],
    },
    { name: 'JSON is read as it is', text: '{"kind": "A", "on": true}', want: [{ kind: 'A', on: true }] },
    {
      name: 'empty and commented documents are skipped',
      text: '---\n# nothing\n---\nkind: A\n---\n',
      want: [{ kind: 'A' }],
    },
    {
      name: 'a List is taken apart, and so is a List in it',
      text: 'kind: List\nitems:\n- kind: A\n- kind: List\n  items: [{kind: B}]\n',
      want: [{ kind: 'A' }, { kind: 'B' }],
    },
    {
      name: 'yes, on and n are booleans, as go-yaml reads them, unless in quotes',
      text: 'a: yes\nb: on\nc: n\nd: Off\ne: "yes"\n',
      want: [{ a: true, b: true, c: false, d: false, e: 'yes' }],
    },
    {
      name: 'numbers are what go-yaml takes for numbers',
      text: 'a: 010\nb: 0x1F\nc: 1_000\nd: -0b11\ne: 1e3\nf: .5\ng: +7\nh: 08\ni: 0o17\nj: "5"\nk: 1.\n',
      want: [{ a: 8, b: 31, c: 1000, d: -3, e: 1000, f: 0.5, g: 7, h: 8, i: 15, j: '5', k: 1 }],
    },
    {
      name: 'what only looks like a number, a date or a boolean is text',
      text: 'a: 2024-01-01\nb: 12:30\nc: e0\nd: 1.2.3\ne: yEs\nf: 0x\ng: _1\nh: 1.30.0\n',
      want: [{ a: '2024-01-01', b: '12:30', c: 'e0', d: '1.2.3', e: 'yEs', f: '0x', g: '_1', h: '1.30.0' }],
    },
    {
      name: 'nothing, ~ and null are null',
      text: 'a:\nb: ~\nc: null\nd: "null"\n',
      want: [{ a: null, b: null, c: null, d: 'null' }],
    },
    {
      name: 'a merge key merges',
      text: 'a: &x {b: 1}\nc: {<<: *x, d: 2}\n',
      want: [{ a: { b: 1 }, c: { b: 1, d: 2 } }],
    },
    { name: 'keys are text', text: 'a: {on: 1, 5: 2}\n', want: [{ a: { true: 1, 5: 2 } }] },
    { name: 'an alias repeats its anchor', text: 'a: &x [1]\nb: *x\n', want: [{ a: [1], b: [1] }] },
    {
      name: 'an anchor is of use as often as one likes',
      text: `a: &x 1\nb: [${'*x,'.repeat(300)}]\n`,
      want: [{ a: 1, b: Array(300).fill(1) }],
    },
    { name: 'an anchor may be set anew', text: 'a: &x 1\nb: *x\nc: &x 2\nd: *x\n', want: [{ a: 1, b: 1, c: 2, d: 2 }] },
  ])('$name', ({ text, want }) => expect(objectsOf(text)).toEqual(want));
});

describe('a file that cannot be read', () => {
  test.each([
    {
      name: 'broken YAML names its line',
      text: 'kind: A\n---\na: [1\n',
      want: /^x\.yaml:\d+: cannot read document 2: /,
    },
    {
      name: 'a key that is there twice is refused, as kubectl refuses it',
      text: 'a: 1\na: 2\n',
      want: /^x\.yaml:2: cannot read document 1: Map keys must be unique$/,
    },
    {
      name: 'a list is no object',
      text: '- a\n',
      want: /^x\.yaml:1: document 1 is not a Kubernetes object, but a list$/,
    },
    {
      name: 'text is no object',
      text: 'hello\n',
      want: /^x\.yaml:1: document 1 is not a Kubernetes object, but a string$/,
    },
    {
      name: 'an item of a List must be an object',
      text: 'kind: List\nitems:\n- kind: A\n- \n',
      want: /^x\.yaml:\d+: items\[1\] is not a Kubernetes object, but empty$/,
    },
    {
      name: 'an alias of another document, which kubectl reads apart, stands for nothing',
      text: 'a: &x 1\n---\nkind: A\nb: *x\n',
      want: /^x\.yaml:4: cannot read document 2: \*x stands for nothing: put &x before it in the same document/,
    },
    {
      name: 'an alias before its anchor stands for nothing',
      text: 'b: *x\na: &x 1\n',
      want: /^x\.yaml:1: cannot read document 1: \*x stands for nothing/,
    },
    {
      name: 'an alias in its own anchor has no end',
      text: 'a: &x\n  b: *x\n',
      want: /^x\.yaml:2: cannot read document 1: \*x is a part of what it stands for/,
    },
    {
      name: 'a few lines of aliases that stand for more than there is memory are refused',
      text: BOMB,
      want: /^x\.yaml:20: cannot read document 1: its aliases stand for more than 100000 values/,
    },
    {
      name: 'a merge key takes maps alone',
      text: 'a: {<<: 3}\n',
      want: /^x\.yaml:1: cannot read document 1: Merge sources must be maps or map aliases$/,
    },
  ])('$name', ({ text, want }) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(want);
  });

  test('the good documents beside a broken one are read all the same', () => {
    expect(objectsOf('kind: A\n---\n- b\n---\nkind: C\n')).toEqual([{ kind: 'A' }, { kind: 'C' }]);
  });
});

describe('the line of a field', () => {
  const text =
    'kind: A\nspec:\n  list:\n    - a: 1\n    - a: 2\n---\nkind: List\nitems:\n  - kind: B\n    spec:\n      x: 1\n';
  test.each([
    { name: 'is that of its value', index: 0, path: ['spec', 'list', 1, 'a'], want: 5 },
    {
      name: 'is that of the field around it when it is missing',
      index: 0,
      path: ['spec', 'list', 0, 'b', 'c'],
      want: 4,
    },
    { name: 'is that of the object for the object itself', index: 0, path: [], want: 1 },
    { name: 'counts on in later documents, and in a List', index: 1, path: ['spec', 'x'], want: 11 },
    { name: 'is that of the item for an item of a List', index: 1, path: [], want: 9 },
  ])('$name', ({ index, path, want }) => {
    expect(parseManifests(text, 'x.yaml').manifests[index]?.lineOf(path)).toBe(want);
  });
});
