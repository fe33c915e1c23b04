import { describe, expect, test } from 'vitest';
import { atLeast, isBelow } from './version.ts';

describe('a declared version', () => {
  test.each([
    { name: 'that is the floor stays', version: '41.3.0', want: '41.3.0' },
    { name: 'above the floor stays', version: '41.10.2', want: '41.10.2' },
    { name: 'of a later major stays', version: '100.0.0', want: '100.0.0' },
    { name: 'loses its v, which a chart version has not', version: 'v41.4.0', want: '41.4.0' },
    { name: 'below the floor is raised', version: '40.2.0', want: '41.3.0' },
    { name: 'below it by its minor alone is raised', version: '41.2.9', want: '41.3.0' },
    { name: 'that is a prerelease of the floor is raised', version: '41.3.0-rc.1', want: '41.3.0' },
    { name: 'that is a later prerelease stays', version: '41.4.0-rc.1', want: '41.4.0-rc.1' },
  ])('$name', ({ version, want }) => {
    expect(atLeast(version, '41.3.0')).toBe(want);
    expect(isBelow(version, '41.3.0')).toBe(want === '41.3.0' && version !== '41.3.0');
  });
});
