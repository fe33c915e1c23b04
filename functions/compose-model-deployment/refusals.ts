/** What provider-kubernetes says of a way to an API server that it could not go: its own errors, and those of Go's net/http. */
const NO_WAY = [
  /^connect failed/,
  /\b(Get|Post|Put|Patch|Delete|Head) "?https?:\/\//,
  /\bdial (tcp|udp)\b|connection (refused|reset)|broken pipe|no such host|no route to host|network is unreachable/,
  /i\/o timeout|context deadline exceeded|context canceled|client connection lost|GOAWAY|\bEOF\b/,
  /timed out|unreachable|does not answer/,
  /TLS handshake|\btls: |x509: |proxyconnect/,
];

/** Answers about the API server itself, or about a race: the same apply may be taken a moment later. */
const NOT_NOW = [
  /\bUnauthorized\b|asked for the client to provide credentials/,
  /currently unable to handle the request|unable to return a response in the time allotted|request did not complete within/,
  /too many requests|etcdserver: |apiserver not ready|storage is \(re\)initializing/,
  /the object has been modified/,
];

/** An answer that tells of somebody's own way elsewhere: an admission webhook that cannot be reached. */
const ANSWERED = /Internal error occurred|calling webhook/;

/**
 * Whether a cluster's API server answered that it will not have an object as it is now. Every answer says so, whatever its
 * words: an unknown kind alone has two wordings. Only an error on the way to it does not, for what it took before may well
 * be as it should.
 */
export const isRefusal = (error: string): boolean =>
  !NOT_NOW.some((pattern) => pattern.test(error)) &&
  (ANSWERED.test(error) || !NO_WAY.some((pattern) => pattern.test(error)));
