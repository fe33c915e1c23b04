/** A composed object as it is to be. */
export interface Desired {
  readonly resource: object;
  readonly ready: boolean;
}
