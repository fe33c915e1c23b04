import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeTemplates, type PodTemplate } from './template.ts';

const container = (fields: object): PodTemplate => ({ spec: { containers: [{ name: 'engine', ...fields }] } });

test.each<{ name: string; templates: readonly (PodTemplate | undefined)[]; want: PodTemplate }>([
  { name: 'nothing over nothing is nothing', templates: [undefined, undefined], want: {} },
  {
    name: 'a container of the same name is changed, and one of another name comes after it',
    templates: [
      container({ image: 'a', command: ['x'] }),
      { spec: { containers: [{ name: 'engine', image: 'b' }, { name: 'proxy' }] } },
    ],
    want: { spec: { containers: [{ name: 'engine', image: 'b', command: ['x'] }, { name: 'proxy' }] } },
  },
  {
    name: 'a variable of the same name takes the place of the other, whichever way it gets its value',
    templates: [
      container({
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      }),
      container({
        env: [
          { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'C', value: '3' },
        ],
      }),
    ],
    want: container({
      env: [
        { name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'B', value: '2' },
        { name: 'C', value: '3' },
      ],
    }),
  },
  {
    name: 'a volume of the same name takes the place of the other, and so does a mount at the same path',
    templates: [
      {
        spec: {
          volumes: [{ name: 'cache', emptyDir: {} }],
          ...container({ volumeMounts: [{ name: 'cache', mountPath: '/c' }] }).spec,
        },
      },
      {
        spec: {
          volumes: [{ name: 'cache', persistentVolumeClaim: { claimName: 'models' } }],
          ...container({ volumeMounts: [{ name: 'cache', mountPath: '/c', readOnly: true }] }).spec,
        },
      },
    ],
    want: {
      spec: {
        volumes: [{ name: 'cache', persistentVolumeClaim: { claimName: 'models' } }],
        ...container({ volumeMounts: [{ name: 'cache', mountPath: '/c', readOnly: true }] }).spec,
      },
    },
  },
  {
    name: 'maps merge key by key',
    templates: [
      container({ resources: { limits: { 'nvidia.com/gpu': 1 } } }),
      container({ resources: { limits: { memory: '64Gi' }, requests: { cpu: 4 } } }),
    ],
    want: container({ resources: { limits: { 'nvidia.com/gpu': 1, memory: '64Gi' }, requests: { cpu: 4 } } }),
  },
  {
    name: 'other lists replace',
    templates: [container({ args: ['a', 'b'] }), container({ args: ['c'] })],
    want: container({ args: ['c'] }),
  },
  {
    name: 'a probe is replaced whole, because it may have one handler only',
    templates: [
      container({ readinessProbe: { httpGet: { port: 8000 }, periodSeconds: 5 } }),
      container({ readinessProbe: { exec: { command: ['true'] } } }),
    ],
    want: container({ readinessProbe: { exec: { command: ['true'] } } }),
  },
  {
    name: 'a preStop hook is replaced whole',
    templates: [
      container({ lifecycle: { preStop: { sleep: { seconds: 15 } } } }),
      container({ lifecycle: { preStop: { exec: { command: ['drain'] } } } }),
    ],
    want: container({ lifecycle: { preStop: { exec: { command: ['drain'] } } } }),
  },
  {
    name: 'timings alone are for the probe that is there',
    templates: [
      container({ readinessProbe: { httpGet: { port: 8000 }, periodSeconds: 5, failureThreshold: 3 } }),
      container({ readinessProbe: { initialDelaySeconds: 300, periodSeconds: 10 } }),
    ],
    want: container({
      readinessProbe: { httpGet: { port: 8000 }, periodSeconds: 10, failureThreshold: 3, initialDelaySeconds: 300 },
    }),
  },
  {
    name: 'the last of three has the last word',
    templates: [container({ image: 'a' }), container({ image: 'b' }), container({ image: 'c' })],
    want: container({ image: 'c' }),
  },
])('$name', ({ templates, want }) => expect(mergeTemplates(...templates)).toEqual(want));

test('what is merged is not changed', () => {
  const base = container({ env: [{ name: 'A', value: '1' }] });
  const before = structuredClone(base);
  mergeTemplates(base, container({ env: [{ name: 'B', value: '2' }] }));
  expect(base).toEqual(before);
});

/** Keys that fields of a template, and what every object has, are called. */
const key = fc.oneof(
  fc.constantFrom('env', 'volumes', 'containers', 'initContainers', 'volumeMounts', 'readinessProbe', 'preStop'),
  fc.constantFrom('constructor', 'toString', '__proto__', 'spec', 'metadata', 'name'),
  fc.string({ minLength: 1, maxLength: 8 }),
);
const map = fc
  .array(fc.tuple(key, fc.string({ maxLength: 5 })), { maxLength: 6 })
  .map((entries) => Object.fromEntries(entries) as Record<string, string>);

/** The places of a template whose keys are users' own. */
const MAPS: readonly {
  name: string;
  of: (keys: Record<string, string>) => PodTemplate;
  in: (t: PodTemplate) => unknown;
}[] = [
  { name: 'labels', of: (labels) => ({ metadata: { labels } }), in: (t) => t.metadata?.labels },
  { name: 'annotations', of: (annotations) => ({ metadata: { annotations } }), in: (t) => t.metadata?.annotations },
  { name: 'nodeSelector', of: (nodeSelector) => ({ spec: { nodeSelector } }), in: (t) => t.spec?.nodeSelector },
  {
    name: 'limits',
    of: (limits) => container({ resources: { limits } }),
    in: (t) => t.spec?.containers?.[0]?.resources?.limits,
  },
];

test.each(MAPS)('$name are a map, whatever their keys are called', (place) => {
  fc.assert(
    fc.property(map, map, (base, over) => {
      const merged = place.in(mergeTemplates(place.of(base), place.of(over))) as Record<string, string>;
      const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
      expect(new Set(Object.keys(merged))).toEqual(keys);
      for (const one of keys)
        expect(Object.getOwnPropertyDescriptor(merged, one)?.value).toBe(
          Object.getOwnPropertyDescriptor(Object.hasOwn(over, one) ? over : base, one)?.value,
        );
    }),
  );
});

test('what says the same twice says it once, and nothing says nothing', () => {
  fc.assert(
    fc.property(map, map, (labels, limits) => {
      const one = { metadata: { labels }, ...container({ resources: { limits }, env: [{ name: 'A', value: '1' }] }) };
      expect(mergeTemplates(one, one)).toEqual(one);
      expect(mergeTemplates(one, {})).toEqual(one);
      expect(mergeTemplates({}, one)).toEqual(one);
    }),
  );
});
