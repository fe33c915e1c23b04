import type { IScaledObject, IScaleTriggers } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { FAMILIES } from '../picker/family.ts';
import { METRICS_PORT } from '../picker/picker.ts';
import { type Cluster, namespaceAt, pickerName, poolName, remoteLabels, type Site } from '../site.ts';
import type { Scaling } from './scaling.ts';

/** How often KEDA looks. Each look at busy engines is an event on the deployment, of the 60 a minute that it may have. */
const POLLING_SECONDS = 30;

/** Looks in vain after which the number of engines stays as it is. */
const FAILURES = 3;

/** What KEDA is asked for: its own HorizontalPodAutoscaler then owns the engines' replicas. */
export function scaledObject(site: Site, cluster: Cluster, scaling: Scaling): IScaledObject {
  const { min, max, windowSeconds } = scaling;
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: poolName(site), namespace: namespaceAt(site), labels: remoteLabels(site) },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: poolName(site) },
      minReplicaCount: min,
      maxReplicaCount: max,
      pollingInterval: POLLING_SECONDS,
      // Where nobody says how busy engines are, none is taken away.
      fallback: { failureThreshold: FAILURES, replicas: min, behavior: 'currentReplicasIfHigher' },
      advanced: {
        horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: windowSeconds } } },
      },
      triggers: [trigger(site, cluster, scaling)],
    },
  };
}

/** A mean over the engines, so that its ratio to the target is that of the engines that there should be. */
function trigger(site: Site, { spec }: Cluster, { measure, target }: Scaling): IScaleTriggers {
  const metric = `${FAMILIES[spec.pickerFamily].load[measure]}{name="${poolName(site)}"}`;
  if (spec.prometheus === undefined)
    return {
      type: 'metrics-api',
      metricType: 'Value',
      metadata: {
        url: `http://${pickerName(site)}.${namespaceAt(site)}.svc:${METRICS_PORT}/metrics`,
        format: 'prometheus',
        valueLocation: metric,
        targetValue: `${target}`,
      },
    };
  return {
    type: 'prometheus',
    metricType: 'Value',
    metadata: {
      serverAddress: spec.prometheus.serverAddress,
      // While a picker is replaced there are two who say it.
      query: `max(${metric})`,
      threshold: `${target}`,
      // What Prometheus does not know is no zero: engines would be taken away.
      ignoreNullValues: 'false',
    },
  };
}
