import type { KindCases, RefusedCase } from '../case.ts';

const url = 'https://api.groq.com/openai/v1';
/** Some base64; whether it is a certificate is for the function to say. */
const caBundle = 'Y2E=';

const refusedUrl = (name: string, given: string, says: string): RefusedCase => ({
  name,
  spec: { url: given },
  at: 'spec.url',
  says,
  instead: { url },
});

const refusedRewrite = (name: string, rewritePath: string, says: string): RefusedCase => ({
  name,
  spec: { url, rewritePath },
  at: 'spec.rewritePath',
  says,
  instead: { url, rewritePath: '/ml/x' },
});

const refusedBase = (name: string, basePath: string, says: string): RefusedCase => ({
  name,
  spec: { url, basePath },
  at: 'spec.basePath',
  says,
  instead: { url, basePath: '/' },
});

export const MODEL_ENDPOINT: KindCases = {
  kind: 'ModelEndpoint',
  namespaced: true,
  name: 'judged',
  accepted: [
    { name: 'an https url with a path', spec: { url } },
    { name: "the original's own", spec: { url: 'http://10.0.0.7', rewritePath: '/default/qwen-demo/' } },
    { name: "OpenAI's API at a root", spec: { url: 'https://h.example', basePath: '/' } },
    {
      name: 'an authority',
      spec: { url: 'https://h.example', tls: { caCertificateRef: { kind: 'Secret', name: 'ca' } } },
    },
  ],
  refused: [
    refusedUrl('user info in a url', 'https://me:sk@h.example', 'must not carry user info'),
    refusedUrl('another scheme', 'ftp://h.example', 'must begin with http:// or https://'),
    refusedUrl('a query', 'https://h.example?x=1', 'without a query or a fragment'),
    refusedUrl('an escape in a url', 'https://h.example/a%2fb', 'must not carry percent-escapes'),
    refusedUrl('a url without a host', 'https:///v1', 'needs a host, such as https://api.groq.com/openai/v1'),
    refusedRewrite('a rewritePath without a slash', 'v1', 'must begin with /'),
    refusedRewrite('a rewritePath with an escape', '/a%2f', 'no percent-escapes'),
    refusedRewrite('a rewritePath that climbs', '/ml/../x', 'must not hold //, /./ or /../'),
    refusedBase('a basePath without a slash', 'v1', 'must begin with /'),
    refusedBase('a basePath with an escape', '/a%2f', 'may hold letters, digits and'),
    refusedBase('a basePath with an empty element', '/a//b', 'between single slashes'),
    refusedBase('a basePath that climbs', '/ml/../x', 'must not hold /. or /..'),
    {
      name: 'TLS settings of an http url',
      spec: { url: 'http://h.example', tls: { hostname: 'x.example' } },
      at: 'spec',
      says: 'tls applies to an https url; write url with https://, or remove tls',
      instead: { url: 'https://h.example', tls: { hostname: 'x.example' } },
    },
    {
      name: 'TLS settings that say nothing',
      spec: { url, tls: {} },
      at: 'spec.tls',
      says: 'needs hostname, an authority (caBundle or caCertificateRef) or both',
      instead: { url, tls: { hostname: 'x.example' } },
    },
    {
      name: 'an authority given twice',
      spec: { url, tls: { caBundle, caCertificateRef: { kind: 'ConfigMap', name: 'ca' } } },
      at: 'spec.tls',
      says: 'takes caBundle or caCertificateRef, not both',
      instead: { url, tls: { caBundle } },
    },
  ],
};
