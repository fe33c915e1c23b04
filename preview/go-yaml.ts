import type { ScalarTag } from 'yaml';

/**
 * The plain words that Kubernetes' YAML parser takes for something else than text (go-yaml v2, resolve.go): it is YAML
 * 1.1 in that y, n, yes, no, on and off are booleans and 010 is 8, but dates, times of day and e0 are text.
 */
export const GO_YAML: ScalarTag[] = [
  {
    tag: 'tag:yaml.org,2002:null',
    default: true,
    test: /^(?:~|[Nn]ull|NULL)?$/,
    resolve: () => null,
  },
  {
    tag: 'tag:yaml.org,2002:bool',
    default: true,
    test: /^(?:[YyNn]|[Yy]es|YES|[Nn]o|NO|[Tt]rue|TRUE|[Ff]alse|FALSE|[Oo]n|ON|[Oo]ff|OFF)$/,
    resolve: (word) => /^(?:y|t|on)/i.test(word),
  },
  {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    test: /^[-+]?(?:0[xX][\da-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|0|[1-9][\d_]*)$/,
    resolve: (word) => toInteger(word.replaceAll('_', '')),
  },
  {
    tag: 'tag:yaml.org,2002:float',
    default: true,
    test: /^[-+]?(?:\.\d[\d_]*|\d[\d_]*(?:\.[\d_]*)?)(?:[eE][-+]?\d+)?$/,
    resolve: (word) => Number(word.replaceAll('_', '')),
  },
];

function toInteger(word: string): number {
  const [, sign = '', digits = ''] = /^([-+]?)(.*)$/.exec(word) ?? [];
  const value = Number(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  return sign === '-' ? -value : value;
}
