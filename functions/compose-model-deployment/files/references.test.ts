import { expect, test } from 'vitest';
import { renamed } from './references.ts';

const NAMES = new Map([['hf', 'copy']]);
const engine = (fields: object) => ({ spec: { containers: [{ name: 'engine', ...fields }] } });
const volume = (fields: object) => ({ spec: { volumes: [{ name: 'hf', ...fields }] } });

test.each([
  {
    name: 'in a variable',
    template: engine({ env: [{ name: 'T', valueFrom: { secretKeyRef: { name: 'hf', key: 'hf' } } }] }),
    want: engine({ env: [{ name: 'T', valueFrom: { secretKeyRef: { name: 'copy', key: 'hf' } } }] }),
  },
  {
    name: 'in variables of all its keys',
    template: engine({ envFrom: [{ secretRef: { name: 'hf' } }] }),
    want: engine({ envFrom: [{ secretRef: { name: 'copy' } }] }),
  },
  {
    name: 'in an init container',
    template: { spec: { initContainers: [{ name: 'x', envFrom: [{ secretRef: { name: 'hf' } }] }] } },
    want: { spec: { initContainers: [{ name: 'x', envFrom: [{ secretRef: { name: 'copy' } }] }] } },
  },
  {
    name: 'in a volume, whose own name is the same',
    template: volume({ secret: { secretName: 'hf', items: [{ key: 'hf', path: 'hf' }] } }),
    want: volume({ secret: { secretName: 'copy', items: [{ key: 'hf', path: 'hf' }] } }),
  },
  {
    name: 'in a source of a projected volume',
    template: volume({ projected: { sources: [{ secret: { name: 'hf' } }, { configMap: { name: 'hf' } }] } }),
    want: volume({ projected: { sources: [{ secret: { name: 'copy' } }, { configMap: { name: 'hf' } }] } }),
  },
  {
    name: 'not where a ConfigMap, a value or a label is called so',
    template: {
      metadata: { labels: { secretRef: 'hf' } },
      ...engine({ env: [{ name: 'hf', value: 'hf' }], envFrom: [{ configMapRef: { name: 'hf' } }] }),
    },
  },
  { name: 'not where another Secret is', template: engine({ envFrom: [{ secretRef: { name: 'other' } }] }) },
])('a Secret is called by the name of its copy $name', ({ template, want = template }) =>
  expect(renamed(template as never, NAMES)).toEqual(want),
);
