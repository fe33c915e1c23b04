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
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
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

/** Who makes an object, if not a user: nobody can write that by mistake, as a label can be. */
export const controllerOf = (object: { readonly metadata?: ObjectMeta }): OwnerReference | undefined =>
  object.metadata?.ownerReferences?.find(({ controller }) => controller === true);

/** Name of the ModelDeployment that composed an object. */
export const deploymentOf = (object: { readonly metadata?: ObjectMeta }): string | undefined => {
  const controller = controllerOf(object);
  return controller?.kind === 'ModelDeployment' ? controller.name : undefined;
};
