// Generated from apis/ by `npm run generate`; edit the definition there.

/**
 * One URL for a model, /<namespace>/<name>/v1, whose requests are split by weight over ModelEndpoints of its own namespace. It never gives up what serves: while no endpoint is usable the last route stays.
 */
export interface ModelService {
  apiVersion: 'modelplane.ai/v1alpha1';
  kind: 'ModelService';
  metadata: import('#shared/kubernetes.ts').ObjectMeta;
  /**
   * Which endpoints share the traffic, and how.
   */
  spec: {
    /**
     * Entries that each select endpoints by label. An endpoint that several entries match belongs to the first of them.
     *
     * @minItems 1
     * @maxItems 32
     */
    endpoints: {
      /**
       * A name for this entry, for people; status repeats it.
       */
      name?: string;
      /**
       * Share of the traffic relative to the other entries of its tier, spread evenly over the endpoints that it matches. 90 and 10 is a canary. To give an entry nothing, remove it.
       */
      weight: number;
      /**
       * The lowest tier that has a usable endpoint takes all traffic; a higher one takes over while none is usable.
       */
      tier: number;
      /**
       * Selects ModelEndpoints in this namespace.
       */
      selector: {
        /**
         * Labels that an endpoint must carry, at least one.
         */
        matchLabels: {
          [k: string]: string;
        };
      };
    }[];
    /**
     * What one caller may ask of it, where the front door knows who calls (docs/callers.md). Without authentication of the InferenceGateway it holds nobody.
     */
    limits?: {
      /**
       * Requests in any minute.
       */
      requestsPerMinute?: number;
      /**
       * Requests at a time. Each pod of the front door counts its own, and each of the paths by itself.
       */
      concurrent?: number;
    };
    /**
     * Prefixes below the URL that are published beside /v1, such as /tokenize, and / for all of them. Nothing else that an endpoint serves on the same port can be reached.
     *
     * @maxItems 8
     */
    paths?: string[];
    /**
     * Goes with / in paths, where endpoints are a ModelDeployment's: its engines serve metrics and commands beside their API, which / publishes to whoever can reach the front door.
     */
    allowAllPaths?: boolean;
    /**
     * Which of the endpoints' objectives requests through this URL are given; callers cannot choose one.
     */
    trafficClass: string;
    /**
     * What becomes of the share of an entry that has no usable endpoint. Redistribute gives it to the other entries of its tier; Hold answers it with 503, so that a canary never gets more than its share.
     */
    whenEmpty: 'Redistribute' | 'Hold';
  };
  /**
   * Where the model is, and who serves it.
   */
  status?: {
    /**
     * URL of the service, without /v1.
     */
    address?: string;
    /**
     * The base URL that an OpenAI client is given.
     */
    baseURL?: string;
    /**
     * Enforced while callers are known by name at the front door.
     */
    authentication?: string;
    /**
     * How many endpoints there are.
     */
    endpoints?: {
      /**
       * Endpoints that the selectors match.
       */
      matched?: number;
      /**
       * Endpoints among them that can take requests.
       */
      ready?: number;
    };
    /**
     * What each entry of spec.endpoints comes to, in the same order.
     */
    entries?: {
      /**
       * The entry's name, where it has one.
       */
      name?: string;
      /**
       * Endpoints that belong to this entry.
       */
      matched?: number;
      /**
       * Endpoints among them that can take requests.
       */
      ready?: number;
      /**
       * Share of the traffic, rounded to a hundredth.
       */
      percent?: number;
      /**
       * Why the share is what it is.
       */
      reason?: string;
    }[];
    /**
     * Endpoints that the route may still send requests to, and that must not be deleted yet.
     */
    serving?: string[];
  };
}
