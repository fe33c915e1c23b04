import { expect, test } from 'vitest';
import { isRefusal } from './refusals.ts';

test.each([
  'apply failed: Deployment.apps "q" is invalid: spec.template: Required value',
  'apply failed: deployments.apps "q" is forbidden: User "x" cannot patch resource',
  'apply failed: admission webhook "policy.example.com" denied the request: no',
  'apply failed: Deployment in version "v1" cannot be handled as a Deployment: unable to parse quantity’s suffix',
  'apply failed: failed to create typed patch object (mp-ml/q; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema',
  'apply failed: strict decoding error: unknown field "spec.foo"',
  'apply failed: Request entity too large: limit is 3145728',
  'observe failed: cannot get object: no matches for kind "InferenceObjective" in version "llm-d.ai/v1alpha2"',
  'observe failed: cannot get object: unable to retrieve the complete list of server APIs: keda.sh/v1alpha1: no matches for keda.sh/v1alpha1, Resource=',
  'create failed: pods "q" is forbidden: exceeded quota: gpus',
  'apply failed: Internal error occurred: failed calling webhook "w": failed to call webhook: Post "https://w.ns.svc:443/": dial tcp 10.0.0.9:443: connect: connection refused',
])('a cluster’s answer is a refusal: %s', (error) => expect(isRefusal(error)).toBe(true));

test.each([
  'observe failed: cannot get object: Get "https://10.0.0.1:6443/apis": dial tcp 10.0.0.1:6443: connect: connection refused',
  'observe failed: cannot get object: Get "https://gpu.example.com/apis": dial tcp: lookup gpu.example.com: no such host',
  'apply failed: Patch "https://10.0.0.1:6443/apis": context deadline exceeded',
  'apply failed: Patch "https://10.0.0.1:6443/apis": net/http: TLS handshake timeout',
  'apply failed: Patch "https://10.0.0.1:6443/apis": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  'apply failed: Patch "https://10.0.0.1:6443/apis": EOF',
  'observe failed: cannot get object: Unauthorized',
  'observe failed: cannot get object: the server has asked for the client to provide credentials',
  'observe failed: cannot get object: the API server of the cluster does not answer',
  'connect failed: cannot get provider config: no kubeconfig',
  'apply failed: the server is currently unable to handle the request',
  'apply failed: etcdserver: leader changed',
  'update failed: Operation cannot be fulfilled on deployments.apps "q": the object has been modified',
])('the way to it is none: %s', (error) => expect(isRefusal(error)).toBe(false));
