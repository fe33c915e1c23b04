/** Something that the person who runs the preview has to put right: printed as one sentence, never a stack trace. */
export interface Problem {
  /** "examples/canary/service.yaml:12", or a path alone when the whole file is meant. */
  readonly where?: string;
  /** "ModelService ml-team/qwen" */
  readonly object?: string;
  readonly message: string;
}

export const formatProblem = ({ where, object, message }: Problem): string =>
  [where, object, message].filter((part) => part !== undefined && part !== '').join(': ');

export type Path = readonly (string | number)[];

/** A path as API servers write it: spec.endpoints[0].selector. */
export const formatPath = (path: Path): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : /^[A-Za-z_]\w*$/.test(part) ? `.${part}` : `[${part}]`))
    .join('')
    .replace(/^\./, '');

/** A field of an object that an API server would not take. */
export interface FieldError {
  readonly path: Path;
  readonly message: string;
}

/** A sentence that goes on behind a colon. */
export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
