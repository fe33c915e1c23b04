import { deepStrictEqual } from 'node:assert';
import type { Printed } from './official.ts';

/**
 * Undefined where both say the same: documents that are equal as data and in the same order, or the same error. Else
 * the difference, for a person to read.
 */
export function difference(ours: Printed, theirs: Printed): string | undefined {
  if ('error' in ours || 'error' in theirs) return errorDifference(ours, theirs);
  try {
    deepStrictEqual(ours.documents, theirs.documents);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `+ preview, - crossplane\n${error.message.split('\n').slice(3).join('\n')}`;
  }
}

/** Crossplane wraps an error on its way out, so ours has to be the end of it. */
function errorDifference(ours: Printed, theirs: Printed): string | undefined {
  const [own, other] = [ours, theirs].map((printed) =>
    'error' in printed ? printed.error : 'rendered without an error',
  );
  return own !== undefined && other?.endsWith(own) ? undefined : `preview:    ${own}\ncrossplane: ${other}`;
}
