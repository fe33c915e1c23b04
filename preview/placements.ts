import { type ClusterObject, statusOf } from './objects.ts';

/** What a ModelDeployment says of its placements. */
export interface PlacementStatus {
  readonly name: string;
  readonly cluster?: string;
  readonly phase: string;
  readonly replicas: { readonly desired: number; readonly ready: number };
  readonly reason: string;
}

export const placementsOf = (deployment: ClusterObject | undefined): readonly PlacementStatus[] =>
  (deployment && (statusOf(deployment).placements as PlacementStatus[] | undefined)) ?? [];

export const DEPLOYMENTS = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelDeployment' };
