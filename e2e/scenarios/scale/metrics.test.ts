import { expect, test } from 'vitest';
import { countBy, samplesOf, since, sum } from './metrics.ts';

const TEXT = `# HELP calls_total Calls.
# TYPE calls_total counter
calls_total{function="a",severity="none"} 3
calls_total{function="a",severity="fatal"} 1
calls_total{function="b, \\"c\\" {d}",severity="none"} 1.5e+01
calls_total_of_another{function="a"} 7
up 1
`;

test('samples of one metric are read, with whatever is in their labels', () =>
  expect(samplesOf(TEXT, 'calls_total').map(({ labels, value }) => [labels.function, labels.severity, value])).toEqual([
    ['a', 'none', 3],
    ['a', 'fatal', 1],
    ['b, \\"c\\" {d}', 'none', 15],
  ]));

test('a metric without labels has samples too', () =>
  expect(samplesOf(TEXT, 'up')).toEqual([{ name: 'up', labels: {}, value: 1 }]));

test('samples are added up by the name that they are given, and left out where they get none', () =>
  expect(
    countBy(samplesOf(TEXT, 'calls_total'), ({ function: name, severity }) => (severity === 'none' ? name : undefined)),
  ).toEqual({ a: 3, 'b, \\"c\\" {d}': 15 }));

test('what came to pass is what is more than before, and what did not is not mentioned', () => {
  const passed = since({ a: 3, b: 1 }, { a: 3, b: 4, c: 2 });
  expect([passed, sum(passed)]).toEqual([{ b: 3, c: 2 }, 5]);
});
