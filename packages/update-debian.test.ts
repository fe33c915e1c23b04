import { describe, expect, test } from 'vitest';
import { parseUri } from './update-debian.ts';

describe('parseUri', () => {
  test.each([
    {
      name: 'a package of a release',
      line: "'http://mirror.example/debian/pool/main/g/gcc-12/libstdc%2b%2b6_12.2.0-14%2bdeb12u1_arm64.deb' libstdc++6_12.2.0-14+deb12u1_arm64.deb 556608 SHA256:26e1",
      want: {
        name: 'libstdc++6',
        version: '12.2.0-14+deb12u1',
        path: 'debian/pool/main/g/gcc-12/libstdc%2b%2b6_12.2.0-14%2bdeb12u1_arm64.deb',
        sha256: '26e1',
      },
    },
    {
      name: 'a security update, whose version has an epoch',
      line: "'http://mirror.example/x/debian-security/pool/updates/main/g/glibc/libc6_2.36-9_amd64.deb' libc6_1%3a2.36-9_amd64.deb 1 SHA256:01f4",
      want: {
        name: 'libc6',
        version: '1:2.36-9',
        path: 'debian-security/pool/updates/main/g/glibc/libc6_2.36-9_amd64.deb',
        sha256: '01f4',
      },
    },
  ])('$name', ({ line, want }) => expect(parseUri(line)).toEqual(want));

  test('what it does not understand stops the update', () => {
    expect(() => parseUri('E: Unable to locate package libc6')).toThrow('apt-get printed something unexpected');
  });
});
