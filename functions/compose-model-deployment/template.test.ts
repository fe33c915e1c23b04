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
