import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CALLER_HEADER, FAIRNESS_HEADERS, OBJECTIVE_HEADERS } from '#shared/headers.ts';
import { remoteNamespace } from '#shared/names.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { gatewayClass, OUR_GATEWAY } from '../functions/compose-inference-gateway/gateway.ts';
import { HOOK_KEYS } from '../functions/compose-inference-gateway/hook.ts';
import { TRAEFIK } from '../functions/compose-inference-gateway/values.ts';
import { verifierObjects } from '../functions/compose-inference-gateway/verifier.ts';
import { FORBIDDEN_NETWORKS } from '../functions/compose-model-endpoint/forbidden.ts';
import { FUNCTIONS, functionRepository, objectName, PROVIDERS } from '../packages/repositories.ts';
import { manifestsIn, objectsOf } from './manifests.ts';
import type { Rule } from './rules.ts';

const named = <T>(kind: string, name: string, folder: '.' | 'inference-cluster' = '.'): T => {
  const found = objectsOf<T>(folder, kind).get(name);
  if (found === undefined) throw new Error(`no ${kind} is called ${name}`);
  return found;
};

test("the platform's namespace is the one that the functions use", () => {
  expect([...objectsOf('.', 'Namespace').keys()]).toEqual([PLATFORM_NAMESPACE]);
});

test('the front door of the policies is the Gateway that is composed, and its class', () => {
  const { data } = named<{ data: Record<string, string> }>('ConfigMap', 'front-door');
  expect(data).toEqual({
    namespace: OUR_GATEWAY.namespace,
    gateway: '*',
    gatewayClassName: gatewayClass().metadata?.name,
  });
});

describe('runtime configurations', () => {
  interface ImageConfig {
    readonly spec: {
      readonly matchImages: readonly { readonly prefix: string }[];
      readonly runtime: { readonly configRef: { readonly name: string } };
    };
  }
  const configs = [...objectsOf<ImageConfig>('.', 'ImageConfig').values()];
  const configOf = (repository: string): string[] =>
    configs
      .filter(({ spec }) => spec.matchImages.some(({ prefix }) => repository.startsWith(prefix)))
      .map(({ spec }) => spec.runtime.configRef.name);

  test.each(FUNCTIONS)('%s runs by the one for functions', (name) => {
    expect(configOf(functionRepository(name))).toEqual(['modelplane-functions']);
  });

  test.each(PROVIDERS)('$repository runs by its own', ({ repository }) => {
    expect(configOf(repository)).toEqual([`modelplane-${repository.split('/').at(-1)}`]);
  });

  test('each is there, and each is used', () => {
    const used = configs.map(({ spec }) => spec.runtime.configRef.name);
    expect(used).toEqual([...objectsOf('.', 'DeploymentRuntimeConfig').keys()]);
  });

  test('the disruption budget is over all functions, by what Crossplane calls them', () => {
    interface Budget {
      readonly spec: { readonly selector: { readonly matchExpressions: readonly { readonly values: string[] }[] } };
    }
    const [expression] = named<Budget>('PodDisruptionBudget', 'modelplane-functions').spec.selector.matchExpressions;
    expect(expression?.values).toEqual(FUNCTIONS.map((name) => objectName(functionRepository(name))));
  });
});

test("provider-helm's rights are bound to the account that it runs as, and cover the role that Traefik's chart makes", () => {
  interface RuntimeConfig {
    readonly spec: { readonly serviceAccountTemplate: { readonly metadata: { readonly name: string } } };
  }
  const { spec } = named<RuntimeConfig>('DeploymentRuntimeConfig', 'modelplane-provider-helm');
  const account = { kind: 'ServiceAccount', name: spec.serviceAccountTemplate.metadata.name };
  const bindings = [...manifestsIn('.'), ...manifestsIn('metallb')].filter(
    ({ file, object }) => 'subjects' in object && file !== 'verifier.yaml',
  );
  expect(bindings.map(({ object }) => object.subjects)).toEqual(
    bindings.map(() => [{ ...account, namespace: 'crossplane-system' }]),
  );
  const { rules } = named<{ rules: readonly Rule[] }>('ClusterRole', 'modelplane-provider-helm');
  expect(rules.flatMap(({ resourceNames = [] }) => resourceNames)).toEqual([`${TRAEFIK}-${PLATFORM_NAMESPACE}`]);
});

test('a verifier is what its account, its Secret and the policies beside them say', () => {
  interface Made {
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly spec: {
      readonly template: {
        readonly metadata: { readonly labels: object };
        readonly spec: { readonly serviceAccountName: string };
      };
      readonly forwardAuth: { readonly address: string };
      readonly rootCAs: readonly { readonly secret: string }[];
    };
  }
  const objects = verifierObjects({ spec: { authentication: { keys: {} } } } as never, true) as Record<string, Made>;
  const { verifier, authorize, authorizetransport } = objects as {
    readonly verifier: Made;
    readonly authorize: Made;
    readonly authorizetransport: Made;
  };
  const [trusted] = authorizetransport.spec.rootCAs;
  const files = manifestsIn('.').filter(({ file }) => file === 'verifier.yaml');
  const subjects = files.flatMap(({ object }) => (object.subjects as object[] | undefined) ?? []);
  const account = {
    kind: 'ServiceAccount',
    name: verifier.spec.template.spec.serviceAccountName,
    namespace: verifier.metadata.namespace,
  };
  expect(subjects).toEqual([account, account]);
  expect(objectsOf('.', 'ServiceAccount').has(account.name)).toBe(true);
  expect(objectsOf('.', 'Secret').has(trusted?.secret ?? '')).toBe(true);
  const { rules } = named<{ rules: readonly Rule[] }>('Role', 'modelplane-verifier');
  expect(rules).toEqual([
    {
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: [trusted?.secret],
      verbs: ['get', 'update'],
    },
  ]);
  for (const kind of ['PodDisruptionBudget', 'NetworkPolicy']) {
    const { spec } = named<{ spec: { selector?: { matchLabels: object }; podSelector?: { matchLabels: object } } }>(
      kind,
      'verifier',
    );
    expect(verifier.spec.template.metadata.labels).toMatchObject(
      (spec.selector ?? spec.podSelector)?.matchLabels ?? {},
    );
  }
  const policy = JSON.stringify(named('ValidatingAdmissionPolicy', 'modelplane-authorize'));
  expect(policy).toContain(`'${authorize.spec.forwardAuth.address}'`);
  expect(policy).toContain(`request.namespace == '${authorize.metadata.namespace}'`);
  for (const key of HOOK_KEYS) expect(policy).toContain(`variables.name == '${objects[key]?.metadata.name}'`);
});

test('a verifier may do little in the cluster: read access lists and services, and tell what is wrong', () => {
  const { rules } = named<{ rules: readonly Rule[] }>('ClusterRole', 'modelplane-verifier');
  expect(rules.map(({ resources, verbs }) => `${verbs.join(' ')} ${resources.join(' ')}`)).toEqual([
    'list watch configmaps',
    'list watch modelservices',
    'create events',
  ]);
});

test('Traefik may not dial what no endpoint may name, but for NAT64, which is how names without IPv6 are reached', () => {
  interface Peer {
    readonly ipBlock?: { readonly except: readonly string[] };
  }
  interface NetworkPolicy {
    readonly spec: { readonly egress: readonly { readonly to?: readonly Peer[] }[] };
  }
  const { egress } = named<NetworkPolicy>('NetworkPolicy', 'front-door-egress').spec;
  const denied = egress.flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock?.except ?? []));
  const isNAT64 = (network: string) => network.startsWith('64:ff9b:');
  const forbidden = FORBIDDEN_NETWORKS.flatMap(([, networks]) => networks);
  expect(denied.filter((network) => !isNAT64(network)).sort()).toEqual(
    forbidden.filter((network) => !isNAT64(network)).sort(),
  );
});

interface Policy {
  readonly spec: { readonly variables: readonly { readonly name: string; readonly expression: string }[] };
}

test('a route that is written by hand sets none of the headers by which a request is bound to an objective or a caller', () => {
  const { variables } = named<Policy>('ValidatingAdmissionPolicy', 'modelplane-routes').spec;
  const { expression = '' } = variables.find(({ name }) => name === 'foreignHeaders') ?? {};
  const pattern = new RegExp(/matches\('([^']+)'\)/.exec(expression)?.[1] ?? '$.');
  expect([...OBJECTIVE_HEADERS, ...FAIRNESS_HEADERS, CALLER_HEADER].filter((header) => !pattern.test(header))).toEqual(
    [],
  );
});

test('in an inference cluster every tenant namespace begins as the policy there says', () => {
  const policy = JSON.stringify(named('ValidatingAdmissionPolicy', 'modelplane', 'inference-cluster'));
  const [, prefix = '?'] = /startsWith\('([^']+)'\)/.exec(policy) ?? [];
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/), (namespace) =>
      remoteNamespace(namespace).startsWith(prefix),
    ),
  );
});
