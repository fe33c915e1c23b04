import { type CallableService, type CallerAnswer, closedSentence } from '../callers.ts';
import { columns, type Page, wrap } from './page.ts';

/** What a caller may call, and why not. */
export function callerText({ caller, note, services }: CallerAnswer, page: Page): string {
  const { strong, good, bad, dim } = page.styles;
  const rows = columns(services.map(({ service, allowed }) => [allowed ? '  may call' : '  may not call', service]));
  const lines = services.flatMap((one, index) => [
    one.allowed ? good(rows[index] ?? '') : bad(rows[index] ?? ''),
    ...wrap(sayings(one), page.width, '      ')
      .filter((line) => line.trim() !== '')
      .map(dim),
  ]);
  return [
    strong(`As ${caller}:`),
    ...(note === undefined ? [] : wrap(note, page.width, '  ')),
    ...(services.length === 0 ? ['  there is no ModelService'] : lines),
  ].join('\n');
}

/** Services that nobody may call. */
export const closedText = (services: readonly string[], page: Page): string =>
  services.flatMap((service) => wrap(closedSentence(service), page.width, '').map(page.styles.wait)).join('\n');

export const sayings = ({ allowed, limits, why = '' }: CallableService): string =>
  allowed ? (limits.length === 0 ? '' : `at most ${limits.join(', and ')}`) : why;
