import { expect, test } from 'vitest';
import { selects } from './labels.ts';

const expression = (operator: string, ...values: string[]) => ({
  matchExpressions: [{ key: 'a', operator, ...(values.length > 0 && { values }) }],
});

test.each([
  { name: 'an empty selector selects all', selector: {}, labels: {}, want: true },
  { name: 'every label must be there', selector: { matchLabels: { a: '1', b: '2' } }, labels: { a: '1' }, want: false },
  { name: 'In takes one of the values', selector: expression('In', '1', '2'), labels: { a: '2' }, want: true },
  { name: 'In needs the label', selector: expression('In', '1'), labels: {}, want: false },
  { name: 'NotIn takes other values', selector: expression('NotIn', '1'), labels: { a: '2' }, want: true },
  { name: 'NotIn takes no label at all', selector: expression('NotIn', '1'), labels: {}, want: true },
  { name: 'NotIn refuses its values', selector: expression('NotIn', '1'), labels: { a: '1' }, want: false },
  { name: 'Exists takes any value', selector: expression('Exists'), labels: { a: '' }, want: true },
  { name: 'DoesNotExist refuses any', selector: expression('DoesNotExist'), labels: { a: '' }, want: false },
  {
    name: 'both parts must hold',
    selector: { matchLabels: { b: '1' }, ...expression('Exists') },
    labels: { b: '1' },
    want: false,
  },
  {
    name: 'an operator that there is not selects nothing',
    selector: expression('Gt', '1'),
    labels: { a: '2' },
    want: false,
  },
])('$name', ({ selector, labels, want }) => expect(selects(selector, labels as Record<string, string>)).toBe(want));
