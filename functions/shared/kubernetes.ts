/** What every Kubernetes object has, as far as a composition function reads it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A condition as Kubernetes writes it into a status. */
export interface StatusCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

export const nameOf = (object: { readonly metadata?: ObjectMeta }): string => object.metadata?.name ?? '';
export const namespaceOf = (object: { readonly metadata?: ObjectMeta }): string => object.metadata?.namespace ?? '';
