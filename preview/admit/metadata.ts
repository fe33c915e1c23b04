import { isRecord } from '../objects.ts';
import type { FieldError, Path } from '../problem.ts';
import { closest, list, quote } from './words.ts';

/** RFC 1123, as Kubernetes reads it. */
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
/** A role's name may hold colons and more: it is one element of a path, and nothing else. */
const PATH_ELEMENT = /^(?!\.{1,2}$)[^/%]+$/;

const MAX_NAME = 253;
const MAX_LABEL = 63;

const FIELDS = [
  'annotations',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'labels',
  'managedFields',
  'name',
  'namespace',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** What an API server finds wrong with apiVersion, kind and metadata, whatever the kind. */
export function metadataErrors(object: Readonly<Record<string, unknown>>): FieldError[] {
  const { metadata } = object;
  const missing = ['apiVersion', 'kind'].flatMap((field) => wordErrors(object[field], [field]));
  if (!isRecord(metadata)) return [...missing, { path: ['metadata', 'name'], message: 'is required' }];
  return [
    ...missing,
    ...nameErrors(metadata.name, String(object.kind)),
    ...namespaceErrors(metadata.namespace),
    ...mapErrors(metadata.labels, 'labels', labelValueError),
    ...mapErrors(metadata.annotations, 'annotations', () => undefined),
    ...unknownFields(metadata),
  ];
}

/** What must be there, and be text. */
function wordErrors(word: unknown, path: Path): FieldError[] {
  if (word === undefined || word === null || word === '') return [{ path, message: 'is required' }];
  return typeof word === 'string' ? [] : [{ path, message: notText(word) }];
}

const notText = (value: unknown): string =>
  `must be text, not ${quote(value)}${typeof value === 'object' ? '' : '; write it in quotes'}`;

function nameErrors(name: unknown, kind: string): FieldError[] {
  const path = ['metadata', 'name'];
  if (typeof name !== 'string' || name === '') return wordErrors(name, path);
  if (/^(Cluster)?Role(Binding)?$/.test(kind))
    return PATH_ELEMENT.test(name) ? [] : [{ path, message: `must not hold / or %, and is ${quote(name)}` }];
  if (name.length > MAX_NAME)
    return [{ path, message: `must have at most ${MAX_NAME} characters, and has ${name.length}` }];
  const shape = 'lower-case letters, digits, - and ., beginning and ending with a letter or digit';
  return SUBDOMAIN.test(name) ? [] : [{ path, message: `must be ${shape}, not ${quote(name)}` }];
}

function namespaceErrors(namespace: unknown): FieldError[] {
  if (namespace === undefined || namespace === null || namespace === '') return [];
  const path = ['metadata', 'namespace'];
  if (typeof namespace !== 'string') return [{ path, message: notText(namespace) }];
  const ok = namespace.length <= MAX_LABEL && LABEL.test(namespace);
  const shape = `at most ${MAX_LABEL} lower-case letters, digits and -, beginning and ending with a letter or digit`;
  return ok ? [] : [{ path, message: `must be ${shape}, not ${quote(namespace)}` }];
}

function mapErrors(map: unknown, field: string, valueError: (value: string) => string | undefined): FieldError[] {
  if (map === undefined || map === null) return [];
  if (!isRecord(map)) return [{ path: ['metadata', field], message: `must be an object, not ${quote(map)}` }];
  return Object.entries(map).flatMap(([key, value]) => {
    const path = ['metadata', field, key];
    const keyError = qualifiedNameError(key);
    if (keyError) return [{ path, message: keyError }];
    if (typeof value !== 'string') return [{ path, message: notText(value) }];
    const message = valueError(value);
    return message ? [{ path, message }] : [];
  });
}

function qualifiedNameError(key: string): string | undefined {
  const [name = '', prefix, ...more] = key.split('/').reverse();
  const ok = more.length === 0 && name.length <= MAX_LABEL && QUALIFIED.test(name);
  if (ok && (prefix === undefined || SUBDOMAIN.test(prefix))) return undefined;
  return `has a key that is not [domain/]name with at most ${MAX_LABEL} letters, digits, -, _ and . in the name`;
}

const labelValueError = (value: string): string | undefined =>
  value === '' || (value.length <= MAX_LABEL && QUALIFIED.test(value))
    ? undefined
    : `must be at most ${MAX_LABEL} letters, digits, -, _ and ., beginning and ending with a letter or digit, not ${quote(value)}`;

const unknownFields = (metadata: Readonly<Record<string, unknown>>): FieldError[] =>
  Object.keys(metadata)
    .filter((field) => !FIELDS.includes(field))
    .map((field) => {
      const meant = closest(field, FIELDS);
      const wayOut = meant
        ? `did you mean ${meant}?`
        : `the usual fields are ${list(['name', 'namespace', 'labels', 'annotations'])}`;
      return { path: ['metadata', field], message: `is not a field; ${wayOut}` };
    });
