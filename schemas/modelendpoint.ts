// Generated from apis/ by `npm run generate`; edit the definition there.

/**
 * One place that serves a model: a placement of a ModelDeployment, which composes its own, or an outside provider. A ModelService in the same namespace selects it by its labels.
 */
export interface ModelEndpoint {
  apiVersion: 'modelplane.ai/v1alpha1';
  kind: 'ModelEndpoint';
  metadata: import('#shared/kubernetes.ts').ObjectMeta;
  /**
   * Where the model is served and how it is spoken to.
   */
  spec: {
    /**
     * The OpenAI base URL of the provider, exactly what an OpenAI client would be given, such as https://api.groq.com/openai/v1 or http://10.0.0.7:8000 (no path means /v1). With rewritePath only its scheme, host and port count.
     */
    url: string;
    /**
     * A prefix that replaces /<namespace>/<service>, such as /ml-team/qwen/us: a request for /<namespace>/<service>/v1/models arrives as /ml-team/qwen/us/v1/models. A prefix that ends in /v1 does not get a second one.
     */
    rewritePath?: string;
    /**
     * What takes the place of /<namespace>/<service>/v1, for a provider where that is neither the url's path nor /v1 below rewritePath: / for one that answers POST /chat/completions at its root.
     */
    basePath?: string;
    /**
     * How an https provider's certificate is verified, beyond the default: for the url's host, by the system's authorities.
     */
    tls?: {
      /**
       * The name in the certificate, sent as SNI and as Host, where it is not the url's host.
       */
      hostname?: string;
      /**
       * The authorities that may have signed the certificate, as PEM in base64, instead of the system's.
       */
      caBundle?: string;
      /**
       * The authority that signed the certificate, in key ca.crt, instead of the system's.
       */
      caCertificateRef?: {
        /**
         * Kind of the object in this namespace.
         */
        kind: 'ConfigMap' | 'Secret';
        /**
         * Name of the object in this namespace.
         */
        name: string;
      };
    };
    /**
     * For an inference pool: the InferenceObjective that requests of a traffic class are given, by class. Requests of other classes get none.
     */
    objectives?: {
      [k: string]: string;
    };
    /**
     * What happens to the caller's own Authorization header. Remove keeps a caller's key for one provider from another one.
     */
    authorization: 'Forward' | 'Remove';
    /**
     * Takes the endpoint out of every ModelService that has another one to give the traffic to. Nothing is deleted.
     */
    draining: boolean;
    /**
     * More than draining: as long as a ModelService has any other endpoint, be it one that drains, this one is sent nothing. A ModelDeployment says so of a placement that cannot serve, or that is to go.
     */
    lastResort: boolean;
  };
  /**
   * What a ModelService needs to send requests here.
   */
  status?: {
    /**
     * All that a ModelService reads of this endpoint.
     */
    routing?: {
      /**
       * Name of the Service that stands for this endpoint.
       */
      backendName?: string;
      /**
       * Port of that Service.
       */
      port?: number;
      /**
       * http or https.
       */
      scheme?: string;
      /**
       * The Host header that the provider expects, with its port unless that is the scheme's own.
       */
      host?: string;
      /**
       * Path that replaces /<namespace>/<service>/v1.
       */
      base?: string;
      /**
       * Path that replaces /<namespace>/<service> for everything that is not under /v1.
       */
      prefix?: string;
      /**
       * Whether a BackendTLSPolicy holds the provider's certificate to a name.
       */
      tls?: boolean;
      /**
       * InferenceObjective by traffic class.
       */
      objectives?: {
        [k: string]: string;
      };
      /**
       * What happens to the caller's own Authorization header.
       */
      authorization?: string;
      /**
       * Whether it gives its traffic to others.
       */
      draining?: boolean;
      /**
       * Whether it gives its traffic to any other, even to one that drains.
       */
      lastResort?: boolean;
      /**
       * Whether requests can be sent here.
       */
      ready?: boolean;
    };
    /**
     * Scheme of the url before the last edit, while a route may still send requests that way.
     */
    formerScheme?: string;
    /**
     * Whose certificate holds a provider's to its name now, where that is an object of somebody else's.
     */
    authority?: {
      /**
       * ConfigMap or Secret.
       */
      kind?: string;
      /**
       * Its name in this namespace.
       */
      name?: string;
    };
  };
}
