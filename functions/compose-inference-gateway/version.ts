/** The higher of two versions such as v41.3.0; a prerelease is below its release. Without a leading v. */
export function atLeast(version: string, floor: string): string {
  const [numbers, least] = [parts(version), parts(floor)];
  const first = numbers.findIndex((number, index) => number !== least[index]);
  const below = first === -1 ? false : (numbers[first] ?? 0) < (least[first] ?? 0);
  return below ? floor : version.replace(/^v/, '');
}

/** Whether a version is below the floor, and is not what is installed. */
export const isBelow = (version: string, floor: string): boolean =>
  atLeast(version, floor) !== version.replace(/^v/, '');

/** Major, minor and patch, and 0 for a prerelease of them or 1 for the release. */
function parts(version: string): readonly number[] {
  const [release = '', prerelease] = version.replace(/^v/, '').split('-', 2);
  const [major = 0, minor = 0, patch = 0] = release.split('.').map(Number);
  return [major, minor, patch, prerelease === undefined ? 1 : 0];
}
