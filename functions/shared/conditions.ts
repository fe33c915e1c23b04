/**
 * Every condition type that our kinds report, with the reasons it may carry: one table, so that an operator can look
 * a reason up, and a pair that is not in it does not compile. What each means to a user is in docs/conditions.md.
 */
export const REASONS = {
  // Every kind: whether what its spec wants is carried out.
  SpecAccepted: [
    'Accepted',
    'InvalidURL',
    'InvalidTLS',
    'InvalidAddress',
    'InvalidSelector',
    'InvalidTemplate',
    'InvalidPicker',
    'InvalidScaling',
    'InvalidCache',
    'NotAllowed',
    'NameTaken',
  ],
  // InferenceGateway
  ControllerReady: [
    'ControllerAvailable',
    'BroughtByUser',
    'CRDsMissing',
    'CRDsTooOld',
    'Installing',
    'NothingAccepted',
  ],
  GatewayReady: [
    'Programmed',
    'WaitingForController',
    'WaitingForGateway',
    'WaitingForAddress',
    'ListenersNotValid',
    'GatewayNotFound',
    'UnsupportedGatewayClass',
    'WaitingForConnection',
    'CRDsMissing',
    'NothingAccepted',
  ],
  VersionRaised: ['BelowSafeFloor', 'AsDeclared'],
  AuthenticationReady: ['Enforced', 'RollingOut', 'WaitingForVerifier', 'AnybodyIsLetIn'],
  // InferenceCluster
  Connected: ['Connected', 'Connecting', 'CannotConnect', 'NobodyLooks'],
  Owned: ['Owned', 'OwnedByAnother', 'Claiming'],
  ProxiesFound: ['Found', 'NoneFound', 'NotCounted'],
  GatewayRecognized: ['Recognized', 'Declared', 'UnknownController', 'ClassNotReadable'],
  // ModelEndpoint and ModelService
  RoutingReady: [
    'BackendConfigured',
    'WaitingForBackend',
    'InvalidURL',
    'InvalidTLS',
    'Forbidden',
    'RouteConfigured',
    'WaitingForGateway',
    'WaitingForRoute',
    'WaitingForEndpoints',
    'RouteNotAccepted',
    'BackendsNotResolved',
    'HoldingLastRoute',
    'ServiceDisabled',
    'EnginesAskKeys',
  ],
  EndpointsResolved: ['Resolved', 'SomeEntriesEmpty', 'NoEndpoints', 'NoneUsable', 'TooManyEndpoints'],
  // ModelDeployment
  PlacementsScheduled: ['Scheduled', 'NoClusterMatches', 'SomeUnscheduled', 'NothingAccepted'],
  ScalingReady: [
    'Scaling',
    'Starting',
    'HandingOver',
    'KEDAMissing',
    'MetricsMissing',
    'Paused',
    'CannotScale',
    'EnginesRefused',
    'Unknown',
    'NotWanted',
  ],
  PickerMetrics: ['Readable', 'Unreadable', 'NotNeeded'],
  SecretsReady: ['Brought', 'Bringing', 'NotFound', 'KeyNotFound', 'InvalidType', 'NotTaken', 'NotHidden'],
  CacheReady: ['Filled', 'FilledByEngines', 'Filling', 'Failing', 'StorageClassNotFound', 'NotTaken'],
  PlacementsReady: ['Ready', 'Progressing', 'SomeNotReady', 'ScaledToZero', 'Unknown', 'NothingAccepted'],
} as const;

export type ConditionType = keyof typeof REASONS;
export type Reason<T extends ConditionType> = (typeof REASONS)[T][number];

export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  /** For a person: what is so, and, unless all is well, what to do. Never a time or a counter that churns. */
  readonly message: string;
}

export function condition<T extends ConditionType>(
  type: T,
  status: Condition['status'],
  reason: Reason<T>,
  message: string,
): Condition {
  return { type, status, reason, message };
}
