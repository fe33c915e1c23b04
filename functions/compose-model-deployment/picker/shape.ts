/** What a value must look like: a word for a scalar, a list of something, or an object with known fields. */
export type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  /** A number, or a string such as 2Gi. */
  | 'quantity'
  /** Whatever somebody else reads. */
  | 'anything'
  | { readonly list: Shape }
  | { readonly fields: Readonly<Record<string, Shape>>; readonly required?: readonly string[] };

/** The first thing about a value that does not fit its shape, as a sentence without a full stop. */
export function misfit(value: unknown, shape: Shape, path: string): string | undefined {
  if (typeof shape === 'string') return scalarMisfit(value, shape, path);
  if ('list' in shape) return listMisfit(value, shape.list, path);
  return fieldsMisfit(value, shape.fields, shape.required ?? [], path);
}

function scalarMisfit(value: unknown, shape: Extract<Shape, string>, path: string): string | undefined {
  const type = typeof value;
  const fits = shape === 'anything' || (shape === 'quantity' ? type === 'string' || type === 'number' : type === shape);
  return fits ? undefined : `${path} is ${JSON.stringify(value)}, and must be a ${shape}`;
}

function listMisfit(value: unknown, shape: Shape, path: string): string | undefined {
  if (!Array.isArray(value)) return `${path} must be a list`;
  return first(value.map((item, index) => misfit(item, shape, `${path}[${index}]`)));
}

function fieldsMisfit(
  value: unknown,
  fields: Readonly<Record<string, Shape>>,
  required: readonly string[],
  path: string,
): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${path} must be an object`;
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `${path} needs ${missing}`;
  return first(
    Object.entries(value).map(([name, field]) => {
      const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
      return shape === undefined
        ? `${path}.${name} is not a known field; there are: ${Object.keys(fields).join(', ')}`
        : misfit(field, shape, `${path}.${name}`);
    }),
  );
}

const first = (problems: readonly (string | undefined)[]): string | undefined =>
  problems.find((problem) => problem !== undefined);
