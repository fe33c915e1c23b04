import { describe, expect, test } from 'vitest';
import { composeBegun, manifest } from '../testing-claims.ts';

interface Security {
  readonly runAsUser?: number;
  readonly runAsNonRoot?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly privileged?: boolean;
  readonly seccompProfile?: { readonly type: string };
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
}

interface Pod {
  readonly securityContext?: Security;
  readonly containers: readonly { readonly name: string; readonly securityContext?: Security }[];
  readonly initContainers?: Pod['containers'];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly topologySpreadConstraints?: readonly { readonly labelSelector?: object }[];
}

const VOLUMES = 'configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret'.split(' ');

/** What Pod Security restricted has against a pod (kubernetes.io, Pod Security Standards). */
const violations = ({ securityContext: pod, containers, initContainers = [], volumes = [] }: Pod): string[] => [
  ...[...containers, ...initContainers].flatMap(({ name, securityContext }) =>
    ownViolations({ ...pod, ...securityContext }).map((violation) => `${name}: ${violation}`),
  ),
  ...volumes.flatMap((volume) => Object.keys(volume).filter((kind) => kind !== 'name' && !VOLUMES.includes(kind))),
];

function ownViolations(own: Security): string[] {
  const rules: [boolean, string][] = [
    [own.allowPrivilegeEscalation === false, 'privilege escalation'],
    [own.privileged !== true, 'privileged'],
    [own.runAsNonRoot === true && own.runAsUser !== 0, 'root'],
    [own.seccompProfile?.type === 'RuntimeDefault', 'seccomp'],
    [own.capabilities?.drop?.includes('ALL') === true, 'capabilities are not dropped'],
    [(own.capabilities?.add ?? []).every((one) => one === 'NET_BIND_SERVICE'), 'capabilities are added'],
  ];
  return rules.flatMap(([holds, violation]) => (holds ? [] : [violation]));
}

const podOf = (template: object): Pod =>
  (manifest(composeBegun({ template }).desired, 'Deployment', '') as unknown as { spec: { template: { spec: Pod } } })
    .spec.template.spec;

const RESTRICTED = {
  spec: {
    securityContext: { runAsNonRoot: true, runAsUser: 2000, seccompProfile: { type: 'RuntimeDefault' } },
    initContainers: [{ name: 'fetch', image: 'fetch' }],
    containers: [
      { name: 'engine', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
    ],
  },
};

describe('a namespace that enforces Pod Security restricted', () => {
  test('takes engines whose template is written for it', () => expect(violations(podOf(RESTRICTED))).toEqual([]));

  test('takes them if the template only says that they are not root', () =>
    expect(violations(podOf({ spec: { securityContext: { runAsNonRoot: true } } }))).toEqual([]));

  test('does not take others', () =>
    expect(violations(podOf({}))).toEqual(['engine: root', 'engine: capabilities are not dropped']));

  test('takes the endpoint picker', () => {
    const { desired } = composeBegun();
    const picker = manifest(desired, 'Deployment', '-epp') as unknown as { spec: { template: { spec: Pod } } };
    expect(violations(picker.spec.template.spec)).toEqual([]);
  });
});

test('root keeps what the template drops beside packets in others’ names', () => {
  const drops = (drop: string[]) =>
    podOf({ spec: { containers: [{ name: 'engine', securityContext: { capabilities: { drop } } }] } }).containers[0]
      ?.securityContext?.capabilities;
  expect(drops(['MKNOD'])).toEqual({ drop: ['NET_RAW', 'MKNOD'] });
  expect(drops(['ALL'])).toEqual({ drop: ['ALL'] });
});

test('a spread without a selector is over the placement’s own engines', () => {
  const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };
  const [own, other] =
    podOf({
      spec: {
        topologySpreadConstraints: [
          spread,
          { ...spread, topologyKey: 'node', labelSelector: { matchLabels: { a: 'b' } } },
        ],
      },
    }).topologySpreadConstraints ?? [];
  expect(own?.labelSelector).toMatchObject({ matchLabels: { 'modelplane.ai/pool': expect.any(String) } });
  expect(other?.labelSelector).toEqual({ matchLabels: { a: 'b' } });
});
