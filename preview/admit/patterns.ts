/** What a pattern of a schema allows, in words, with an example. */
interface Shape {
  readonly words: string;
  readonly example: string;
}

const ENDS = 'beginning and ending with a letter or digit';

/** By pattern, those of our XRDs and of the Gateway API that people meet. */
const SHAPES: Readonly<Record<string, Shape>> = {
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$': { words: `lower-case letters, digits and -, ${ENDS}`, example: 'us-east' },
  '^[a-z]([-a-z0-9]*[a-z0-9])?$': {
    words: 'lower-case letters, digits and -, beginning with a letter and ending with a letter or digit',
    example: 'engines',
  },
  '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$': {
    words: `lower-case letters, digits, - and ., ${ENDS}`,
    example: 'qwen-critical',
  },
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$': {
    words: `names of lower-case letters, digits and -, each ${ENDS}, with dots between them`,
    example: 'us-east.example.com',
  },
  '^([*][.])?[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$': {
    words: `names of lower-case letters, digits and -, each ${ENDS}, with dots between them and maybe *. before them`,
    example: '*.example.com',
  },
  '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$': {
    words: `letters, digits, -, _ and ., ${ENDS}, or nothing`,
    example: 'ml-team',
  },
  '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$': {
    words: `letters, digits, -, _ and ., ${ENDS}, or nothing`,
    example: 'ml-team',
  },
  '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$': {
    words: `[domain/]name with at most 63 letters, digits, -, _ and . in the name, ${ENDS}`,
    example: 'kubernetes.io/metadata.name',
  },
  '^v?[0-9]{1,6}[.][0-9]{1,6}[.][0-9]{1,6}(-[0-9A-Za-z.-]+)?$': {
    words: 'a version of three numbers',
    example: '41.4.0',
  },
  '^[0-9A-Fa-f.:]+( ?- ?[0-9A-Fa-f.:]+|/[0-9]{1,3})$': {
    words: 'a range of addresses or a network',
    example: '172.18.255.200-172.18.255.250 or 172.18.255.0/24',
  },
  '^https://[^\\s/?#@]+([/?][^\\s#]*)?$': {
    words: 'a URL that begins with https://, without user, fragment or spaces',
    example: 'https://login.example.com/keys',
  },
  '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?|\\[[0-9a-fA-F:.]+\\]):[0-9]{1,5}$': {
    words: 'host:port, the host in lower case',
    example: 'redis.databases.svc:6379',
  },
  '^[1-9][0-9]{0,14}([.][0-9]{1,3})?(k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$': {
    words: 'a number of bytes, or one with k, M, G, T, P, Ki, Mi, Gi, Ti or Pi behind it',
    example: '100Gi',
  },
  '^[0-9]{1,3}%$': { words: 'a number without quotes, or a percentage of up to three digits', example: '25%' },
  '^(100|[0-9]{1,2})%$': { words: 'a number without quotes, or a percentage up to 100%', example: '25%' },
};

/** What a value must be that a pattern refuses. A pattern that has no words here speaks for itself. */
export function shapeOf(pattern: string): string {
  const shape = SHAPES[pattern.replaceAll('\\.', '[.]').replaceAll('\\*', '[*]').replaceAll('\\d', '[0-9]')];
  return shape ? `be ${shape.words}, such as ${shape.example}` : `match ${pattern}`;
}
