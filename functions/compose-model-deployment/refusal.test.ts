import { describe, expect, test } from 'vitest';
import { CLUSTER, claim, compose, composeBegun, made, manifest } from './testing-claims.ts';

/** SpecAccepted as far as it is worth a word. */
const accepted = (spec: object, cluster: object = CLUSTER): string =>
  compose(claim(spec), { clusters: [cluster] }).conditions.find((one) => one.startsWith('SpecAccepted')) ??
  'SpecAccepted=True';

const withPicker = (picker: object) => ({ ...CLUSTER, spec: { ...CLUSTER.spec, picker } });
const MINE = 'registry.example.com/epp:1';

describe('the image of a picker, to which a gateway goes wherever it says', () => {
  test.each([
    {
      name: 'that the platform team allows',
      cluster: withPicker({ allowedImages: [MINE] }),
      image: MINE,
      want: 'True',
    },
    { name: 'that is the cluster’s own', cluster: withPicker({ image: MINE }), image: MINE, want: 'True' },
    {
      name: 'that every cluster of its family has',
      cluster: CLUSTER,
      image: 'registry.k8s.io/gateway-api-inference-extension/epp:v1.5.0',
      want: 'True',
    },
    { name: 'that nobody allowed', cluster: CLUSTER, image: MINE, want: 'False NotAllowed' },
    {
      name: 'in place of the cluster’s',
      cluster: withPicker({ image: 'other' }),
      image: MINE,
      want: 'False NotAllowed',
    },
  ])('$name', ({ cluster, image, want }) =>
    expect(accepted({ endpointPicker: { image, flowControl: false } }, cluster)).toContain(`SpecAccepted=${want}`),
  );

  test('is refused with the way out', () =>
    expect(accepted({ endpointPicker: { image: MINE, flowControl: false } })).toContain(
      'Cannot deploy: spec.endpointPicker.image is registry.example.com/epp:1, which InferenceCluster gpu does not allow, because ' +
        'its gateway goes wherever a picker says; remove it, or ask the platform team to add it to spec.picker.allowedImages there.',
    ));

  test('is the cluster’s where the deployment names none', () => {
    const { desired } = composeBegun({}, withPicker({ image: 'cluster/epp:2' }));
    expect(JSON.stringify(manifest(desired, 'Deployment', '-epp'))).toContain('"image":"cluster/epp:2"');
  });

  test('runs as the platform team says', () => {
    const picker = {
      secureServing: false,
      resources: { limits: { memory: '1Gi' } },
      nodeSelector: { pool: 'cpu' },
      tolerations: [{ operator: 'Exists' }],
      imagePullSecrets: [{ name: 'registry' }],
    };
    const composed = manifest(composeBegun({}, withPicker(picker)).desired, 'Deployment', '-epp') as unknown as {
      spec: { template: { spec: { containers: { args: string[]; resources: object }[] } } };
    };
    const { containers, ...pod } = composed.spec.template.spec;
    const { nodeSelector, tolerations, imagePullSecrets, resources } = picker;
    expect(pod).toMatchObject({ nodeSelector, tolerations, imagePullSecrets });
    expect(containers[0]?.resources).toEqual(resources);
    expect(containers[0]?.args).toContain('--secure-serving=false');
  });

  test('that ran before it had to be allowed goes on', () => {
    const spec = { endpointPicker: { image: MINE, flowControl: false } };
    const { desired } = composeBegun(spec, withPicker({ allowedImages: [MINE] }));
    const after = compose(claim(spec), { clusters: [CLUSTER], observed: made(desired) });
    expect(after.refused).toContain('does not allow');
    expect(Object.keys(after.desired).sort()).toEqual(Object.keys(desired).sort());
  });
});

describe('an annotation of the pods', () => {
  const annotated = (annotations: object) => accepted({ template: { metadata: { annotations } } });

  test.each([
    'k8s.v1.cni.cncf.io/networks-status',
    'v1.multus-cni.io/default-network',
    'cni.projectcalico.org/ipAddrs',
    'iam.amazonaws.com/role',
    'vault.hashicorp.com/agent-inject',
    'sidecar.istio.io/userVolume',
    'io.kubernetes.cri-o.Devices',
    'cdi.k8s.io/gpu',
    'container.apparmor.security.beta.kubernetes.io/engine',
  ])('%s may give what is not the tenant’s', (key) =>
    expect(annotated({ [key]: 'x' })).toContain(
      `NotAllowed: Cannot deploy: placement default: template.metadata.annotations has ${key}`,
    ),
  );

  test('may not name a network of another namespace', () =>
    expect(annotated({ 'k8s.v1.cni.cncf.io/networks': 'other/net' })).toContain('leave the namespace out'));

  test.each([
    'team',
    'prometheus.io/scrape',
    'kubectl.kubernetes.io/restartedAt',
    'sidecar.istio.io/inject',
    'constructor',
  ])('%s does nobody harm', (key) => expect(annotated({ [key]: 'false' })).toContain('SpecAccepted=True'));
});

describe('a claim that would become too long', () => {
  const long = (length: number) => ({
    template: { spec: { containers: [{ name: 'engine', env: [{ name: 'A', value: 'x'.repeat(length) }] }] } },
  });
  const placements = Array.from({ length: 16 }, (_, index) => ({ name: `p${index}`, weight: 1 }));

  test('in one placement is refused', () =>
    expect(accepted(long(500_000))).toContain('more than 400 kB; put long values'));

  test('in all of them together is refused, though none is', () => {
    expect(accepted({ ...long(280_000), placements })).toContain('of at most 1500 kB; put long values');
    expect(accepted(long(280_000))).toContain('SpecAccepted=True');
  });

  test('is measured in bytes', () => {
    const template = { metadata: { annotations: { description: '模'.repeat(140_000) } } };
    expect(accepted({ template })).toContain('more than 400 kB; put long values');
  });

  test('is measured by the text that a picker reads, with a line for each value', () => {
    const plugins = [{ type: 'queue-scorer', parameters: { thresholds: Array(50_000).fill(1) } }];
    expect(accepted({ endpointPicker: { flowControl: false, config: { plugins } } })).toContain('more than 400 kB');
  });
});

test.each(['0%', '00%', '000%', 0])('a rollout with %s of both replaces nothing', (amount) =>
  expect(accepted({ rollout: { maxSurge: amount, maxUnavailable: '0%' } })).toContain('nothing can be replaced'),
);

test('resources of a picker are held to the same rules', () =>
  expect(accepted({ endpointPicker: { flowControl: false, resources: { limits: { memory: '4GB' } } } })).toContain(
    'InvalidPicker: Cannot deploy: spec.endpointPicker.resources.limits memory is "4GB"',
  ));

test('a label called env, of a deployment and of a placement, is a label', () => {
  const placements = [{ name: 'us', weight: 1, template: { metadata: { labels: { env: 'prod', constructor: 'x' } } } }];
  const { desired } = composeBegun({ template: { metadata: { labels: { team: 'ml', env: 'dev' } } }, placements });
  expect((manifest(desired, 'Deployment') as unknown as { spec: { template: object } }).spec.template).toMatchObject({
    metadata: { labels: { team: 'ml', env: 'prod', constructor: 'x' } },
  });
});
