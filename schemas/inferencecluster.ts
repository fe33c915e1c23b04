// Generated from apis/ by `npm run generate`; edit the definition there.

/**
 * A Kubernetes cluster with GPUs that ModelDeployments may be placed on. Its labels are what a placement's clusterSelector matches.
 */
export interface InferenceCluster {
  apiVersion: 'modelplane.ai/v1alpha1';
  kind: 'InferenceCluster';
  metadata: import('#shared/kubernetes.ts').ObjectMeta;
  /**
   * How the cluster is reached and what may be placed there.
   */
  spec: {
    /**
     * Secret with a kubeconfig for an identity that has the role of the install page in that cluster, and no more.
     */
    kubeconfigSecretRef: {
      /**
       * Namespace of the Secret.
       */
      namespace: string;
      /**
       * Name of the Secret.
       */
      name: string;
      /**
       * Key in the Secret.
       */
      key: string;
    };
    /**
     * The Gateway in that cluster that inference traffic enters by.
     */
    gateway: {
      /**
       * Name of the Gateway.
       */
      name: string;
      /**
       * Namespace of the Gateway.
       */
      namespace: string;
      /**
       * IP address or full name at which the front door reaches that Gateway, without a port, where it is not the first address of the Gateway's status. It is the platform team's own word, so it may be in a network that endpoints are denied.
       */
      address?: string;
      /**
       * Port of that Gateway; 80, or 443 with tls, when left out.
       */
      port?: number;
      /**
       * Speaks TLS from the front door to that Gateway.
       */
      tls?: {
        /**
         * The name in the Gateway's certificate, sent as SNI and as Host.
         */
        hostname: string;
        /**
         * The authorities that may have signed the certificate, as PEM in base64; the system's when this and caCertificateRef are left out.
         */
        caBundle?: string;
        /**
         * The authority that signed the certificate, in key ca.crt, where an object of this name is in each namespace that is served there, as trust-manager puts it.
         */
        caCertificateRef?: {
          /**
           * Kind of the object.
           */
          kind: 'ConfigMap' | 'Secret';
          /**
           * Name of the object.
           */
          name: string;
        };
      };
      /**
       * Which gateway it is, because some need objects beside every InferencePool; recognised by the controllerName of its GatewayClass when left out. Other composes nothing beside a pool: whatever that gateway needs there is brought by whoever runs the cluster.
       */
      implementation?: 'EnvoyAIGateway' | 'Istio' | 'GKE' | 'Agentgateway' | 'Other';
      /**
       * The pods that pass requests on for that Gateway. With it a NetworkPolicy per placement lets in them, metricsCollectors and the tenant's own pods, and nobody else; without it none is composed, and every pod of the cluster reaches every engine.
       */
      proxies?: {
        /**
         * Namespace of the pods.
         */
        namespace: string;
        /**
         * Labels that the pods have, all of them.
         */
        labels: {
          [k: string]: string;
        };
        /**
         * Name of a PodDisruptionBudget beside the pods with these labels as its selector. It counts them, so that condition ProxiesFound says whether there are any.
         */
        disruptionBudget?: string;
      };
    };
    /**
     * The pods that read the metrics of engines and pickers, such as Prometheus, where spec.gateway.proxies keeps others out.
     *
     * @maxItems 8
     */
    metricsCollectors?: {
      /**
       * Namespace of the pods.
       */
      namespace: string;
      /**
       * Labels that the pods have, all of them.
       */
      labels: {
        [k: string]: string;
      };
    }[];
    /**
     * The pods of KEDA's operator, which read what pickers say of their engines where a deployment has scaling, and which spec.gateway.proxies would keep out. Those labelled app=keda-operator in namespace keda where nothing is said. With prometheus KEDA asks that instead.
     */
    keda?: {
      /**
       * Namespace of the pods.
       */
      namespace: string;
      /**
       * Labels that the pods have, all of them.
       */
      labels: {
        [k: string]: string;
      };
    };
    /**
     * A Prometheus that has the metrics of the cluster's pickers. KEDA then asks it how busy engines are, and not the pickers themselves.
     */
    prometheus?: {
      /**
       * Its URL as KEDA reaches it in that cluster, such as http://prometheus.monitoring:9090.
       */
      serverAddress: string;
    };
    /**
     * Which family of endpoint pickers the cluster's API serves: it decides the API group of InferenceObjectives, and the picker's image, flags and configuration. gie is the Gateway API inference extension up to 1.5, which GKE serves as well.
     */
    pickerFamily: 'llm-d' | 'gie';
    /**
     * What the platform team says of the endpoint pickers in this cluster. The Gateway goes where a picker says, so whose image that is, is not a tenant's to decide.
     */
    picker?: {
      /**
       * Image of the pickers, in place of the one that the picker family has: a registry's mirror, or another version.
       */
      image?: string;
      /**
       * Images that a ModelDeployment may choose instead, by its endpointPicker.image. None when left out.
       *
       * @maxItems 64
       */
      allowedImages?: string[];
      /**
       * Whether pickers speak TLS to the Gateway. When left out, as the Gateway's controller expects.
       */
      secureServing?: boolean;
      /**
       * What a picker needs and may use at most, where its deployment does not say so.
       */
      resources?: {
        /**
         * Amounts by resource, such as cpu.
         */
        requests?: {
          [k: string]: number | string;
        };
        /**
         * Amounts by resource, such as cpu.
         */
        limits?: {
          [k: string]: number | string;
        };
      };
      /**
       * Labels that a node must carry.
       */
      nodeSelector?: {
        [k: string]: string;
      };
      /**
       * Taints that pickers put up with.
       *
       * @maxItems 32
       */
      tolerations?: {
        /**
         * The taint.
         */
        key?: string;
        /**
         * How it compares.
         */
        operator?: 'Exists' | 'Equal';
        /**
         * With what.
         */
        value?: string;
        /**
         * Which effect of it.
         */
        effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
        /**
         * For how long.
         */
        tolerationSeconds?: number;
      }[];
      /**
       * Secrets to fetch the image with, where an object of this name is in each namespace of a tenant in that cluster.
       *
       * @maxItems 8
       */
      imagePullSecrets?: {
        /**
         * Name of the Secret.
         */
        name: string;
      }[];
    };
    /**
     * PriorityClass in that cluster for the engines of a deployment, by its criticality.
     */
    priorityClasses?: {
      /**
       * Name of a PriorityClass in that cluster.
       */
      Critical?: string;
      /**
       * Name of a PriorityClass in that cluster.
       */
      High?: string;
      /**
       * Name of a PriorityClass in that cluster.
       */
      Standard?: string;
      /**
       * Name of a PriorityClass in that cluster.
       */
      Sheddable?: string;
      /**
       * Name of a PriorityClass in that cluster.
       */
      BestEffort?: string;
    };
    /**
     * Takes no new placements. Those that are there stay.
     */
    cordoned: boolean;
    /**
     * Placements that a selector put here move to another cluster, which serves before this one is left; placements that name this cluster only lose their traffic.
     */
    draining: boolean;
  };
  /**
   * How the cluster is reached.
   */
  status?: {
    /**
     * Provider configuration for Objects in this cluster.
     */
    providerConfigRef?: {
      /**
       * Kind of the provider configuration.
       */
      kind?: string;
      /**
       * Name of the provider configuration.
       */
      name?: string;
    };
    /**
     * The Gateway that the routes of placements name: the last one that was accepted and seen, so that a spec that is refused, or names a Gateway that is not there, moves no route.
     */
    parentRef?: {
      /**
       * Name of the Gateway.
       */
      name: string;
      /**
       * Namespace of the Gateway.
       */
      namespace: string;
    };
    /**
     * The pods that pass on what comes to that Gateway, as spec.gateway.proxies had them.
     */
    proxies?: {
      /**
       * Namespace of the pods.
       */
      namespace: string;
      /**
       * Labels that the pods have.
       */
      labels: {
        [k: string]: string;
      };
    };
    /**
     * What the Gateway reports beside gateway.address, because endpoints at any of them are held to their own namespace's paths.
     */
    addresses?: string[];
    /**
     * Where the front door sends requests for this cluster.
     */
    gateway?: {
      /**
       * IP address or name.
       */
      address?: string;
      /**
       * Port.
       */
      port?: number;
      /**
       * Speaks TLS from the front door to that Gateway.
       */
      tls?: {
        /**
         * The name in the Gateway's certificate, sent as SNI and as Host.
         */
        hostname: string;
        /**
         * The authorities that may have signed the certificate, as PEM in base64; the system's when this and caCertificateRef are left out.
         */
        caBundle?: string;
        /**
         * The authority that signed the certificate, in key ca.crt, where an object of this name is in each namespace that is served there, as trust-manager puts it.
         */
        caCertificateRef?: {
          /**
           * Kind of the object.
           */
          kind: 'ConfigMap' | 'Secret';
          /**
           * Name of the object.
           */
          name: string;
        };
      };
      /**
       * The address is that of spec.gateway.address, and not what the Gateway reports.
       */
      declared?: boolean;
      /**
       * GatewayClass of the Gateway, because some refuse what others need.
       */
      className?: string;
      /**
       * Controller of that GatewayClass.
       */
      controllerName?: string;
      /**
       * Which gateway it is, as spec.gateway.implementation has it, or Unknown.
       */
      implementation?: string;
    };
  };
}
