// Generated from apis/ by `npm run generate`; edit the definition there.

/**
 * The one front door of a control plane: the address under which every ModelService and ModelDeployment is served, at /<namespace>/<name>/v1. Without spec.authentication it lets anybody in; put it where only callers that you trust can reach it then. There is one, and its name is default.
 */
export interface InferenceGateway {
  apiVersion: 'modelplane.ai/v1alpha1';
  kind: 'InferenceGateway';
  metadata: import('#shared/kubernetes.ts').ObjectMeta;
  /**
   * How the front door is installed, or which existing Gateway it is.
   */
  spec: {
    /**
     * The gateway implementation. Traefik is the one that rewrites a path per backend.
     */
    backend: 'Traefik';
    /**
     * How Traefik is installed. It has no effect beside gatewayRef.
     */
    traefik: {
      /**
       * Version of the Traefik Helm chart, such as 41.4.0. A version below 41.3.0 (Traefik 3.7.11) lets a client out of its own path, so it is raised to that one, and condition VersionRaised says so.
       */
      version: string;
      /**
       * How many Traefik pods run. A node that is drained, or a rollout, takes one at a time.
       */
      replicas: number;
      /**
       * Load balancer to install for Traefik's Service. Leave it out where the cluster has one, as clouds do; MetalLB is for kind and bare metal.
       */
      loadBalancer?: 'MetalLB';
      /**
       * MetalLB's settings, with loadBalancer MetalLB.
       */
      metallb?: {
        /**
         * Addresses that MetalLB may give out, such as 172.18.255.200-172.18.255.250 or a CIDR.
         */
        addressPool: string;
      };
      /**
       * Traefik's Service, which is of type LoadBalancer.
       */
      service?: {
        /**
         * Annotations by which a cloud's load balancer is told what to be, such as service.beta.kubernetes.io/aws-load-balancer-scheme: internal.
         */
        annotations?: {
          [k: string]: string;
        };
        /**
         * Networks that may reach the front door, where the load balancer can hold to that.
         *
         * @maxItems 256
         */
        loadBalancerSourceRanges?: string[];
      };
    };
    /**
     * The name that clients use, such as models.example.com. Requests for other names get 404, and URLs are published under it. One name; a wildcard cannot be published as a URL.
     */
    hostname?: string;
    /**
     * Serves HTTPS.
     */
    tls?: {
      /**
       * A Secret of type kubernetes.io/tls in namespace modelplane-system.
       */
      certificateRef: {
        /**
         * Name of the Secret.
         */
        name: string;
      };
    };
    /**
     * Whether plain HTTP is served. Default is Enabled without tls, Disabled with it.
     */
    http?: 'Enabled' | 'Disabled';
    /**
     * Who may call. Left out, anybody is let in. With it a caller shows a key or a token, and access lists in the namespaces of the services say what it opens (docs/callers.md).
     */
    authentication?: {
      /**
       * Takes keys, of which access lists have the hashes. Write keys: {}; there is nothing to set.
       */
      keys?: {};
      /**
       * Identity providers whose tokens are taken.
       *
       * @maxItems 16
       */
      jwt?: {
        /**
         * Stands before a caller and its groups in access lists, logs and headers, such as corp:alice@example.com.
         */
        name: string;
        /**
         * The iss claim of its tokens, to the letter.
         */
        issuer: string;
        /**
         * One of them must be in the aud claim.
         *
         * @minItems 1
         * @maxItems 16
         */
        audiences: string[];
        /**
         * How its tokens may be signed. Never by a shared secret, and never not at all.
         *
         * @minItems 1
         * @maxItems 10
         */
        algorithms: (
          'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA'
        )[];
        /**
         * The claim that says who calls, which must be a text without spaces.
         */
        callerClaim: string;
        /**
         * The claim that lists the caller's groups.
         */
        groupsClaim?: string;
        /**
         * Where its public keys are fetched from, beside all requests.
         */
        jwksURL?: string;
        /**
         * Its public keys, as the text of a JSON Web Key Set; for a cluster's ServiceAccounts that is what kubectl get --raw /openid/v1/jwks prints.
         */
        jwks?: string;
      }[];
      /**
       * The verifier's image, for a mirror of your own. The default is the one of this release.
       */
      image?: string;
    };
    /**
     * Where the verifiers count requests together. Without it each counts by itself, so that a caller gets up to twice a limit, and condition AuthenticationReady says so.
     */
    redis?: {
      /**
       * Host and port, such as redis.databases.svc:6379.
       */
      address: string;
      /**
       * Whether it is spoken to by TLS.
       */
      tls: boolean;
      /**
       * A Secret in namespace modelplane-system with username, password, and ca.crt for TLS, as far as they are needed.
       */
      secretRef?: {
        /**
         * Name of the Secret.
         */
        name: string;
      };
    };
    /**
     * Brings your own Gateway. Nothing is installed and only its address is reported. Its class's controller must be traefik.io/gateway-controller, at Traefik 3.7.11 or later.
     */
    gatewayRef?: {
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
     * Which namespaces may be served.
     */
    routes?: {
      /**
       * Labels of the namespaces whose routes may attach; all namespaces when left out. An admission policy of the install page keeps each namespace below its own path either way.
       */
      namespaceSelector?: {
        /**
         * Labels that a namespace must carry.
         */
        matchLabels?: {
          [k: string]: string;
        };
        /**
         * Requirements on a namespace's labels; all must hold.
         *
         * @maxItems 16
         */
        matchExpressions?: {
          /**
           * Label key.
           */
          key: string;
          /**
           * How the key relates to the values.
           */
          operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
          /**
           * Values for In and NotIn.
           *
           * @maxItems 64
           */
          values?: string[];
        }[];
      };
    };
    /**
     * Limits for ModelEndpoints.
     */
    endpoints?: {
      /**
       * Networks that no ModelEndpoint may name, such as 10.0.0.0/8 or fd00::/8, beside the built-in ones (loopback, link-local, multicast, metadata services). A name is not resolved here: the install page's NetworkPolicy covers what a name resolves to.
       *
       * @maxItems 256
       */
      deniedCIDRs?: string[];
    };
  };
  /**
   * Where the front door is, and whether it serves.
   */
  status?: {
    /**
     * IP address or name that the Gateway got.
     */
    address?: string;
    /**
     * All of them, where it got more than one.
     */
    addresses?: string[];
    /**
     * Names that its listeners answer for beside that of the url, one for a whole domain as *.example.com.
     */
    hostnames?: string[];
    /**
     * Gateways that were brought before, as long as a service's route is attached to one: what attaches there is held to the same rules until then.
     */
    formerGatewayRefs?: {
      /**
       * Name of the Gateway.
       */
      name?: string;
      /**
       * Namespace of the Gateway.
       */
      namespace?: string;
    }[];
    /**
     * Origin under which services are published, without a path.
     */
    url?: string;
    /**
     * The Gateway that routes attach to.
     */
    gatewayRef?: {
      /**
       * Name of the Gateway.
       */
      name?: string;
      /**
       * Namespace of the Gateway.
       */
      namespace?: string;
    };
    /**
     * Enforced while every request must show a key or a token; Off, or left out, while anybody is let in.
     */
    authentication?: string;
    /**
     * Whether Traefik's Middleware kind is there, so that a service may retry on a sibling.
     */
    middlewares?: boolean;
  };
}
