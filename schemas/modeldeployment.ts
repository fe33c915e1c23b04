// Generated from apis/ by `npm run generate`; edit the definition there.

/**
 * A model that is served on one or more inference clusters under one URL, /<namespace>/<name>/v1, with its traffic split by weight over its placements and prioritised by its criticality. Where one cluster exists, model is all it needs.
 */
export interface ModelDeployment {
  apiVersion: 'modelplane.ai/v1alpha1';
  kind: 'ModelDeployment';
  metadata: import('#shared/kubernetes.ts').ObjectMeta;
  /**
   * What is served, where, and how important it is.
   */
  spec: {
    /**
     * Name of the model at Hugging Face, such as Qwen/Qwen3-8B, or with the quantisation of a GGUF file unsloth/Qwen3-8B-GGUF:Q4_K_M. It stands for a vLLM engine with the model's arguments, probes and GPU limit, which template may change. Callers may use the deployment's name, this name and the placement's own as the model of a request.
     */
    model?: string;
    /**
     * GPUs of one replica, over which the model is split; 1 where neither this nor the template's limits say. Only with model.
     */
    gpus?: number;
    /**
     * Replicas of each placement that has no number of its own; what kubectl scale sets. 0 stops them and keeps everything else.
     */
    replicas: number;
    /**
     * Has KEDA in the inference cluster make engines and take them away by how busy they are, by what the placement's endpoint picker says of them: each placement by itself (docs/scaling.md). On the deployment it is that of every placement without scaling or replicas of its own.
     */
    scaling?: {
      /**
       * Engines that there always are.
       */
      min: number;
      /**
       * Engines that there are at most.
       */
      max: number;
      /**
       * Requests that may wait for each engine, as a mean over them; above it there are more engines, below it fewer.
       */
      queue?: number;
      /**
       * Requests that each engine is to answer at once, as a mean over them; above it there are more engines, below it fewer.
       */
      running?: number;
      /**
       * For how long fewer engines must have been enough before any is taken away: at most an hour.
       */
      window: string;
    };
    /**
     * What a placement's weight is the weight of: the placement, or with Replicas each of its engines that can serve, so that shares follow the engines. Weight where nothing is said.
     */
    weightBy?: 'Weight' | 'Replicas';
    /**
     * How requests compare with others for the same engines. While engines are saturated Sheddable and BestEffort are answered with 429; Critical, High and Standard are all served, and one before the other where endpointPicker.flowControl is on. Standard where nothing is said. It also chooses the engines' PriorityClass, where the cluster has one for it.
     */
    criticality?: 'Critical' | 'High' | 'Standard' | 'Sheddable' | 'BestEffort';
    /**
     * The number itself, where criticality is too coarse: Critical is 100, High 50, Standard 0, Sheddable and BestEffort -100. Requests below 0 are shed while engines are saturated.
     */
    priority?: number;
    /**
     * Further classes of requests to the same engines, each with a URL of its own, /<namespace>/<name>-<class>, so that a batch job does not stand in the way of people.
     *
     * @maxItems 8
     */
    trafficClasses?: {
      /**
       * Name of the class, the last part of its URL's name.
       */
      name: string;
      /**
       * How requests compare with others for the same engines. While engines are saturated Sheddable and BestEffort are answered with 429; Critical, High and Standard are all served, and one before the other where endpointPicker.flowControl is on. Standard where nothing is said. It also chooses the engines' PriorityClass, where the cluster has one for it.
       */
      criticality?: 'Critical' | 'High' | 'Standard' | 'Sheddable' | 'BestEffort';
      /**
       * The number itself, where criticality is too coarse: Critical is 100, High 50, Standard 0, Sheddable and BestEffort -100. Requests below 0 are shed while engines are saturated.
       */
      priority?: number;
    }[];
    /**
     * Labels that an InferenceCluster must carry. Of those that do one is chosen and kept; any ready one without a selector.
     */
    clusterSelector?: {
      /**
       * Labels with their values, all of which must be there.
       */
      matchLabels: {
        [k: string]: string;
      };
    };
    /**
     * A volume of each placement for what its engines download. It is filled by a job before they start, and outlives them.
     */
    cache?: {
      /**
       * Room that it has, such as 100Gi. It can grow where its class lets it, and never shrink.
       */
      size: number | string;
      /**
       * StorageClass of the inference cluster; its default one where nothing is said. Another one is a new volume.
       */
      storageClassName?: string;
      /**
       * ReadWriteMany for engines on any nodes; ReadWriteOnce for a single one, which is stopped before the next one starts.
       *
       * @minItems 1
       * @maxItems 2
       */
      accessModes: ('ReadWriteOnce' | 'ReadWriteMany')[];
      /**
       * Whether the volume stays in the cluster when its placement or the deployment goes. The same placement there has it again.
       */
      keep: boolean;
    };
    /**
     * Where the model is served, and which share of the traffic each place gets. A canary is a second placement with the new model. One placement named default where nothing is said.
     *
     * @minItems 1
     * @maxItems 16
     */
    placements?: {
      /**
       * Name of the placement, such as us or canary. A renamed placement is a new one.
       */
      name: string;
      /**
       * Share of the traffic relative to the other placements. 90 and 10 is a canary.
       */
      weight: number;
      /**
       * Replicas of this placement; those of the deployment where nothing is said. With it the scaling of the deployment is not that of this placement.
       */
      replicas?: number;
      /**
       * Has KEDA in the inference cluster make engines and take them away by how busy they are, by what the placement's endpoint picker says of them: each placement by itself (docs/scaling.md). On the deployment it is that of every placement without scaling or replicas of its own.
       */
      scaling?: {
        /**
         * Engines that there always are.
         */
        min: number;
        /**
         * Engines that there are at most.
         */
        max: number;
        /**
         * Requests that may wait for each engine, as a mean over them; above it there are more engines, below it fewer.
         */
        queue?: number;
        /**
         * Requests that each engine is to answer at once, as a mean over them; above it there are more engines, below it fewer.
         */
        running?: number;
        /**
         * For how long fewer engines must have been enough before any is taken away: at most an hour.
         */
        window: string;
      };
      /**
       * Name of the InferenceCluster.
       */
      clusterName?: string;
      /**
       * Labels that an InferenceCluster must carry. Of those that do one is chosen and kept; any ready one without a selector.
       */
      clusterSelector?: {
        /**
         * Labels with their values, all of which must be there.
         */
        matchLabels: {
          [k: string]: string;
        };
      };
      /**
       * Name of the model at Hugging Face, such as Qwen/Qwen3-8B, or with the quantisation of a GGUF file unsloth/Qwen3-8B-GGUF:Q4_K_M. It stands for a vLLM engine with the model's arguments, probes and GPU limit, which template may change. Callers may use the deployment's name, this name and the placement's own as the model of a request.
       */
      model?: string;
      /**
       * GPUs of one replica, over which the model is split; 1 where neither this nor the template's limits say. Only with model.
       */
      gpus?: number;
      /**
       * A volume of each placement for what its engines download. It is filled by a job before they start, and outlives them.
       */
      cache?: {
        /**
         * Room that it has, such as 100Gi. It can grow where its class lets it, and never shrink.
         */
        size: number | string;
        /**
         * StorageClass of the inference cluster; its default one where nothing is said. Another one is a new volume.
         */
        storageClassName?: string;
        /**
         * ReadWriteMany for engines on any nodes; ReadWriteOnce for a single one, which is stopped before the next one starts.
         *
         * @minItems 1
         * @maxItems 2
         */
        accessModes: ('ReadWriteOnce' | 'ReadWriteMany')[];
        /**
         * Whether the volume stays in the cluster when its placement or the deployment goes. The same placement there has it again.
         */
        keep: boolean;
      };
      /**
       * A pod template for the engine, merged over what model stands for: containers, env and volumes by name, mounts by path, maps key by key; other lists replace. Without model it is the whole, and the container named engine serves the model. It has the fields that are safe in a cluster that is shared.
       */
      template?: {
        /**
         * Labels and annotations of the pods.
         */
        metadata?: {
          /**
           * Ignored, as a Deployment's is.
           */
          name?: string;
          /**
           * Ignored; kubectl writes it into manifests.
           */
          creationTimestamp?: string | null;
          /**
           * Refused; pods are in the tenant's own namespace.
           */
          namespace?: string;
          /**
           * Labels of the pods.
           */
          labels?: {
            [k: string]: string;
          };
          /**
           * Annotations of the pods.
           */
          annotations?: {
            [k: string]: string;
          };
        };
        /**
         * The pods.
         */
        spec?: {
          /**
           * Refused; pods share a cluster with other tenants'.
           */
          hostNetwork?: boolean;
          /**
           * Refused; pods share a cluster with other tenants'.
           */
          hostPID?: boolean;
          /**
           * Refused; use a volume of medium Memory at /dev/shm.
           */
          hostIPC?: boolean;
          /**
           * Refused; engines have no access to the cluster's API.
           */
          serviceAccountName?: string;
          /**
           * Refused; engines have no access to the cluster's API.
           */
          serviceAccount?: string;
          /**
           * Always false; engines have no access to the cluster's API.
           */
          automountServiceAccountToken?: boolean;
          /**
           * Always false; a Service called vllm would set VLLM_PORT.
           */
          enableServiceLinks?: boolean;
          /**
           * Always; engines do not end.
           */
          restartPolicy?: string;
          /**
           * Refused; a scheduler looks whether a node has room.
           */
          nodeName?: string;
          /**
           * The cluster's own.
           */
          schedulerName?: string;
          /**
           * Refused; criticality chooses it.
           */
          priorityClassName?: string;
          /**
           * Refused; engines do not end.
           */
          activeDeadlineSeconds?: number;
          /**
           * Refused; what each container gets says it.
           */
          resources?: {};
          /**
           * Refused; nobody would open them.
           *
           * @maxItems 8
           */
          readinessGates?: {
            /**
             * Refused.
             */
            conditionType?: string;
          }[];
          /**
           * Refused; nobody would open them.
           *
           * @maxItems 8
           */
          schedulingGates?: {
            /**
             * Refused.
             */
            name?: string;
          }[];
          /**
           * Name that each pod has for itself.
           */
          hostname?: string;
          /**
           * Name of a domain that each pod has for itself.
           */
          subdomain?: string;
          /**
           * False gives the pods users of their own, apart from the node's.
           */
          hostUsers?: boolean;
          /**
           * Whether the pod's containers see each other's processes.
           */
          shareProcessNamespace?: boolean;
          /**
           * How names are resolved.
           */
          dnsPolicy?: 'ClusterFirst' | 'Default' | 'None' | 'ClusterFirstWithHostNet';
          /**
           * Where names are resolved.
           */
          dnsConfig?: {
            /**
             * Addresses or names.
             *
             * @maxItems 32
             */
            nameservers?: string[];
            /**
             * Addresses or names.
             *
             * @maxItems 32
             */
            searches?: string[];
            /**
             * Options of the resolver.
             *
             * @maxItems 16
             */
            options?: {
              /**
               * Name of the option.
               */
              name?: string;
              /**
               * Its value.
               */
              value?: string;
            }[];
          };
          /**
           * Names that the pods know without asking.
           *
           * @maxItems 32
           */
          hostAliases?: {
            /**
             * Address of the names.
             */
            ip: string;
            /**
             * Addresses or names.
             *
             * @maxItems 32
             */
            hostnames?: string[];
          }[];
          /**
           * Devices that the pods claim, in the tenant's namespace of the inference cluster.
           *
           * @maxItems 8
           */
          resourceClaims?: {
            /**
             * Name of the claim in resources.claims of a container.
             */
            name: string;
            /**
             * A ResourceClaim that all pods share.
             */
            resourceClaimName?: string;
            /**
             * A ResourceClaimTemplate of which each pod has its own claim.
             */
            resourceClaimTemplateName?: string;
          }[];
          /**
           * How the pods are spread; over the placement's own where no labelSelector is given.
           *
           * @maxItems 8
           */
          topologySpreadConstraints?: {
            /**
             * How uneven it may be.
             */
            maxSkew: number;
            /**
             * Over how many domains at least.
             */
            minDomains?: number;
            /**
             * Label of nodes that makes a domain.
             */
            topologyKey: string;
            /**
             * Whether a pod waits.
             */
            whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
            /**
             * Whether only nodes that the pod may go to count.
             */
            nodeAffinityPolicy?: 'Honor' | 'Ignore';
            /**
             * Whether only nodes that the pod may go to count.
             */
            nodeTaintsPolicy?: 'Honor' | 'Ignore';
            /**
             * Labels of the pod itself that are compared too.
             *
             * @maxItems 16
             */
            matchLabelKeys?: string[];
            /**
             * Which pods of the tenant's namespace count.
             */
            labelSelector?: {
              /**
               * Labels that they have.
               */
              matchLabels?: {
                [k: string]: string;
              };
              /**
               * Conditions on their labels.
               *
               * @maxItems 16
               */
              matchExpressions?: {
                /**
                 * The label.
                 */
                key: string;
                /**
                 * How it compares.
                 */
                operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                /**
                 * With what.
                 *
                 * @maxItems 64
                 */
                values?: string[];
              }[];
            };
          }[];
          /**
           * Containers; the one named engine serves the model.
           *
           * @minItems 1
           * @maxItems 8
           */
          containers?: {
            /**
             * Name of the container.
             */
            name: string;
            /**
             * Image, with a tag or a digest.
             */
            image?: string;
            /**
             * When the image is fetched.
             */
            imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
            /**
             * Words of the command line.
             *
             * @maxItems 256
             */
            command?: string[];
            /**
             * Words of the command line.
             *
             * @maxItems 256
             */
            args?: string[];
            /**
             * As in a pod.
             */
            tty?: boolean;
            /**
             * As in a pod.
             */
            stdin?: boolean;
            /**
             * File with the last words.
             */
            terminationMessagePath?: string;
            /**
             * Where the last words come from.
             */
            terminationMessagePolicy?: 'File' | 'FallbackToLogsOnError';
            /**
             * Refused; give the volume a file system.
             *
             * @maxItems 8
             */
            volumeDevices?: {
              /**
               * Refused.
               */
              name?: string;
              /**
               * Refused.
               */
              devicePath?: string;
            }[];
            /**
             * Folder that the command runs in.
             */
            workingDir?: string;
            /**
             * Always makes a sidecar of an init container.
             */
            restartPolicy?: 'Always';
            /**
             * Environment variables.
             *
             * @maxItems 128
             */
            env?: {
              /**
               * Name of the variable.
               */
              name: string;
              /**
               * Its value.
               */
              value?: string;
              /**
               * Where its value comes from.
               */
              valueFrom?: {
                /**
                 * A key of an object in the tenant's namespace of the inference cluster.
                 */
                secretKeyRef?: {
                  /**
                   * Name of the object.
                   */
                  name: string;
                  /**
                   * Key in the object.
                   */
                  key: string;
                  /**
                   * Whether the pod starts without it.
                   */
                  optional?: boolean;
                };
                /**
                 * A key of an object in the tenant's namespace of the inference cluster.
                 */
                configMapKeyRef?: {
                  /**
                   * Name of the object.
                   */
                  name: string;
                  /**
                   * Key in the object.
                   */
                  key: string;
                  /**
                   * Whether the pod starts without it.
                   */
                  optional?: boolean;
                };
                /**
                 * A field of the pod.
                 */
                fieldRef?: {
                  /**
                   * Version of the field's path.
                   */
                  apiVersion?: 'v1';
                  /**
                   * The field, such as metadata.name.
                   */
                  fieldPath: string;
                };
                /**
                 * An amount of a container's resources.
                 */
                resourceFieldRef?: {
                  /**
                   * The container; this one where nothing is said.
                   */
                  containerName?: string;
                  /**
                   * The amount, such as limits.memory.
                   */
                  resource: string;
                  /**
                   * The unit.
                   */
                  divisor?: number | string;
                };
              };
            }[];
            /**
             * Objects whose keys all become variables.
             *
             * @maxItems 16
             */
            envFrom?: {
              /**
               * Put before every key.
               */
              prefix?: string;
              /**
               * An object in the tenant's namespace of the inference cluster.
               */
              secretRef?: {
                /**
                 * Name of the object.
                 */
                name: string;
                /**
                 * Whether the pod starts without it.
                 */
                optional?: boolean;
              };
              /**
               * An object in the tenant's namespace of the inference cluster.
               */
              configMapRef?: {
                /**
                 * Name of the object.
                 */
                name: string;
                /**
                 * Whether the pod starts without it.
                 */
                optional?: boolean;
              };
            }[];
            /**
             * Ports that the container listens on; engine's must hold engine.port.
             *
             * @maxItems 8
             */
            ports?: {
              /**
               * Name of the port.
               */
              name?: string;
              /**
               * The port.
               */
              containerPort: number;
              /**
               * Protocol of the port.
               */
              protocol: 'TCP' | 'UDP';
              /**
               * Refused; requests come through the gateway.
               */
              hostPort?: number;
            }[];
            /**
             * What the container needs and may use at most.
             */
            resources?: {
              /**
               * Amounts by resource, such as nvidia.com/gpu.
               */
              requests?: {
                [k: string]: number | string;
              };
              /**
               * Amounts by resource, such as nvidia.com/gpu.
               */
              limits?: {
                [k: string]: number | string;
              };
              /**
               * Devices of the pod's resourceClaims that the container gets.
               *
               * @maxItems 8
               */
              claims?: {
                /**
                 * Name in resourceClaims of the pods.
                 */
                name: string;
                /**
                 * One request of the claim.
                 */
                request?: string;
              }[];
            };
            /**
             * Volumes that the container sees.
             *
             * @maxItems 16
             */
            volumeMounts?: {
              /**
               * Name of the volume.
               */
              name: string;
              /**
               * Where it is seen.
               */
              mountPath: string;
              /**
               * Which part of it.
               */
              subPath?: string;
              /**
               * Which part of it, with variables.
               */
              subPathExpr?: string;
              /**
               * Whether later mounts are seen.
               */
              mountPropagation?: 'None' | 'HostToContainer';
              /**
               * Whether it can only be read.
               */
              readOnly?: boolean;
            }[];
            /**
             * How the container is asked after its health.
             */
            startupProbe?: {
              /**
               * An HTTP request that must succeed.
               */
              httpGet?: {
                /**
                 * Path of the request.
                 */
                path?: string;
                /**
                 * Number or name of the port.
                 */
                port: number | string;
                /**
                 * Scheme of the request.
                 */
                scheme?: 'HTTP' | 'HTTPS';
                /**
                 * Headers of the request.
                 *
                 * @maxItems 16
                 */
                httpHeaders?: {
                  /**
                   * Name of the header.
                   */
                  name: string;
                  /**
                   * Its value.
                   */
                  value?: string;
                }[];
                /**
                 * Refused; the pod itself is asked.
                 */
                host?: string;
              };
              /**
               * A connection that must succeed.
               */
              tcpSocket?: {
                /**
                 * Number or name of the port.
                 */
                port: number | string;
              };
              /**
               * A gRPC health check.
               */
              grpc?: {
                /**
                 * Number of the port.
                 */
                port: number;
                /**
                 * Service that is asked after.
                 */
                service?: string;
              };
              /**
               * A command that must succeed.
               */
              exec?: {
                /**
                 * Words of the command line.
                 *
                 * @maxItems 256
                 */
                command: string[];
              };
              /**
               * Seconds.
               */
              initialDelaySeconds?: number;
              /**
               * Seconds.
               */
              periodSeconds?: number;
              /**
               * Seconds.
               */
              timeoutSeconds?: number;
              /**
               * How often in a row.
               */
              successThreshold?: number;
              /**
               * How often in a row.
               */
              failureThreshold?: number;
              /**
               * Seconds until a container that failed is killed.
               */
              terminationGracePeriodSeconds?: number;
            };
            /**
             * How the container is asked after its health.
             */
            readinessProbe?: {
              /**
               * An HTTP request that must succeed.
               */
              httpGet?: {
                /**
                 * Path of the request.
                 */
                path?: string;
                /**
                 * Number or name of the port.
                 */
                port: number | string;
                /**
                 * Scheme of the request.
                 */
                scheme?: 'HTTP' | 'HTTPS';
                /**
                 * Headers of the request.
                 *
                 * @maxItems 16
                 */
                httpHeaders?: {
                  /**
                   * Name of the header.
                   */
                  name: string;
                  /**
                   * Its value.
                   */
                  value?: string;
                }[];
                /**
                 * Refused; the pod itself is asked.
                 */
                host?: string;
              };
              /**
               * A connection that must succeed.
               */
              tcpSocket?: {
                /**
                 * Number or name of the port.
                 */
                port: number | string;
              };
              /**
               * A gRPC health check.
               */
              grpc?: {
                /**
                 * Number of the port.
                 */
                port: number;
                /**
                 * Service that is asked after.
                 */
                service?: string;
              };
              /**
               * A command that must succeed.
               */
              exec?: {
                /**
                 * Words of the command line.
                 *
                 * @maxItems 256
                 */
                command: string[];
              };
              /**
               * Seconds.
               */
              initialDelaySeconds?: number;
              /**
               * Seconds.
               */
              periodSeconds?: number;
              /**
               * Seconds.
               */
              timeoutSeconds?: number;
              /**
               * How often in a row.
               */
              successThreshold?: number;
              /**
               * How often in a row.
               */
              failureThreshold?: number;
              /**
               * Seconds until a container that failed is killed.
               */
              terminationGracePeriodSeconds?: number;
            };
            /**
             * How the container is asked after its health.
             */
            livenessProbe?: {
              /**
               * An HTTP request that must succeed.
               */
              httpGet?: {
                /**
                 * Path of the request.
                 */
                path?: string;
                /**
                 * Number or name of the port.
                 */
                port: number | string;
                /**
                 * Scheme of the request.
                 */
                scheme?: 'HTTP' | 'HTTPS';
                /**
                 * Headers of the request.
                 *
                 * @maxItems 16
                 */
                httpHeaders?: {
                  /**
                   * Name of the header.
                   */
                  name: string;
                  /**
                   * Its value.
                   */
                  value?: string;
                }[];
                /**
                 * Refused; the pod itself is asked.
                 */
                host?: string;
              };
              /**
               * A connection that must succeed.
               */
              tcpSocket?: {
                /**
                 * Number or name of the port.
                 */
                port: number | string;
              };
              /**
               * A gRPC health check.
               */
              grpc?: {
                /**
                 * Number of the port.
                 */
                port: number;
                /**
                 * Service that is asked after.
                 */
                service?: string;
              };
              /**
               * A command that must succeed.
               */
              exec?: {
                /**
                 * Words of the command line.
                 *
                 * @maxItems 256
                 */
                command: string[];
              };
              /**
               * Seconds.
               */
              initialDelaySeconds?: number;
              /**
               * Seconds.
               */
              periodSeconds?: number;
              /**
               * Seconds.
               */
              timeoutSeconds?: number;
              /**
               * How often in a row.
               */
              successThreshold?: number;
              /**
               * How often in a row.
               */
              failureThreshold?: number;
              /**
               * Seconds until a container that failed is killed.
               */
              terminationGracePeriodSeconds?: number;
            };
            /**
             * What is done when the container has started and before it stops.
             */
            lifecycle?: {
              /**
               * One of sleep, exec and httpGet.
               */
              postStart?: {
                /**
                 * Waits.
                 */
                sleep?: {
                  /**
                   * For how long.
                   */
                  seconds: number;
                };
                /**
                 * A command that must succeed.
                 */
                exec?: {
                  /**
                   * Words of the command line.
                   *
                   * @maxItems 256
                   */
                  command: string[];
                };
                /**
                 * An HTTP request that must succeed.
                 */
                httpGet?: {
                  /**
                   * Path of the request.
                   */
                  path?: string;
                  /**
                   * Number or name of the port.
                   */
                  port: number | string;
                  /**
                   * Scheme of the request.
                   */
                  scheme?: 'HTTP' | 'HTTPS';
                  /**
                   * Headers of the request.
                   *
                   * @maxItems 16
                   */
                  httpHeaders?: {
                    /**
                     * Name of the header.
                     */
                    name: string;
                    /**
                     * Its value.
                     */
                    value?: string;
                  }[];
                  /**
                   * Refused; the pod itself is asked.
                   */
                  host?: string;
                };
              };
              /**
               * One of sleep, exec and httpGet.
               */
              preStop?: {
                /**
                 * Waits.
                 */
                sleep?: {
                  /**
                   * For how long.
                   */
                  seconds: number;
                };
                /**
                 * A command that must succeed.
                 */
                exec?: {
                  /**
                   * Words of the command line.
                   *
                   * @maxItems 256
                   */
                  command: string[];
                };
                /**
                 * An HTTP request that must succeed.
                 */
                httpGet?: {
                  /**
                   * Path of the request.
                   */
                  path?: string;
                  /**
                   * Number or name of the port.
                   */
                  port: number | string;
                  /**
                   * Scheme of the request.
                   */
                  scheme?: 'HTTP' | 'HTTPS';
                  /**
                   * Headers of the request.
                   *
                   * @maxItems 16
                   */
                  httpHeaders?: {
                    /**
                     * Name of the header.
                     */
                    name: string;
                    /**
                     * Its value.
                     */
                    value?: string;
                  }[];
                  /**
                   * Refused; the pod itself is asked.
                   */
                  host?: string;
                };
              };
            };
            /**
             * As whom the container runs.
             */
            securityContext?: {
              /**
               * Refused; a privileged container owns its node.
               */
              privileged?: boolean;
              /**
               * Number of a user or group.
               */
              runAsUser?: number;
              /**
               * Number of a user or group.
               */
              runAsGroup?: number;
              /**
               * Refuses to start as root.
               */
              runAsNonRoot?: boolean;
              /**
               * Whether the image's files can only be read.
               */
              readOnlyRootFilesystem?: boolean;
              /**
               * Always false.
               */
              allowPrivilegeEscalation?: boolean;
              /**
               * Rights of the container's processes.
               */
              capabilities?: {
                /**
                 * Names, such as ALL.
                 *
                 * @maxItems 64
                 */
                drop?: string[];
                /**
                 * NET_BIND_SERVICE alone.
                 *
                 * @maxItems 64
                 */
                add?: string[];
              };
              /**
               * Which system calls are allowed; RuntimeDefault where nothing is said.
               */
              seccompProfile?: {
                /**
                 * RuntimeDefault.
                 */
                type: string;
              };
              /**
               * The profile of AppArmor; RuntimeDefault.
               */
              appArmorProfile?: {
                /**
                 * RuntimeDefault.
                 */
                type: string;
              };
            };
          }[];
          /**
           * Containers that run before the others, or beside them as sidecars.
           *
           * @maxItems 8
           */
          initContainers?: {
            /**
             * Name of the container.
             */
            name: string;
            /**
             * Image, with a tag or a digest.
             */
            image?: string;
            /**
             * When the image is fetched.
             */
            imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
            /**
             * Words of the command line.
             *
             * @maxItems 256
             */
            command?: string[];
            /**
             * Words of the command line.
             *
             * @maxItems 256
             */
            args?: string[];
            /**
             * As in a pod.
             */
            tty?: boolean;
            /**
             * As in a pod.
             */
            stdin?: boolean;
            /**
             * File with the last words.
             */
            terminationMessagePath?: string;
            /**
             * Where the last words come from.
             */
            terminationMessagePolicy?: 'File' | 'FallbackToLogsOnError';
            /**
             * Refused; give the volume a file system.
             *
             * @maxItems 8
             */
            volumeDevices?: {
              /**
               * Refused.
               */
              name?: string;
              /**
               * Refused.
               */
              devicePath?: string;
            }[];
            /**
             * Folder that the command runs in.
             */
            workingDir?: string;
            /**
             * Always makes a sidecar of an init container.
             */
            restartPolicy?: 'Always';
            /**
             * Environment variables.
             *
             * @maxItems 128
             */
            env?: {
              /**
               * Name of the variable.
               */
              name: string;
              /**
               * Its value.
               */
              value?: string;
              /**
               * Where its value comes from.
               */
              valueFrom?: {
                /**
                 * A key of an object in the tenant's namespace of the inference cluster.
                 */
                secretKeyRef?: {
                  /**
                   * Name of the object.
                   */
                  name: string;
                  /**
                   * Key in the object.
                   */
                  key: string;
                  /**
                   * Whether the pod starts without it.
                   */
                  optional?: boolean;
                };
                /**
                 * A key of an object in the tenant's namespace of the inference cluster.
                 */
                configMapKeyRef?: {
                  /**
                   * Name of the object.
                   */
                  name: string;
                  /**
                   * Key in the object.
                   */
                  key: string;
                  /**
                   * Whether the pod starts without it.
                   */
                  optional?: boolean;
                };
                /**
                 * A field of the pod.
                 */
                fieldRef?: {
                  /**
                   * Version of the field's path.
                   */
                  apiVersion?: 'v1';
                  /**
                   * The field, such as metadata.name.
                   */
                  fieldPath: string;
                };
                /**
                 * An amount of a container's resources.
                 */
                resourceFieldRef?: {
                  /**
                   * The container; this one where nothing is said.
                   */
                  containerName?: string;
                  /**
                   * The amount, such as limits.memory.
                   */
                  resource: string;
                  /**
                   * The unit.
                   */
                  divisor?: number | string;
                };
              };
            }[];
            /**
             * Objects whose keys all become variables.
             *
             * @maxItems 16
             */
            envFrom?: {
              /**
               * Put before every key.
               */
              prefix?: string;
              /**
               * An object in the tenant's namespace of the inference cluster.
               */
              secretRef?: {
                /**
                 * Name of the object.
                 */
                name: string;
                /**
                 * Whether the pod starts without it.
                 */
                optional?: boolean;
              };
              /**
               * An object in the tenant's namespace of the inference cluster.
               */
              configMapRef?: {
                /**
                 * Name of the object.
                 */
                name: string;
                /**
                 * Whether the pod starts without it.
                 */
                optional?: boolean;
              };
            }[];
            /**
             * Ports that the container listens on; engine's must hold engine.port.
             *
             * @maxItems 8
             */
            ports?: {
              /**
               * Name of the port.
               */
              name?: string;
              /**
               * The port.
               */
              containerPort: number;
              /**
               * Protocol of the port.
               */
              protocol: 'TCP' | 'UDP';
              /**
               * Refused; requests come through the gateway.
               */
              hostPort?: number;
            }[];
            /**
             * What the container needs and may use at most.
             */
            resources?: {
              /**
               * Amounts by resource, such as nvidia.com/gpu.
               */
              requests?: {
                [k: string]: number | string;
              };
              /**
               * Amounts by resource, such as nvidia.com/gpu.
               */
              limits?: {
                [k: string]: number | string;
              };
              /**
               * Devices of the pod's resourceClaims that the container gets.
               *
               * @maxItems 8
               */
              claims?: {
                /**
                 * Name in resourceClaims of the pods.
                 */
                name: string;
                /**
                 * One request of the claim.
                 */
                request?: string;
              }[];
            };
            /**
             * Volumes that the container sees.
             *
             * @maxItems 16
             */
            volumeMounts?: {
              /**
               * Name of the volume.
               */
              name: string;
              /**
               * Where it is seen.
               */
              mountPath: string;
              /**
               * Which part of it.
               */
              subPath?: string;
              /**
               * Which part of it, with variables.
               */
              subPathExpr?: string;
              /**
               * Whether later mounts are seen.
               */
              mountPropagation?: 'None' | 'HostToContainer';
              /**
               * Whether it can only be read.
               */
              readOnly?: boolean;
            }[];
            /**
             * How the container is asked after its health.
             */
            startupProbe?: {
              /**
               * An HTTP request that must succeed.
               */
              httpGet?: {
                /**
                 * Path of the request.
                 */
                path?: string;
                /**
                 * Number or name of the port.
                 */
                port: number | string;
                /**
                 * Scheme of the request.
                 */
                scheme?: 'HTTP' | 'HTTPS';
                /**
                 * Headers of the request.
                 *
                 * @maxItems 16
                 */
                httpHeaders?: {
                  /**
                   * Name of the header.
                   */
                  name: string;
                  /**
                   * Its value.
                   */
                  value?: string;
                }[];
                /**
                 * Refused; the pod itself is asked.
                 */
                host?: string;
              };
              /**
               * A connection that must succeed.
               */
              tcpSocket?: {
                /**
                 * Number or name of the port.
                 */
                port: number | string;
              };
              /**
               * A gRPC health check.
               */
              grpc?: {
                /**
                 * Number of the port.
                 */
                port: number;
                /**
                 * Service that is asked after.
                 */
                service?: string;
              };
              /**
               * A command that must succeed.
               */
              exec?: {
                /**
                 * Words of the command line.
                 *
                 * @maxItems 256
                 */
                command: string[];
              };
              /**
               * Seconds.
               */
              initialDelaySeconds?: number;
              /**
               * Seconds.
               */
              periodSeconds?: number;
              /**
               * Seconds.
               */
              timeoutSeconds?: number;
              /**
               * How often in a row.
               */
              successThreshold?: number;
              /**
               * How often in a row.
               */
              failureThreshold?: number;
              /**
               * Seconds until a container that failed is killed.
               */
              terminationGracePeriodSeconds?: number;
            };
            /**
             * How the container is asked after its health.
             */
            readinessProbe?: {
              /**
               * An HTTP request that must succeed.
               */
              httpGet?: {
                /**
                 * Path of the request.
                 */
                path?: string;
                /**
                 * Number or name of the port.
                 */
                port: number | string;
                /**
                 * Scheme of the request.
                 */
                scheme?: 'HTTP' | 'HTTPS';
                /**
                 * Headers of the request.
                 *
                 * @maxItems 16
                 */
                httpHeaders?: {
                  /**
                   * Name of the header.
                   */
                  name: string;
                  /**
                   * Its value.
                   */
                  value?: string;
                }[];
                /**
                 * Refused; the pod itself is asked.
                 */
                host?: string;
              };
              /**
               * A connection that must succeed.
               */
              tcpSocket?: {
                /**
                 * Number or name of the port.
                 */
                port: number | string;
              };
              /**
               * A gRPC health check.
               */
              grpc?: {
                /**
                 * Number of the port.
                 */
                port: number;
                /**
                 * Service that is asked after.
                 */
                service?: string;
              };
              /**
               * A command that must succeed.
               */
              exec?: {
                /**
                 * Words of the command line.
                 *
                 * @maxItems 256
                 */
                command: string[];
              };
              /**
               * Seconds.
               */
              initialDelaySeconds?: number;
              /**
               * Seconds.
               */
              periodSeconds?: number;
              /**
               * Seconds.
               */
              timeoutSeconds?: number;
              /**
               * How often in a row.
               */
              successThreshold?: number;
              /**
               * How often in a row.
               */
              failureThreshold?: number;
              /**
               * Seconds until a container that failed is killed.
               */
              terminationGracePeriodSeconds?: number;
            };
            /**
             * How the container is asked after its health.
             */
            livenessProbe?: {
              /**
               * An HTTP request that must succeed.
               */
              httpGet?: {
                /**
                 * Path of the request.
                 */
                path?: string;
                /**
                 * Number or name of the port.
                 */
                port: number | string;
                /**
                 * Scheme of the request.
                 */
                scheme?: 'HTTP' | 'HTTPS';
                /**
                 * Headers of the request.
                 *
                 * @maxItems 16
                 */
                httpHeaders?: {
                  /**
                   * Name of the header.
                   */
                  name: string;
                  /**
                   * Its value.
                   */
                  value?: string;
                }[];
                /**
                 * Refused; the pod itself is asked.
                 */
                host?: string;
              };
              /**
               * A connection that must succeed.
               */
              tcpSocket?: {
                /**
                 * Number or name of the port.
                 */
                port: number | string;
              };
              /**
               * A gRPC health check.
               */
              grpc?: {
                /**
                 * Number of the port.
                 */
                port: number;
                /**
                 * Service that is asked after.
                 */
                service?: string;
              };
              /**
               * A command that must succeed.
               */
              exec?: {
                /**
                 * Words of the command line.
                 *
                 * @maxItems 256
                 */
                command: string[];
              };
              /**
               * Seconds.
               */
              initialDelaySeconds?: number;
              /**
               * Seconds.
               */
              periodSeconds?: number;
              /**
               * Seconds.
               */
              timeoutSeconds?: number;
              /**
               * How often in a row.
               */
              successThreshold?: number;
              /**
               * How often in a row.
               */
              failureThreshold?: number;
              /**
               * Seconds until a container that failed is killed.
               */
              terminationGracePeriodSeconds?: number;
            };
            /**
             * What is done when the container has started and before it stops.
             */
            lifecycle?: {
              /**
               * One of sleep, exec and httpGet.
               */
              postStart?: {
                /**
                 * Waits.
                 */
                sleep?: {
                  /**
                   * For how long.
                   */
                  seconds: number;
                };
                /**
                 * A command that must succeed.
                 */
                exec?: {
                  /**
                   * Words of the command line.
                   *
                   * @maxItems 256
                   */
                  command: string[];
                };
                /**
                 * An HTTP request that must succeed.
                 */
                httpGet?: {
                  /**
                   * Path of the request.
                   */
                  path?: string;
                  /**
                   * Number or name of the port.
                   */
                  port: number | string;
                  /**
                   * Scheme of the request.
                   */
                  scheme?: 'HTTP' | 'HTTPS';
                  /**
                   * Headers of the request.
                   *
                   * @maxItems 16
                   */
                  httpHeaders?: {
                    /**
                     * Name of the header.
                     */
                    name: string;
                    /**
                     * Its value.
                     */
                    value?: string;
                  }[];
                  /**
                   * Refused; the pod itself is asked.
                   */
                  host?: string;
                };
              };
              /**
               * One of sleep, exec and httpGet.
               */
              preStop?: {
                /**
                 * Waits.
                 */
                sleep?: {
                  /**
                   * For how long.
                   */
                  seconds: number;
                };
                /**
                 * A command that must succeed.
                 */
                exec?: {
                  /**
                   * Words of the command line.
                   *
                   * @maxItems 256
                   */
                  command: string[];
                };
                /**
                 * An HTTP request that must succeed.
                 */
                httpGet?: {
                  /**
                   * Path of the request.
                   */
                  path?: string;
                  /**
                   * Number or name of the port.
                   */
                  port: number | string;
                  /**
                   * Scheme of the request.
                   */
                  scheme?: 'HTTP' | 'HTTPS';
                  /**
                   * Headers of the request.
                   *
                   * @maxItems 16
                   */
                  httpHeaders?: {
                    /**
                     * Name of the header.
                     */
                    name: string;
                    /**
                     * Its value.
                     */
                    value?: string;
                  }[];
                  /**
                   * Refused; the pod itself is asked.
                   */
                  host?: string;
                };
              };
            };
            /**
             * As whom the container runs.
             */
            securityContext?: {
              /**
               * Refused; a privileged container owns its node.
               */
              privileged?: boolean;
              /**
               * Number of a user or group.
               */
              runAsUser?: number;
              /**
               * Number of a user or group.
               */
              runAsGroup?: number;
              /**
               * Refuses to start as root.
               */
              runAsNonRoot?: boolean;
              /**
               * Whether the image's files can only be read.
               */
              readOnlyRootFilesystem?: boolean;
              /**
               * Always false.
               */
              allowPrivilegeEscalation?: boolean;
              /**
               * Rights of the container's processes.
               */
              capabilities?: {
                /**
                 * Names, such as ALL.
                 *
                 * @maxItems 64
                 */
                drop?: string[];
                /**
                 * NET_BIND_SERVICE alone.
                 *
                 * @maxItems 64
                 */
                add?: string[];
              };
              /**
               * Which system calls are allowed; RuntimeDefault where nothing is said.
               */
              seccompProfile?: {
                /**
                 * RuntimeDefault.
                 */
                type: string;
              };
              /**
               * The profile of AppArmor; RuntimeDefault.
               */
              appArmorProfile?: {
                /**
                 * RuntimeDefault.
                 */
                type: string;
              };
            };
          }[];
          /**
           * Volumes of the pods, all of them in the tenant's namespace.
           *
           * @maxItems 16
           */
          volumes?: {
            /**
             * Name of the volume.
             */
            name: string;
            /**
             * Refused; a node's files may be another tenant's.
             */
            hostPath?: {
              /**
               * Refused.
               */
              path?: string;
              /**
               * Refused.
               */
              type?: string;
            };
            /**
             * Refused; a server is the platform team's to name.
             */
            nfs?: {
              /**
               * Refused.
               */
              server?: string;
              /**
               * Refused.
               */
              path?: string;
              /**
               * As in a pod.
               */
              readOnly?: boolean;
            };
            /**
             * Refused; a driver is the platform team's to name.
             */
            csi?: {
              /**
               * Refused.
               */
              driver?: string;
              /**
               * Refused.
               */
              fsType?: string;
              /**
               * Refused.
               */
              nodePublishSecretRef?: {
                /**
                 * Refused.
                 */
                name?: string;
              };
              /**
               * As in a pod.
               */
              readOnly?: boolean;
              /**
               * Refused.
               */
              volumeAttributes?: {
                [k: string]: string;
              };
            };
            /**
             * Refused; not every cluster has it.
             */
            image?: {
              /**
               * Refused.
               */
              reference?: string;
              /**
               * Refused.
               */
              pullPolicy?: string;
            };
            /**
             * A claim of each pod's own, which goes with it.
             */
            ephemeral?: {
              /**
               * The claim.
               */
              volumeClaimTemplate: {
                /**
                 * Labels of the claim.
                 */
                metadata?: {
                  /**
                   * Labels of the claim.
                   */
                  labels?: {
                    [k: string]: string;
                  };
                };
                /**
                 * What the claim asks for.
                 */
                spec: {
                  /**
                   * How it is mounted.
                   *
                   * @minItems 1
                   * @maxItems 4
                   */
                  accessModes: ('ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOncePod')[];
                  /**
                   * Where it comes from.
                   */
                  storageClassName?: string;
                  /**
                   * Filesystem.
                   */
                  volumeMode?: 'Filesystem';
                  /**
                   * How much.
                   */
                  resources: {
                    /**
                     * Amounts by resource, such as nvidia.com/gpu.
                     */
                    requests: {
                      [k: string]: number | string;
                    };
                  };
                };
              };
            };
            /**
             * Fields of the pod as files.
             */
            downwardAPI?: {
              /**
               * Who may read the files, such as 292, which is 0444.
               */
              defaultMode?: number;
              /**
               * The files.
               *
               * @maxItems 32
               */
              items?: {
                /**
                 * Path of the file in the volume.
                 */
                path: string;
                /**
                 * Who may read the files, such as 292, which is 0444.
                 */
                mode?: number;
                /**
                 * A field of the pod.
                 */
                fieldRef?: {
                  /**
                   * Version of the field's path.
                   */
                  apiVersion?: 'v1';
                  /**
                   * The field, such as metadata.name.
                   */
                  fieldPath: string;
                };
                /**
                 * An amount of a container's resources.
                 */
                resourceFieldRef?: {
                  /**
                   * The container; this one where nothing is said.
                   */
                  containerName?: string;
                  /**
                   * The amount, such as limits.memory.
                   */
                  resource: string;
                  /**
                   * The unit.
                   */
                  divisor?: number | string;
                };
              }[];
            };
            /**
             * Several sources in one folder.
             */
            projected?: {
              /**
               * Who may read the files, such as 292, which is 0444.
               */
              defaultMode?: number;
              /**
               * The sources.
               *
               * @maxItems 16
               */
              sources?: {
                /**
                 * An object in the tenant's namespace of the inference cluster.
                 */
                configMap?: {
                  /**
                   * Name of the object.
                   */
                  name: string;
                  /**
                   * Whether the pod starts without it.
                   */
                  optional?: boolean;
                  /**
                   * Which keys become which files; all where nothing is said.
                   *
                   * @maxItems 64
                   */
                  items?: {
                    /**
                     * Key in the object.
                     */
                    key: string;
                    /**
                     * Path of the file in the volume.
                     */
                    path: string;
                    /**
                     * Who may read the files, such as 292, which is 0444.
                     */
                    mode?: number;
                  }[];
                };
                /**
                 * An object in the tenant's namespace of the inference cluster.
                 */
                secret?: {
                  /**
                   * Name of the object.
                   */
                  name: string;
                  /**
                   * Whether the pod starts without it.
                   */
                  optional?: boolean;
                  /**
                   * Which keys become which files; all where nothing is said.
                   *
                   * @maxItems 64
                   */
                  items?: {
                    /**
                     * Key in the object.
                     */
                    key: string;
                    /**
                     * Path of the file in the volume.
                     */
                    path: string;
                    /**
                     * Who may read the files, such as 292, which is 0444.
                     */
                    mode?: number;
                  }[];
                };
                /**
                 * Fields of the pod as files.
                 */
                downwardAPI?: {
                  /**
                   * The files.
                   *
                   * @maxItems 32
                   */
                  items?: {
                    /**
                     * Path of the file in the volume.
                     */
                    path: string;
                    /**
                     * Who may read the files, such as 292, which is 0444.
                     */
                    mode?: number;
                    /**
                     * A field of the pod.
                     */
                    fieldRef?: {
                      /**
                       * Version of the field's path.
                       */
                      apiVersion?: 'v1';
                      /**
                       * The field, such as metadata.name.
                       */
                      fieldPath: string;
                    };
                    /**
                     * An amount of a container's resources.
                     */
                    resourceFieldRef?: {
                      /**
                       * The container; this one where nothing is said.
                       */
                      containerName?: string;
                      /**
                       * The amount, such as limits.memory.
                       */
                      resource: string;
                      /**
                       * The unit.
                       */
                      divisor?: number | string;
                    };
                  }[];
                };
                /**
                 * Refused; engines have no access to the cluster's API.
                 */
                serviceAccountToken?: {
                  /**
                   * Path of the file in the volume.
                   */
                  path?: string;
                  /**
                   * Refused.
                   */
                  audience?: string;
                  /**
                   * Refused.
                   */
                  expirationSeconds?: number;
                };
              }[];
            };
            /**
             * A folder that lives as long as the pod.
             */
            emptyDir?: {
              /**
               * Memory keeps it in RAM.
               */
              medium?: '' | 'Memory';
              /**
               * At most this much.
               */
              sizeLimit?: number | string;
            };
            /**
             * A claim in the tenant's namespace of the inference cluster.
             */
            persistentVolumeClaim?: {
              /**
               * Name of the claim.
               */
              claimName: string;
              /**
               * Whether it can only be read.
               */
              readOnly?: boolean;
            };
            /**
             * A ConfigMap in the tenant's namespace of the inference cluster.
             */
            configMap?: {
              /**
               * Name of the ConfigMap.
               */
              name: string;
              /**
               * Which keys become which files; all where nothing is said.
               *
               * @maxItems 64
               */
              items?: {
                /**
                 * Key in the object.
                 */
                key: string;
                /**
                 * Path of the file in the volume.
                 */
                path: string;
                /**
                 * Who may read the files, such as 292, which is 0444.
                 */
                mode?: number;
              }[];
              /**
               * Who may read the files, such as 292, which is 0444.
               */
              defaultMode?: number;
              /**
               * Whether the pod starts without it.
               */
              optional?: boolean;
            };
            /**
             * A Secret in the tenant's namespace of the inference cluster.
             */
            secret?: {
              /**
               * Name of the Secret.
               */
              secretName: string;
              /**
               * Which keys become which files; all where nothing is said.
               *
               * @maxItems 64
               */
              items?: {
                /**
                 * Key in the object.
                 */
                key: string;
                /**
                 * Path of the file in the volume.
                 */
                path: string;
                /**
                 * Who may read the files, such as 292, which is 0444.
                 */
                mode?: number;
              }[];
              /**
               * Who may read the files, such as 292, which is 0444.
               */
              defaultMode?: number;
              /**
               * Whether the pod starts without it.
               */
              optional?: boolean;
            };
          }[];
          /**
           * Secrets to fetch images with, in the tenant's namespace of the inference cluster.
           *
           * @maxItems 8
           */
          imagePullSecrets?: {
            /**
             * Name of the Secret.
             */
            name: string;
          }[];
          /**
           * Labels that a node must carry.
           */
          nodeSelector?: {
            [k: string]: string;
          };
          /**
           * Which nodes the pods want.
           */
          affinity?: {
            /**
             * Near which pods of the tenant's namespace, or away from which.
             */
            podAffinity?: {
              /**
               * What must be so.
               *
               * @maxItems 8
               *
               * Items: Pods, and the domain in which they are to be or not.
               */
              requiredDuringSchedulingIgnoredDuringExecution?: {
                /**
                 * Label of nodes that makes a domain.
                 */
                topologyKey: string;
                /**
                 * Which pods of the tenant's namespace count.
                 */
                labelSelector?: {
                  /**
                   * Labels that they have.
                   */
                  matchLabels?: {
                    [k: string]: string;
                  };
                  /**
                   * Conditions on their labels.
                   *
                   * @maxItems 16
                   */
                  matchExpressions?: {
                    /**
                     * The label.
                     */
                    key: string;
                    /**
                     * How it compares.
                     */
                    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                    /**
                     * With what.
                     *
                     * @maxItems 64
                     */
                    values?: string[];
                  }[];
                };
                /**
                 * Labels of the pod itself that are compared too.
                 *
                 * @maxItems 16
                 */
                matchLabelKeys?: string[];
                /**
                 * Labels of the pod itself that are compared too.
                 *
                 * @maxItems 16
                 */
                mismatchLabelKeys?: string[];
                /**
                 * Refused; other tenants' pods are none of theirs.
                 *
                 * @maxItems 16
                 */
                namespaces?: string[];
                /**
                 * Refused; other tenants' pods are none of theirs.
                 */
                namespaceSelector?: {
                  /**
                   * Refused.
                   */
                  matchLabels?: {
                    [k: string]: string;
                  };
                };
              }[];
              /**
               * What should be so.
               *
               * @maxItems 8
               */
              preferredDuringSchedulingIgnoredDuringExecution?: {
                /**
                 * How much it counts.
                 */
                weight: number;
                /**
                 * Pods, and the domain in which they are to be or not.
                 */
                podAffinityTerm: {
                  /**
                   * Label of nodes that makes a domain.
                   */
                  topologyKey: string;
                  /**
                   * Which pods of the tenant's namespace count.
                   */
                  labelSelector?: {
                    /**
                     * Labels that they have.
                     */
                    matchLabels?: {
                      [k: string]: string;
                    };
                    /**
                     * Conditions on their labels.
                     *
                     * @maxItems 16
                     */
                    matchExpressions?: {
                      /**
                       * The label.
                       */
                      key: string;
                      /**
                       * How it compares.
                       */
                      operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                      /**
                       * With what.
                       *
                       * @maxItems 64
                       */
                      values?: string[];
                    }[];
                  };
                  /**
                   * Labels of the pod itself that are compared too.
                   *
                   * @maxItems 16
                   */
                  matchLabelKeys?: string[];
                  /**
                   * Labels of the pod itself that are compared too.
                   *
                   * @maxItems 16
                   */
                  mismatchLabelKeys?: string[];
                  /**
                   * Refused; other tenants' pods are none of theirs.
                   *
                   * @maxItems 16
                   */
                  namespaces?: string[];
                  /**
                   * Refused; other tenants' pods are none of theirs.
                   */
                  namespaceSelector?: {
                    /**
                     * Refused.
                     */
                    matchLabels?: {
                      [k: string]: string;
                    };
                  };
                };
              }[];
            };
            /**
             * Near which pods of the tenant's namespace, or away from which.
             */
            podAntiAffinity?: {
              /**
               * What must be so.
               *
               * @maxItems 8
               *
               * Items: Pods, and the domain in which they are to be or not.
               */
              requiredDuringSchedulingIgnoredDuringExecution?: {
                /**
                 * Label of nodes that makes a domain.
                 */
                topologyKey: string;
                /**
                 * Which pods of the tenant's namespace count.
                 */
                labelSelector?: {
                  /**
                   * Labels that they have.
                   */
                  matchLabels?: {
                    [k: string]: string;
                  };
                  /**
                   * Conditions on their labels.
                   *
                   * @maxItems 16
                   */
                  matchExpressions?: {
                    /**
                     * The label.
                     */
                    key: string;
                    /**
                     * How it compares.
                     */
                    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                    /**
                     * With what.
                     *
                     * @maxItems 64
                     */
                    values?: string[];
                  }[];
                };
                /**
                 * Labels of the pod itself that are compared too.
                 *
                 * @maxItems 16
                 */
                matchLabelKeys?: string[];
                /**
                 * Labels of the pod itself that are compared too.
                 *
                 * @maxItems 16
                 */
                mismatchLabelKeys?: string[];
                /**
                 * Refused; other tenants' pods are none of theirs.
                 *
                 * @maxItems 16
                 */
                namespaces?: string[];
                /**
                 * Refused; other tenants' pods are none of theirs.
                 */
                namespaceSelector?: {
                  /**
                   * Refused.
                   */
                  matchLabels?: {
                    [k: string]: string;
                  };
                };
              }[];
              /**
               * What should be so.
               *
               * @maxItems 8
               */
              preferredDuringSchedulingIgnoredDuringExecution?: {
                /**
                 * How much it counts.
                 */
                weight: number;
                /**
                 * Pods, and the domain in which they are to be or not.
                 */
                podAffinityTerm: {
                  /**
                   * Label of nodes that makes a domain.
                   */
                  topologyKey: string;
                  /**
                   * Which pods of the tenant's namespace count.
                   */
                  labelSelector?: {
                    /**
                     * Labels that they have.
                     */
                    matchLabels?: {
                      [k: string]: string;
                    };
                    /**
                     * Conditions on their labels.
                     *
                     * @maxItems 16
                     */
                    matchExpressions?: {
                      /**
                       * The label.
                       */
                      key: string;
                      /**
                       * How it compares.
                       */
                      operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                      /**
                       * With what.
                       *
                       * @maxItems 64
                       */
                      values?: string[];
                    }[];
                  };
                  /**
                   * Labels of the pod itself that are compared too.
                   *
                   * @maxItems 16
                   */
                  matchLabelKeys?: string[];
                  /**
                   * Labels of the pod itself that are compared too.
                   *
                   * @maxItems 16
                   */
                  mismatchLabelKeys?: string[];
                  /**
                   * Refused; other tenants' pods are none of theirs.
                   *
                   * @maxItems 16
                   */
                  namespaces?: string[];
                  /**
                   * Refused; other tenants' pods are none of theirs.
                   */
                  namespaceSelector?: {
                    /**
                     * Refused.
                     */
                    matchLabels?: {
                      [k: string]: string;
                    };
                  };
                };
              }[];
            };
            /**
             * Which nodes the pods want.
             */
            nodeAffinity?: {
              /**
               * What a node must have.
               */
              requiredDuringSchedulingIgnoredDuringExecution?: {
                /**
                 * One of these.
                 *
                 * @maxItems 16
                 *
                 * Items: All of these.
                 */
                nodeSelectorTerms: {
                  /**
                   * Conditions on the node's labels.
                   *
                   * @maxItems 16
                   */
                  matchExpressions?: {
                    /**
                     * The label.
                     */
                    key: string;
                    /**
                     * How it compares.
                     */
                    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
                    /**
                     * With what.
                     *
                     * @maxItems 64
                     */
                    values?: string[];
                  }[];
                }[];
              };
              /**
               * What a node should have.
               *
               * @maxItems 16
               */
              preferredDuringSchedulingIgnoredDuringExecution?: {
                /**
                 * How much it counts.
                 */
                weight: number;
                /**
                 * All of these.
                 */
                preference: {
                  /**
                   * Conditions on the node's labels.
                   *
                   * @maxItems 16
                   */
                  matchExpressions?: {
                    /**
                     * The label.
                     */
                    key: string;
                    /**
                     * How it compares.
                     */
                    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
                    /**
                     * With what.
                     *
                     * @maxItems 64
                     */
                    values?: string[];
                  }[];
                };
              }[];
            };
          };
          /**
           * Taints that the pods put up with.
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
           * RuntimeClass of the inference cluster, such as nvidia.
           */
          runtimeClassName?: string;
          /**
           * How long a generation may go on after its pod was told to stop.
           */
          terminationGracePeriodSeconds?: number;
          /**
           * As whom the pods run.
           */
          securityContext?: {
            /**
             * Number of a user or group.
             */
            runAsUser?: number;
            /**
             * Number of a user or group.
             */
            runAsGroup?: number;
            /**
             * Number of a user or group.
             */
            fsGroup?: number;
            /**
             * Refuses to start as root.
             */
            runAsNonRoot?: boolean;
            /**
             * Which system calls are allowed; RuntimeDefault where nothing is said.
             */
            seccompProfile?: {
              /**
               * RuntimeDefault.
               */
              type: string;
            };
            /**
             * The profile of AppArmor; RuntimeDefault.
             */
            appArmorProfile?: {
              /**
               * RuntimeDefault.
               */
              type: string;
            };
            /**
             * Whether files get their group at each start.
             */
            fsGroupChangePolicy?: 'Always' | 'OnRootMismatch';
            /**
             * Further groups of the user.
             *
             * @maxItems 16
             */
            supplementalGroups?: number[];
            /**
             * Refused; they are the node's.
             *
             * @maxItems 16
             */
            sysctls?: {
              /**
               * Refused.
               */
              name?: string;
              /**
               * Refused.
               */
              value?: string;
            }[];
            /**
             * Refused; the cluster chooses them.
             */
            seLinuxOptions?: {
              /**
               * Refused.
               */
              level?: string;
              /**
               * Refused.
               */
              role?: string;
              /**
               * Refused.
               */
              type?: string;
              /**
               * Refused.
               */
              user?: string;
            };
          };
        };
      };
    }[];
    /**
     * A pod template for the engine, merged over what model stands for: containers, env and volumes by name, mounts by path, maps key by key; other lists replace. Without model it is the whole, and the container named engine serves the model. It has the fields that are safe in a cluster that is shared.
     */
    template?: {
      /**
       * Labels and annotations of the pods.
       */
      metadata?: {
        /**
         * Ignored, as a Deployment's is.
         */
        name?: string;
        /**
         * Ignored; kubectl writes it into manifests.
         */
        creationTimestamp?: string | null;
        /**
         * Refused; pods are in the tenant's own namespace.
         */
        namespace?: string;
        /**
         * Labels of the pods.
         */
        labels?: {
          [k: string]: string;
        };
        /**
         * Annotations of the pods.
         */
        annotations?: {
          [k: string]: string;
        };
      };
      /**
       * The pods.
       */
      spec?: {
        /**
         * Refused; pods share a cluster with other tenants'.
         */
        hostNetwork?: boolean;
        /**
         * Refused; pods share a cluster with other tenants'.
         */
        hostPID?: boolean;
        /**
         * Refused; use a volume of medium Memory at /dev/shm.
         */
        hostIPC?: boolean;
        /**
         * Refused; engines have no access to the cluster's API.
         */
        serviceAccountName?: string;
        /**
         * Refused; engines have no access to the cluster's API.
         */
        serviceAccount?: string;
        /**
         * Always false; engines have no access to the cluster's API.
         */
        automountServiceAccountToken?: boolean;
        /**
         * Always false; a Service called vllm would set VLLM_PORT.
         */
        enableServiceLinks?: boolean;
        /**
         * Always; engines do not end.
         */
        restartPolicy?: string;
        /**
         * Refused; a scheduler looks whether a node has room.
         */
        nodeName?: string;
        /**
         * The cluster's own.
         */
        schedulerName?: string;
        /**
         * Refused; criticality chooses it.
         */
        priorityClassName?: string;
        /**
         * Refused; engines do not end.
         */
        activeDeadlineSeconds?: number;
        /**
         * Refused; what each container gets says it.
         */
        resources?: {};
        /**
         * Refused; nobody would open them.
         *
         * @maxItems 8
         */
        readinessGates?: {
          /**
           * Refused.
           */
          conditionType?: string;
        }[];
        /**
         * Refused; nobody would open them.
         *
         * @maxItems 8
         */
        schedulingGates?: {
          /**
           * Refused.
           */
          name?: string;
        }[];
        /**
         * Name that each pod has for itself.
         */
        hostname?: string;
        /**
         * Name of a domain that each pod has for itself.
         */
        subdomain?: string;
        /**
         * False gives the pods users of their own, apart from the node's.
         */
        hostUsers?: boolean;
        /**
         * Whether the pod's containers see each other's processes.
         */
        shareProcessNamespace?: boolean;
        /**
         * How names are resolved.
         */
        dnsPolicy?: 'ClusterFirst' | 'Default' | 'None' | 'ClusterFirstWithHostNet';
        /**
         * Where names are resolved.
         */
        dnsConfig?: {
          /**
           * Addresses or names.
           *
           * @maxItems 32
           */
          nameservers?: string[];
          /**
           * Addresses or names.
           *
           * @maxItems 32
           */
          searches?: string[];
          /**
           * Options of the resolver.
           *
           * @maxItems 16
           */
          options?: {
            /**
             * Name of the option.
             */
            name?: string;
            /**
             * Its value.
             */
            value?: string;
          }[];
        };
        /**
         * Names that the pods know without asking.
         *
         * @maxItems 32
         */
        hostAliases?: {
          /**
           * Address of the names.
           */
          ip: string;
          /**
           * Addresses or names.
           *
           * @maxItems 32
           */
          hostnames?: string[];
        }[];
        /**
         * Devices that the pods claim, in the tenant's namespace of the inference cluster.
         *
         * @maxItems 8
         */
        resourceClaims?: {
          /**
           * Name of the claim in resources.claims of a container.
           */
          name: string;
          /**
           * A ResourceClaim that all pods share.
           */
          resourceClaimName?: string;
          /**
           * A ResourceClaimTemplate of which each pod has its own claim.
           */
          resourceClaimTemplateName?: string;
        }[];
        /**
         * How the pods are spread; over the placement's own where no labelSelector is given.
         *
         * @maxItems 8
         */
        topologySpreadConstraints?: {
          /**
           * How uneven it may be.
           */
          maxSkew: number;
          /**
           * Over how many domains at least.
           */
          minDomains?: number;
          /**
           * Label of nodes that makes a domain.
           */
          topologyKey: string;
          /**
           * Whether a pod waits.
           */
          whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
          /**
           * Whether only nodes that the pod may go to count.
           */
          nodeAffinityPolicy?: 'Honor' | 'Ignore';
          /**
           * Whether only nodes that the pod may go to count.
           */
          nodeTaintsPolicy?: 'Honor' | 'Ignore';
          /**
           * Labels of the pod itself that are compared too.
           *
           * @maxItems 16
           */
          matchLabelKeys?: string[];
          /**
           * Which pods of the tenant's namespace count.
           */
          labelSelector?: {
            /**
             * Labels that they have.
             */
            matchLabels?: {
              [k: string]: string;
            };
            /**
             * Conditions on their labels.
             *
             * @maxItems 16
             */
            matchExpressions?: {
              /**
               * The label.
               */
              key: string;
              /**
               * How it compares.
               */
              operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
              /**
               * With what.
               *
               * @maxItems 64
               */
              values?: string[];
            }[];
          };
        }[];
        /**
         * Containers; the one named engine serves the model.
         *
         * @minItems 1
         * @maxItems 8
         */
        containers?: {
          /**
           * Name of the container.
           */
          name: string;
          /**
           * Image, with a tag or a digest.
           */
          image?: string;
          /**
           * When the image is fetched.
           */
          imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
          /**
           * Words of the command line.
           *
           * @maxItems 256
           */
          command?: string[];
          /**
           * Words of the command line.
           *
           * @maxItems 256
           */
          args?: string[];
          /**
           * As in a pod.
           */
          tty?: boolean;
          /**
           * As in a pod.
           */
          stdin?: boolean;
          /**
           * File with the last words.
           */
          terminationMessagePath?: string;
          /**
           * Where the last words come from.
           */
          terminationMessagePolicy?: 'File' | 'FallbackToLogsOnError';
          /**
           * Refused; give the volume a file system.
           *
           * @maxItems 8
           */
          volumeDevices?: {
            /**
             * Refused.
             */
            name?: string;
            /**
             * Refused.
             */
            devicePath?: string;
          }[];
          /**
           * Folder that the command runs in.
           */
          workingDir?: string;
          /**
           * Always makes a sidecar of an init container.
           */
          restartPolicy?: 'Always';
          /**
           * Environment variables.
           *
           * @maxItems 128
           */
          env?: {
            /**
             * Name of the variable.
             */
            name: string;
            /**
             * Its value.
             */
            value?: string;
            /**
             * Where its value comes from.
             */
            valueFrom?: {
              /**
               * A key of an object in the tenant's namespace of the inference cluster.
               */
              secretKeyRef?: {
                /**
                 * Name of the object.
                 */
                name: string;
                /**
                 * Key in the object.
                 */
                key: string;
                /**
                 * Whether the pod starts without it.
                 */
                optional?: boolean;
              };
              /**
               * A key of an object in the tenant's namespace of the inference cluster.
               */
              configMapKeyRef?: {
                /**
                 * Name of the object.
                 */
                name: string;
                /**
                 * Key in the object.
                 */
                key: string;
                /**
                 * Whether the pod starts without it.
                 */
                optional?: boolean;
              };
              /**
               * A field of the pod.
               */
              fieldRef?: {
                /**
                 * Version of the field's path.
                 */
                apiVersion?: 'v1';
                /**
                 * The field, such as metadata.name.
                 */
                fieldPath: string;
              };
              /**
               * An amount of a container's resources.
               */
              resourceFieldRef?: {
                /**
                 * The container; this one where nothing is said.
                 */
                containerName?: string;
                /**
                 * The amount, such as limits.memory.
                 */
                resource: string;
                /**
                 * The unit.
                 */
                divisor?: number | string;
              };
            };
          }[];
          /**
           * Objects whose keys all become variables.
           *
           * @maxItems 16
           */
          envFrom?: {
            /**
             * Put before every key.
             */
            prefix?: string;
            /**
             * An object in the tenant's namespace of the inference cluster.
             */
            secretRef?: {
              /**
               * Name of the object.
               */
              name: string;
              /**
               * Whether the pod starts without it.
               */
              optional?: boolean;
            };
            /**
             * An object in the tenant's namespace of the inference cluster.
             */
            configMapRef?: {
              /**
               * Name of the object.
               */
              name: string;
              /**
               * Whether the pod starts without it.
               */
              optional?: boolean;
            };
          }[];
          /**
           * Ports that the container listens on; engine's must hold engine.port.
           *
           * @maxItems 8
           */
          ports?: {
            /**
             * Name of the port.
             */
            name?: string;
            /**
             * The port.
             */
            containerPort: number;
            /**
             * Protocol of the port.
             */
            protocol: 'TCP' | 'UDP';
            /**
             * Refused; requests come through the gateway.
             */
            hostPort?: number;
          }[];
          /**
           * What the container needs and may use at most.
           */
          resources?: {
            /**
             * Amounts by resource, such as nvidia.com/gpu.
             */
            requests?: {
              [k: string]: number | string;
            };
            /**
             * Amounts by resource, such as nvidia.com/gpu.
             */
            limits?: {
              [k: string]: number | string;
            };
            /**
             * Devices of the pod's resourceClaims that the container gets.
             *
             * @maxItems 8
             */
            claims?: {
              /**
               * Name in resourceClaims of the pods.
               */
              name: string;
              /**
               * One request of the claim.
               */
              request?: string;
            }[];
          };
          /**
           * Volumes that the container sees.
           *
           * @maxItems 16
           */
          volumeMounts?: {
            /**
             * Name of the volume.
             */
            name: string;
            /**
             * Where it is seen.
             */
            mountPath: string;
            /**
             * Which part of it.
             */
            subPath?: string;
            /**
             * Which part of it, with variables.
             */
            subPathExpr?: string;
            /**
             * Whether later mounts are seen.
             */
            mountPropagation?: 'None' | 'HostToContainer';
            /**
             * Whether it can only be read.
             */
            readOnly?: boolean;
          }[];
          /**
           * How the container is asked after its health.
           */
          startupProbe?: {
            /**
             * An HTTP request that must succeed.
             */
            httpGet?: {
              /**
               * Path of the request.
               */
              path?: string;
              /**
               * Number or name of the port.
               */
              port: number | string;
              /**
               * Scheme of the request.
               */
              scheme?: 'HTTP' | 'HTTPS';
              /**
               * Headers of the request.
               *
               * @maxItems 16
               */
              httpHeaders?: {
                /**
                 * Name of the header.
                 */
                name: string;
                /**
                 * Its value.
                 */
                value?: string;
              }[];
              /**
               * Refused; the pod itself is asked.
               */
              host?: string;
            };
            /**
             * A connection that must succeed.
             */
            tcpSocket?: {
              /**
               * Number or name of the port.
               */
              port: number | string;
            };
            /**
             * A gRPC health check.
             */
            grpc?: {
              /**
               * Number of the port.
               */
              port: number;
              /**
               * Service that is asked after.
               */
              service?: string;
            };
            /**
             * A command that must succeed.
             */
            exec?: {
              /**
               * Words of the command line.
               *
               * @maxItems 256
               */
              command: string[];
            };
            /**
             * Seconds.
             */
            initialDelaySeconds?: number;
            /**
             * Seconds.
             */
            periodSeconds?: number;
            /**
             * Seconds.
             */
            timeoutSeconds?: number;
            /**
             * How often in a row.
             */
            successThreshold?: number;
            /**
             * How often in a row.
             */
            failureThreshold?: number;
            /**
             * Seconds until a container that failed is killed.
             */
            terminationGracePeriodSeconds?: number;
          };
          /**
           * How the container is asked after its health.
           */
          readinessProbe?: {
            /**
             * An HTTP request that must succeed.
             */
            httpGet?: {
              /**
               * Path of the request.
               */
              path?: string;
              /**
               * Number or name of the port.
               */
              port: number | string;
              /**
               * Scheme of the request.
               */
              scheme?: 'HTTP' | 'HTTPS';
              /**
               * Headers of the request.
               *
               * @maxItems 16
               */
              httpHeaders?: {
                /**
                 * Name of the header.
                 */
                name: string;
                /**
                 * Its value.
                 */
                value?: string;
              }[];
              /**
               * Refused; the pod itself is asked.
               */
              host?: string;
            };
            /**
             * A connection that must succeed.
             */
            tcpSocket?: {
              /**
               * Number or name of the port.
               */
              port: number | string;
            };
            /**
             * A gRPC health check.
             */
            grpc?: {
              /**
               * Number of the port.
               */
              port: number;
              /**
               * Service that is asked after.
               */
              service?: string;
            };
            /**
             * A command that must succeed.
             */
            exec?: {
              /**
               * Words of the command line.
               *
               * @maxItems 256
               */
              command: string[];
            };
            /**
             * Seconds.
             */
            initialDelaySeconds?: number;
            /**
             * Seconds.
             */
            periodSeconds?: number;
            /**
             * Seconds.
             */
            timeoutSeconds?: number;
            /**
             * How often in a row.
             */
            successThreshold?: number;
            /**
             * How often in a row.
             */
            failureThreshold?: number;
            /**
             * Seconds until a container that failed is killed.
             */
            terminationGracePeriodSeconds?: number;
          };
          /**
           * How the container is asked after its health.
           */
          livenessProbe?: {
            /**
             * An HTTP request that must succeed.
             */
            httpGet?: {
              /**
               * Path of the request.
               */
              path?: string;
              /**
               * Number or name of the port.
               */
              port: number | string;
              /**
               * Scheme of the request.
               */
              scheme?: 'HTTP' | 'HTTPS';
              /**
               * Headers of the request.
               *
               * @maxItems 16
               */
              httpHeaders?: {
                /**
                 * Name of the header.
                 */
                name: string;
                /**
                 * Its value.
                 */
                value?: string;
              }[];
              /**
               * Refused; the pod itself is asked.
               */
              host?: string;
            };
            /**
             * A connection that must succeed.
             */
            tcpSocket?: {
              /**
               * Number or name of the port.
               */
              port: number | string;
            };
            /**
             * A gRPC health check.
             */
            grpc?: {
              /**
               * Number of the port.
               */
              port: number;
              /**
               * Service that is asked after.
               */
              service?: string;
            };
            /**
             * A command that must succeed.
             */
            exec?: {
              /**
               * Words of the command line.
               *
               * @maxItems 256
               */
              command: string[];
            };
            /**
             * Seconds.
             */
            initialDelaySeconds?: number;
            /**
             * Seconds.
             */
            periodSeconds?: number;
            /**
             * Seconds.
             */
            timeoutSeconds?: number;
            /**
             * How often in a row.
             */
            successThreshold?: number;
            /**
             * How often in a row.
             */
            failureThreshold?: number;
            /**
             * Seconds until a container that failed is killed.
             */
            terminationGracePeriodSeconds?: number;
          };
          /**
           * What is done when the container has started and before it stops.
           */
          lifecycle?: {
            /**
             * One of sleep, exec and httpGet.
             */
            postStart?: {
              /**
               * Waits.
               */
              sleep?: {
                /**
                 * For how long.
                 */
                seconds: number;
              };
              /**
               * A command that must succeed.
               */
              exec?: {
                /**
                 * Words of the command line.
                 *
                 * @maxItems 256
                 */
                command: string[];
              };
              /**
               * An HTTP request that must succeed.
               */
              httpGet?: {
                /**
                 * Path of the request.
                 */
                path?: string;
                /**
                 * Number or name of the port.
                 */
                port: number | string;
                /**
                 * Scheme of the request.
                 */
                scheme?: 'HTTP' | 'HTTPS';
                /**
                 * Headers of the request.
                 *
                 * @maxItems 16
                 */
                httpHeaders?: {
                  /**
                   * Name of the header.
                   */
                  name: string;
                  /**
                   * Its value.
                   */
                  value?: string;
                }[];
                /**
                 * Refused; the pod itself is asked.
                 */
                host?: string;
              };
            };
            /**
             * One of sleep, exec and httpGet.
             */
            preStop?: {
              /**
               * Waits.
               */
              sleep?: {
                /**
                 * For how long.
                 */
                seconds: number;
              };
              /**
               * A command that must succeed.
               */
              exec?: {
                /**
                 * Words of the command line.
                 *
                 * @maxItems 256
                 */
                command: string[];
              };
              /**
               * An HTTP request that must succeed.
               */
              httpGet?: {
                /**
                 * Path of the request.
                 */
                path?: string;
                /**
                 * Number or name of the port.
                 */
                port: number | string;
                /**
                 * Scheme of the request.
                 */
                scheme?: 'HTTP' | 'HTTPS';
                /**
                 * Headers of the request.
                 *
                 * @maxItems 16
                 */
                httpHeaders?: {
                  /**
                   * Name of the header.
                   */
                  name: string;
                  /**
                   * Its value.
                   */
                  value?: string;
                }[];
                /**
                 * Refused; the pod itself is asked.
                 */
                host?: string;
              };
            };
          };
          /**
           * As whom the container runs.
           */
          securityContext?: {
            /**
             * Refused; a privileged container owns its node.
             */
            privileged?: boolean;
            /**
             * Number of a user or group.
             */
            runAsUser?: number;
            /**
             * Number of a user or group.
             */
            runAsGroup?: number;
            /**
             * Refuses to start as root.
             */
            runAsNonRoot?: boolean;
            /**
             * Whether the image's files can only be read.
             */
            readOnlyRootFilesystem?: boolean;
            /**
             * Always false.
             */
            allowPrivilegeEscalation?: boolean;
            /**
             * Rights of the container's processes.
             */
            capabilities?: {
              /**
               * Names, such as ALL.
               *
               * @maxItems 64
               */
              drop?: string[];
              /**
               * NET_BIND_SERVICE alone.
               *
               * @maxItems 64
               */
              add?: string[];
            };
            /**
             * Which system calls are allowed; RuntimeDefault where nothing is said.
             */
            seccompProfile?: {
              /**
               * RuntimeDefault.
               */
              type: string;
            };
            /**
             * The profile of AppArmor; RuntimeDefault.
             */
            appArmorProfile?: {
              /**
               * RuntimeDefault.
               */
              type: string;
            };
          };
        }[];
        /**
         * Containers that run before the others, or beside them as sidecars.
         *
         * @maxItems 8
         */
        initContainers?: {
          /**
           * Name of the container.
           */
          name: string;
          /**
           * Image, with a tag or a digest.
           */
          image?: string;
          /**
           * When the image is fetched.
           */
          imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
          /**
           * Words of the command line.
           *
           * @maxItems 256
           */
          command?: string[];
          /**
           * Words of the command line.
           *
           * @maxItems 256
           */
          args?: string[];
          /**
           * As in a pod.
           */
          tty?: boolean;
          /**
           * As in a pod.
           */
          stdin?: boolean;
          /**
           * File with the last words.
           */
          terminationMessagePath?: string;
          /**
           * Where the last words come from.
           */
          terminationMessagePolicy?: 'File' | 'FallbackToLogsOnError';
          /**
           * Refused; give the volume a file system.
           *
           * @maxItems 8
           */
          volumeDevices?: {
            /**
             * Refused.
             */
            name?: string;
            /**
             * Refused.
             */
            devicePath?: string;
          }[];
          /**
           * Folder that the command runs in.
           */
          workingDir?: string;
          /**
           * Always makes a sidecar of an init container.
           */
          restartPolicy?: 'Always';
          /**
           * Environment variables.
           *
           * @maxItems 128
           */
          env?: {
            /**
             * Name of the variable.
             */
            name: string;
            /**
             * Its value.
             */
            value?: string;
            /**
             * Where its value comes from.
             */
            valueFrom?: {
              /**
               * A key of an object in the tenant's namespace of the inference cluster.
               */
              secretKeyRef?: {
                /**
                 * Name of the object.
                 */
                name: string;
                /**
                 * Key in the object.
                 */
                key: string;
                /**
                 * Whether the pod starts without it.
                 */
                optional?: boolean;
              };
              /**
               * A key of an object in the tenant's namespace of the inference cluster.
               */
              configMapKeyRef?: {
                /**
                 * Name of the object.
                 */
                name: string;
                /**
                 * Key in the object.
                 */
                key: string;
                /**
                 * Whether the pod starts without it.
                 */
                optional?: boolean;
              };
              /**
               * A field of the pod.
               */
              fieldRef?: {
                /**
                 * Version of the field's path.
                 */
                apiVersion?: 'v1';
                /**
                 * The field, such as metadata.name.
                 */
                fieldPath: string;
              };
              /**
               * An amount of a container's resources.
               */
              resourceFieldRef?: {
                /**
                 * The container; this one where nothing is said.
                 */
                containerName?: string;
                /**
                 * The amount, such as limits.memory.
                 */
                resource: string;
                /**
                 * The unit.
                 */
                divisor?: number | string;
              };
            };
          }[];
          /**
           * Objects whose keys all become variables.
           *
           * @maxItems 16
           */
          envFrom?: {
            /**
             * Put before every key.
             */
            prefix?: string;
            /**
             * An object in the tenant's namespace of the inference cluster.
             */
            secretRef?: {
              /**
               * Name of the object.
               */
              name: string;
              /**
               * Whether the pod starts without it.
               */
              optional?: boolean;
            };
            /**
             * An object in the tenant's namespace of the inference cluster.
             */
            configMapRef?: {
              /**
               * Name of the object.
               */
              name: string;
              /**
               * Whether the pod starts without it.
               */
              optional?: boolean;
            };
          }[];
          /**
           * Ports that the container listens on; engine's must hold engine.port.
           *
           * @maxItems 8
           */
          ports?: {
            /**
             * Name of the port.
             */
            name?: string;
            /**
             * The port.
             */
            containerPort: number;
            /**
             * Protocol of the port.
             */
            protocol: 'TCP' | 'UDP';
            /**
             * Refused; requests come through the gateway.
             */
            hostPort?: number;
          }[];
          /**
           * What the container needs and may use at most.
           */
          resources?: {
            /**
             * Amounts by resource, such as nvidia.com/gpu.
             */
            requests?: {
              [k: string]: number | string;
            };
            /**
             * Amounts by resource, such as nvidia.com/gpu.
             */
            limits?: {
              [k: string]: number | string;
            };
            /**
             * Devices of the pod's resourceClaims that the container gets.
             *
             * @maxItems 8
             */
            claims?: {
              /**
               * Name in resourceClaims of the pods.
               */
              name: string;
              /**
               * One request of the claim.
               */
              request?: string;
            }[];
          };
          /**
           * Volumes that the container sees.
           *
           * @maxItems 16
           */
          volumeMounts?: {
            /**
             * Name of the volume.
             */
            name: string;
            /**
             * Where it is seen.
             */
            mountPath: string;
            /**
             * Which part of it.
             */
            subPath?: string;
            /**
             * Which part of it, with variables.
             */
            subPathExpr?: string;
            /**
             * Whether later mounts are seen.
             */
            mountPropagation?: 'None' | 'HostToContainer';
            /**
             * Whether it can only be read.
             */
            readOnly?: boolean;
          }[];
          /**
           * How the container is asked after its health.
           */
          startupProbe?: {
            /**
             * An HTTP request that must succeed.
             */
            httpGet?: {
              /**
               * Path of the request.
               */
              path?: string;
              /**
               * Number or name of the port.
               */
              port: number | string;
              /**
               * Scheme of the request.
               */
              scheme?: 'HTTP' | 'HTTPS';
              /**
               * Headers of the request.
               *
               * @maxItems 16
               */
              httpHeaders?: {
                /**
                 * Name of the header.
                 */
                name: string;
                /**
                 * Its value.
                 */
                value?: string;
              }[];
              /**
               * Refused; the pod itself is asked.
               */
              host?: string;
            };
            /**
             * A connection that must succeed.
             */
            tcpSocket?: {
              /**
               * Number or name of the port.
               */
              port: number | string;
            };
            /**
             * A gRPC health check.
             */
            grpc?: {
              /**
               * Number of the port.
               */
              port: number;
              /**
               * Service that is asked after.
               */
              service?: string;
            };
            /**
             * A command that must succeed.
             */
            exec?: {
              /**
               * Words of the command line.
               *
               * @maxItems 256
               */
              command: string[];
            };
            /**
             * Seconds.
             */
            initialDelaySeconds?: number;
            /**
             * Seconds.
             */
            periodSeconds?: number;
            /**
             * Seconds.
             */
            timeoutSeconds?: number;
            /**
             * How often in a row.
             */
            successThreshold?: number;
            /**
             * How often in a row.
             */
            failureThreshold?: number;
            /**
             * Seconds until a container that failed is killed.
             */
            terminationGracePeriodSeconds?: number;
          };
          /**
           * How the container is asked after its health.
           */
          readinessProbe?: {
            /**
             * An HTTP request that must succeed.
             */
            httpGet?: {
              /**
               * Path of the request.
               */
              path?: string;
              /**
               * Number or name of the port.
               */
              port: number | string;
              /**
               * Scheme of the request.
               */
              scheme?: 'HTTP' | 'HTTPS';
              /**
               * Headers of the request.
               *
               * @maxItems 16
               */
              httpHeaders?: {
                /**
                 * Name of the header.
                 */
                name: string;
                /**
                 * Its value.
                 */
                value?: string;
              }[];
              /**
               * Refused; the pod itself is asked.
               */
              host?: string;
            };
            /**
             * A connection that must succeed.
             */
            tcpSocket?: {
              /**
               * Number or name of the port.
               */
              port: number | string;
            };
            /**
             * A gRPC health check.
             */
            grpc?: {
              /**
               * Number of the port.
               */
              port: number;
              /**
               * Service that is asked after.
               */
              service?: string;
            };
            /**
             * A command that must succeed.
             */
            exec?: {
              /**
               * Words of the command line.
               *
               * @maxItems 256
               */
              command: string[];
            };
            /**
             * Seconds.
             */
            initialDelaySeconds?: number;
            /**
             * Seconds.
             */
            periodSeconds?: number;
            /**
             * Seconds.
             */
            timeoutSeconds?: number;
            /**
             * How often in a row.
             */
            successThreshold?: number;
            /**
             * How often in a row.
             */
            failureThreshold?: number;
            /**
             * Seconds until a container that failed is killed.
             */
            terminationGracePeriodSeconds?: number;
          };
          /**
           * How the container is asked after its health.
           */
          livenessProbe?: {
            /**
             * An HTTP request that must succeed.
             */
            httpGet?: {
              /**
               * Path of the request.
               */
              path?: string;
              /**
               * Number or name of the port.
               */
              port: number | string;
              /**
               * Scheme of the request.
               */
              scheme?: 'HTTP' | 'HTTPS';
              /**
               * Headers of the request.
               *
               * @maxItems 16
               */
              httpHeaders?: {
                /**
                 * Name of the header.
                 */
                name: string;
                /**
                 * Its value.
                 */
                value?: string;
              }[];
              /**
               * Refused; the pod itself is asked.
               */
              host?: string;
            };
            /**
             * A connection that must succeed.
             */
            tcpSocket?: {
              /**
               * Number or name of the port.
               */
              port: number | string;
            };
            /**
             * A gRPC health check.
             */
            grpc?: {
              /**
               * Number of the port.
               */
              port: number;
              /**
               * Service that is asked after.
               */
              service?: string;
            };
            /**
             * A command that must succeed.
             */
            exec?: {
              /**
               * Words of the command line.
               *
               * @maxItems 256
               */
              command: string[];
            };
            /**
             * Seconds.
             */
            initialDelaySeconds?: number;
            /**
             * Seconds.
             */
            periodSeconds?: number;
            /**
             * Seconds.
             */
            timeoutSeconds?: number;
            /**
             * How often in a row.
             */
            successThreshold?: number;
            /**
             * How often in a row.
             */
            failureThreshold?: number;
            /**
             * Seconds until a container that failed is killed.
             */
            terminationGracePeriodSeconds?: number;
          };
          /**
           * What is done when the container has started and before it stops.
           */
          lifecycle?: {
            /**
             * One of sleep, exec and httpGet.
             */
            postStart?: {
              /**
               * Waits.
               */
              sleep?: {
                /**
                 * For how long.
                 */
                seconds: number;
              };
              /**
               * A command that must succeed.
               */
              exec?: {
                /**
                 * Words of the command line.
                 *
                 * @maxItems 256
                 */
                command: string[];
              };
              /**
               * An HTTP request that must succeed.
               */
              httpGet?: {
                /**
                 * Path of the request.
                 */
                path?: string;
                /**
                 * Number or name of the port.
                 */
                port: number | string;
                /**
                 * Scheme of the request.
                 */
                scheme?: 'HTTP' | 'HTTPS';
                /**
                 * Headers of the request.
                 *
                 * @maxItems 16
                 */
                httpHeaders?: {
                  /**
                   * Name of the header.
                   */
                  name: string;
                  /**
                   * Its value.
                   */
                  value?: string;
                }[];
                /**
                 * Refused; the pod itself is asked.
                 */
                host?: string;
              };
            };
            /**
             * One of sleep, exec and httpGet.
             */
            preStop?: {
              /**
               * Waits.
               */
              sleep?: {
                /**
                 * For how long.
                 */
                seconds: number;
              };
              /**
               * A command that must succeed.
               */
              exec?: {
                /**
                 * Words of the command line.
                 *
                 * @maxItems 256
                 */
                command: string[];
              };
              /**
               * An HTTP request that must succeed.
               */
              httpGet?: {
                /**
                 * Path of the request.
                 */
                path?: string;
                /**
                 * Number or name of the port.
                 */
                port: number | string;
                /**
                 * Scheme of the request.
                 */
                scheme?: 'HTTP' | 'HTTPS';
                /**
                 * Headers of the request.
                 *
                 * @maxItems 16
                 */
                httpHeaders?: {
                  /**
                   * Name of the header.
                   */
                  name: string;
                  /**
                   * Its value.
                   */
                  value?: string;
                }[];
                /**
                 * Refused; the pod itself is asked.
                 */
                host?: string;
              };
            };
          };
          /**
           * As whom the container runs.
           */
          securityContext?: {
            /**
             * Refused; a privileged container owns its node.
             */
            privileged?: boolean;
            /**
             * Number of a user or group.
             */
            runAsUser?: number;
            /**
             * Number of a user or group.
             */
            runAsGroup?: number;
            /**
             * Refuses to start as root.
             */
            runAsNonRoot?: boolean;
            /**
             * Whether the image's files can only be read.
             */
            readOnlyRootFilesystem?: boolean;
            /**
             * Always false.
             */
            allowPrivilegeEscalation?: boolean;
            /**
             * Rights of the container's processes.
             */
            capabilities?: {
              /**
               * Names, such as ALL.
               *
               * @maxItems 64
               */
              drop?: string[];
              /**
               * NET_BIND_SERVICE alone.
               *
               * @maxItems 64
               */
              add?: string[];
            };
            /**
             * Which system calls are allowed; RuntimeDefault where nothing is said.
             */
            seccompProfile?: {
              /**
               * RuntimeDefault.
               */
              type: string;
            };
            /**
             * The profile of AppArmor; RuntimeDefault.
             */
            appArmorProfile?: {
              /**
               * RuntimeDefault.
               */
              type: string;
            };
          };
        }[];
        /**
         * Volumes of the pods, all of them in the tenant's namespace.
         *
         * @maxItems 16
         */
        volumes?: {
          /**
           * Name of the volume.
           */
          name: string;
          /**
           * Refused; a node's files may be another tenant's.
           */
          hostPath?: {
            /**
             * Refused.
             */
            path?: string;
            /**
             * Refused.
             */
            type?: string;
          };
          /**
           * Refused; a server is the platform team's to name.
           */
          nfs?: {
            /**
             * Refused.
             */
            server?: string;
            /**
             * Refused.
             */
            path?: string;
            /**
             * As in a pod.
             */
            readOnly?: boolean;
          };
          /**
           * Refused; a driver is the platform team's to name.
           */
          csi?: {
            /**
             * Refused.
             */
            driver?: string;
            /**
             * Refused.
             */
            fsType?: string;
            /**
             * Refused.
             */
            nodePublishSecretRef?: {
              /**
               * Refused.
               */
              name?: string;
            };
            /**
             * As in a pod.
             */
            readOnly?: boolean;
            /**
             * Refused.
             */
            volumeAttributes?: {
              [k: string]: string;
            };
          };
          /**
           * Refused; not every cluster has it.
           */
          image?: {
            /**
             * Refused.
             */
            reference?: string;
            /**
             * Refused.
             */
            pullPolicy?: string;
          };
          /**
           * A claim of each pod's own, which goes with it.
           */
          ephemeral?: {
            /**
             * The claim.
             */
            volumeClaimTemplate: {
              /**
               * Labels of the claim.
               */
              metadata?: {
                /**
                 * Labels of the claim.
                 */
                labels?: {
                  [k: string]: string;
                };
              };
              /**
               * What the claim asks for.
               */
              spec: {
                /**
                 * How it is mounted.
                 *
                 * @minItems 1
                 * @maxItems 4
                 */
                accessModes: ('ReadWriteOnce' | 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOncePod')[];
                /**
                 * Where it comes from.
                 */
                storageClassName?: string;
                /**
                 * Filesystem.
                 */
                volumeMode?: 'Filesystem';
                /**
                 * How much.
                 */
                resources: {
                  /**
                   * Amounts by resource, such as nvidia.com/gpu.
                   */
                  requests: {
                    [k: string]: number | string;
                  };
                };
              };
            };
          };
          /**
           * Fields of the pod as files.
           */
          downwardAPI?: {
            /**
             * Who may read the files, such as 292, which is 0444.
             */
            defaultMode?: number;
            /**
             * The files.
             *
             * @maxItems 32
             */
            items?: {
              /**
               * Path of the file in the volume.
               */
              path: string;
              /**
               * Who may read the files, such as 292, which is 0444.
               */
              mode?: number;
              /**
               * A field of the pod.
               */
              fieldRef?: {
                /**
                 * Version of the field's path.
                 */
                apiVersion?: 'v1';
                /**
                 * The field, such as metadata.name.
                 */
                fieldPath: string;
              };
              /**
               * An amount of a container's resources.
               */
              resourceFieldRef?: {
                /**
                 * The container; this one where nothing is said.
                 */
                containerName?: string;
                /**
                 * The amount, such as limits.memory.
                 */
                resource: string;
                /**
                 * The unit.
                 */
                divisor?: number | string;
              };
            }[];
          };
          /**
           * Several sources in one folder.
           */
          projected?: {
            /**
             * Who may read the files, such as 292, which is 0444.
             */
            defaultMode?: number;
            /**
             * The sources.
             *
             * @maxItems 16
             */
            sources?: {
              /**
               * An object in the tenant's namespace of the inference cluster.
               */
              configMap?: {
                /**
                 * Name of the object.
                 */
                name: string;
                /**
                 * Whether the pod starts without it.
                 */
                optional?: boolean;
                /**
                 * Which keys become which files; all where nothing is said.
                 *
                 * @maxItems 64
                 */
                items?: {
                  /**
                   * Key in the object.
                   */
                  key: string;
                  /**
                   * Path of the file in the volume.
                   */
                  path: string;
                  /**
                   * Who may read the files, such as 292, which is 0444.
                   */
                  mode?: number;
                }[];
              };
              /**
               * An object in the tenant's namespace of the inference cluster.
               */
              secret?: {
                /**
                 * Name of the object.
                 */
                name: string;
                /**
                 * Whether the pod starts without it.
                 */
                optional?: boolean;
                /**
                 * Which keys become which files; all where nothing is said.
                 *
                 * @maxItems 64
                 */
                items?: {
                  /**
                   * Key in the object.
                   */
                  key: string;
                  /**
                   * Path of the file in the volume.
                   */
                  path: string;
                  /**
                   * Who may read the files, such as 292, which is 0444.
                   */
                  mode?: number;
                }[];
              };
              /**
               * Fields of the pod as files.
               */
              downwardAPI?: {
                /**
                 * The files.
                 *
                 * @maxItems 32
                 */
                items?: {
                  /**
                   * Path of the file in the volume.
                   */
                  path: string;
                  /**
                   * Who may read the files, such as 292, which is 0444.
                   */
                  mode?: number;
                  /**
                   * A field of the pod.
                   */
                  fieldRef?: {
                    /**
                     * Version of the field's path.
                     */
                    apiVersion?: 'v1';
                    /**
                     * The field, such as metadata.name.
                     */
                    fieldPath: string;
                  };
                  /**
                   * An amount of a container's resources.
                   */
                  resourceFieldRef?: {
                    /**
                     * The container; this one where nothing is said.
                     */
                    containerName?: string;
                    /**
                     * The amount, such as limits.memory.
                     */
                    resource: string;
                    /**
                     * The unit.
                     */
                    divisor?: number | string;
                  };
                }[];
              };
              /**
               * Refused; engines have no access to the cluster's API.
               */
              serviceAccountToken?: {
                /**
                 * Path of the file in the volume.
                 */
                path?: string;
                /**
                 * Refused.
                 */
                audience?: string;
                /**
                 * Refused.
                 */
                expirationSeconds?: number;
              };
            }[];
          };
          /**
           * A folder that lives as long as the pod.
           */
          emptyDir?: {
            /**
             * Memory keeps it in RAM.
             */
            medium?: '' | 'Memory';
            /**
             * At most this much.
             */
            sizeLimit?: number | string;
          };
          /**
           * A claim in the tenant's namespace of the inference cluster.
           */
          persistentVolumeClaim?: {
            /**
             * Name of the claim.
             */
            claimName: string;
            /**
             * Whether it can only be read.
             */
            readOnly?: boolean;
          };
          /**
           * A ConfigMap in the tenant's namespace of the inference cluster.
           */
          configMap?: {
            /**
             * Name of the ConfigMap.
             */
            name: string;
            /**
             * Which keys become which files; all where nothing is said.
             *
             * @maxItems 64
             */
            items?: {
              /**
               * Key in the object.
               */
              key: string;
              /**
               * Path of the file in the volume.
               */
              path: string;
              /**
               * Who may read the files, such as 292, which is 0444.
               */
              mode?: number;
            }[];
            /**
             * Who may read the files, such as 292, which is 0444.
             */
            defaultMode?: number;
            /**
             * Whether the pod starts without it.
             */
            optional?: boolean;
          };
          /**
           * A Secret in the tenant's namespace of the inference cluster.
           */
          secret?: {
            /**
             * Name of the Secret.
             */
            secretName: string;
            /**
             * Which keys become which files; all where nothing is said.
             *
             * @maxItems 64
             */
            items?: {
              /**
               * Key in the object.
               */
              key: string;
              /**
               * Path of the file in the volume.
               */
              path: string;
              /**
               * Who may read the files, such as 292, which is 0444.
               */
              mode?: number;
            }[];
            /**
             * Who may read the files, such as 292, which is 0444.
             */
            defaultMode?: number;
            /**
             * Whether the pod starts without it.
             */
            optional?: boolean;
          };
        }[];
        /**
         * Secrets to fetch images with, in the tenant's namespace of the inference cluster.
         *
         * @maxItems 8
         */
        imagePullSecrets?: {
          /**
           * Name of the Secret.
           */
          name: string;
        }[];
        /**
         * Labels that a node must carry.
         */
        nodeSelector?: {
          [k: string]: string;
        };
        /**
         * Which nodes the pods want.
         */
        affinity?: {
          /**
           * Near which pods of the tenant's namespace, or away from which.
           */
          podAffinity?: {
            /**
             * What must be so.
             *
             * @maxItems 8
             *
             * Items: Pods, and the domain in which they are to be or not.
             */
            requiredDuringSchedulingIgnoredDuringExecution?: {
              /**
               * Label of nodes that makes a domain.
               */
              topologyKey: string;
              /**
               * Which pods of the tenant's namespace count.
               */
              labelSelector?: {
                /**
                 * Labels that they have.
                 */
                matchLabels?: {
                  [k: string]: string;
                };
                /**
                 * Conditions on their labels.
                 *
                 * @maxItems 16
                 */
                matchExpressions?: {
                  /**
                   * The label.
                   */
                  key: string;
                  /**
                   * How it compares.
                   */
                  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                  /**
                   * With what.
                   *
                   * @maxItems 64
                   */
                  values?: string[];
                }[];
              };
              /**
               * Labels of the pod itself that are compared too.
               *
               * @maxItems 16
               */
              matchLabelKeys?: string[];
              /**
               * Labels of the pod itself that are compared too.
               *
               * @maxItems 16
               */
              mismatchLabelKeys?: string[];
              /**
               * Refused; other tenants' pods are none of theirs.
               *
               * @maxItems 16
               */
              namespaces?: string[];
              /**
               * Refused; other tenants' pods are none of theirs.
               */
              namespaceSelector?: {
                /**
                 * Refused.
                 */
                matchLabels?: {
                  [k: string]: string;
                };
              };
            }[];
            /**
             * What should be so.
             *
             * @maxItems 8
             */
            preferredDuringSchedulingIgnoredDuringExecution?: {
              /**
               * How much it counts.
               */
              weight: number;
              /**
               * Pods, and the domain in which they are to be or not.
               */
              podAffinityTerm: {
                /**
                 * Label of nodes that makes a domain.
                 */
                topologyKey: string;
                /**
                 * Which pods of the tenant's namespace count.
                 */
                labelSelector?: {
                  /**
                   * Labels that they have.
                   */
                  matchLabels?: {
                    [k: string]: string;
                  };
                  /**
                   * Conditions on their labels.
                   *
                   * @maxItems 16
                   */
                  matchExpressions?: {
                    /**
                     * The label.
                     */
                    key: string;
                    /**
                     * How it compares.
                     */
                    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                    /**
                     * With what.
                     *
                     * @maxItems 64
                     */
                    values?: string[];
                  }[];
                };
                /**
                 * Labels of the pod itself that are compared too.
                 *
                 * @maxItems 16
                 */
                matchLabelKeys?: string[];
                /**
                 * Labels of the pod itself that are compared too.
                 *
                 * @maxItems 16
                 */
                mismatchLabelKeys?: string[];
                /**
                 * Refused; other tenants' pods are none of theirs.
                 *
                 * @maxItems 16
                 */
                namespaces?: string[];
                /**
                 * Refused; other tenants' pods are none of theirs.
                 */
                namespaceSelector?: {
                  /**
                   * Refused.
                   */
                  matchLabels?: {
                    [k: string]: string;
                  };
                };
              };
            }[];
          };
          /**
           * Near which pods of the tenant's namespace, or away from which.
           */
          podAntiAffinity?: {
            /**
             * What must be so.
             *
             * @maxItems 8
             *
             * Items: Pods, and the domain in which they are to be or not.
             */
            requiredDuringSchedulingIgnoredDuringExecution?: {
              /**
               * Label of nodes that makes a domain.
               */
              topologyKey: string;
              /**
               * Which pods of the tenant's namespace count.
               */
              labelSelector?: {
                /**
                 * Labels that they have.
                 */
                matchLabels?: {
                  [k: string]: string;
                };
                /**
                 * Conditions on their labels.
                 *
                 * @maxItems 16
                 */
                matchExpressions?: {
                  /**
                   * The label.
                   */
                  key: string;
                  /**
                   * How it compares.
                   */
                  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                  /**
                   * With what.
                   *
                   * @maxItems 64
                   */
                  values?: string[];
                }[];
              };
              /**
               * Labels of the pod itself that are compared too.
               *
               * @maxItems 16
               */
              matchLabelKeys?: string[];
              /**
               * Labels of the pod itself that are compared too.
               *
               * @maxItems 16
               */
              mismatchLabelKeys?: string[];
              /**
               * Refused; other tenants' pods are none of theirs.
               *
               * @maxItems 16
               */
              namespaces?: string[];
              /**
               * Refused; other tenants' pods are none of theirs.
               */
              namespaceSelector?: {
                /**
                 * Refused.
                 */
                matchLabels?: {
                  [k: string]: string;
                };
              };
            }[];
            /**
             * What should be so.
             *
             * @maxItems 8
             */
            preferredDuringSchedulingIgnoredDuringExecution?: {
              /**
               * How much it counts.
               */
              weight: number;
              /**
               * Pods, and the domain in which they are to be or not.
               */
              podAffinityTerm: {
                /**
                 * Label of nodes that makes a domain.
                 */
                topologyKey: string;
                /**
                 * Which pods of the tenant's namespace count.
                 */
                labelSelector?: {
                  /**
                   * Labels that they have.
                   */
                  matchLabels?: {
                    [k: string]: string;
                  };
                  /**
                   * Conditions on their labels.
                   *
                   * @maxItems 16
                   */
                  matchExpressions?: {
                    /**
                     * The label.
                     */
                    key: string;
                    /**
                     * How it compares.
                     */
                    operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
                    /**
                     * With what.
                     *
                     * @maxItems 64
                     */
                    values?: string[];
                  }[];
                };
                /**
                 * Labels of the pod itself that are compared too.
                 *
                 * @maxItems 16
                 */
                matchLabelKeys?: string[];
                /**
                 * Labels of the pod itself that are compared too.
                 *
                 * @maxItems 16
                 */
                mismatchLabelKeys?: string[];
                /**
                 * Refused; other tenants' pods are none of theirs.
                 *
                 * @maxItems 16
                 */
                namespaces?: string[];
                /**
                 * Refused; other tenants' pods are none of theirs.
                 */
                namespaceSelector?: {
                  /**
                   * Refused.
                   */
                  matchLabels?: {
                    [k: string]: string;
                  };
                };
              };
            }[];
          };
          /**
           * Which nodes the pods want.
           */
          nodeAffinity?: {
            /**
             * What a node must have.
             */
            requiredDuringSchedulingIgnoredDuringExecution?: {
              /**
               * One of these.
               *
               * @maxItems 16
               *
               * Items: All of these.
               */
              nodeSelectorTerms: {
                /**
                 * Conditions on the node's labels.
                 *
                 * @maxItems 16
                 */
                matchExpressions?: {
                  /**
                   * The label.
                   */
                  key: string;
                  /**
                   * How it compares.
                   */
                  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
                  /**
                   * With what.
                   *
                   * @maxItems 64
                   */
                  values?: string[];
                }[];
              }[];
            };
            /**
             * What a node should have.
             *
             * @maxItems 16
             */
            preferredDuringSchedulingIgnoredDuringExecution?: {
              /**
               * How much it counts.
               */
              weight: number;
              /**
               * All of these.
               */
              preference: {
                /**
                 * Conditions on the node's labels.
                 *
                 * @maxItems 16
                 */
                matchExpressions?: {
                  /**
                   * The label.
                   */
                  key: string;
                  /**
                   * How it compares.
                   */
                  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
                  /**
                   * With what.
                   *
                   * @maxItems 64
                   */
                  values?: string[];
                }[];
              };
            }[];
          };
        };
        /**
         * Taints that the pods put up with.
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
         * RuntimeClass of the inference cluster, such as nvidia.
         */
        runtimeClassName?: string;
        /**
         * How long a generation may go on after its pod was told to stop.
         */
        terminationGracePeriodSeconds?: number;
        /**
         * As whom the pods run.
         */
        securityContext?: {
          /**
           * Number of a user or group.
           */
          runAsUser?: number;
          /**
           * Number of a user or group.
           */
          runAsGroup?: number;
          /**
           * Number of a user or group.
           */
          fsGroup?: number;
          /**
           * Refuses to start as root.
           */
          runAsNonRoot?: boolean;
          /**
           * Which system calls are allowed; RuntimeDefault where nothing is said.
           */
          seccompProfile?: {
            /**
             * RuntimeDefault.
             */
            type: string;
          };
          /**
           * The profile of AppArmor; RuntimeDefault.
           */
          appArmorProfile?: {
            /**
             * RuntimeDefault.
             */
            type: string;
          };
          /**
           * Whether files get their group at each start.
           */
          fsGroupChangePolicy?: 'Always' | 'OnRootMismatch';
          /**
           * Further groups of the user.
           *
           * @maxItems 16
           */
          supplementalGroups?: number[];
          /**
           * Refused; they are the node's.
           *
           * @maxItems 16
           */
          sysctls?: {
            /**
             * Refused.
             */
            name?: string;
            /**
             * Refused.
             */
            value?: string;
          }[];
          /**
           * Refused; the cluster chooses them.
           */
          seLinuxOptions?: {
            /**
             * Refused.
             */
            level?: string;
            /**
             * Refused.
             */
            role?: string;
            /**
             * Refused.
             */
            type?: string;
            /**
             * Refused.
             */
            user?: string;
          };
        };
      };
    };
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
     * What the endpoint picker must know of the engines.
     */
    engine: {
      /**
       * Kind of engine, which decides where it says that it is ready, and where a picker finds its metrics.
       */
      type: 'vllm' | 'sglang' | 'trtllm-serve' | 'triton-tensorrt-llm' | 'nim' | 'llama-cpp' | 'tgi' | 'ollama';
      /**
       * Port that engines serve requests and metrics on.
       */
      port: number;
    };
    /**
     * How engines are replaced by new ones. A cluster without a spare GPU needs maxSurge 0 and maxUnavailable 1.
     */
    rollout: {
      /**
       * Engines above the number wanted, as a number or a percentage.
       */
      maxSurge: number | string;
      /**
       * Engines below the number wanted, as a number or a percentage.
       */
      maxUnavailable: number | string;
    };
    /**
     * The process that chooses an engine for each request.
     */
    endpointPicker?: {
      /**
       * Image in place of the one that the cluster's picker family has.
       */
      image?: string;
      /**
       * What the container needs and may use at most.
       */
      resources?: {
        /**
         * Amounts by resource, such as nvidia.com/gpu.
         */
        requests?: {
          [k: string]: number | string;
        };
        /**
         * Amounts by resource, such as nvidia.com/gpu.
         */
        limits?: {
          [k: string]: number | string;
        };
        /**
         * Devices of the pod's resourceClaims that the container gets.
         *
         * @maxItems 8
         */
        claims?: {
          /**
           * Name in resourceClaims of the pods.
           */
          name: string;
          /**
           * One request of the claim.
           */
          request?: string;
        }[];
      };
      /**
       * Holds requests while engines are saturated, and lets the more critical go first, instead of shedding those below 0 at once.
       */
      flowControl: boolean;
      /**
       * An EndpointPickerConfig in place of ours, without apiVersion and kind. Unknown fields, plugins and references are refused, and the last good configuration stays.
       */
      config?: {};
    };
    /**
     * Names of Secrets of this namespace that every cluster of the deployment gets a copy of, which follows them. The template refers to one by its name here. Each is of type Opaque.
     *
     * @maxItems 8
     */
    secrets?: string[];
    /**
     * A token for Hugging Face, which engines have as HF_TOKEN; of its Secret that one key is brought.
     */
    huggingFaceToken?: {
      /**
       * Where it is in this namespace.
       */
      secretRef: {
        /**
         * Name of the Secret, which is of type Opaque.
         */
        name: string;
        /**
         * Key of the token in it.
         */
        key: string;
      };
    };
    /**
     * Prefixes below the URL that are published beside /v1, such as /tokenize, and / for all of them. Nothing else that an engine serves on the same port can be reached.
     *
     * @maxItems 8
     */
    paths?: string[];
    /**
     * Goes with / in paths: engines serve metrics and commands beside their API, which / publishes to whoever can reach the front door.
     */
    allowAllPaths?: boolean;
    /**
     * Disabled composes no ModelService, for a team that writes its own over this deployment's endpoints, which carry the labels modelplane.ai/deployment, modelplane.ai/placement and modelplane.ai/cluster.
     */
    service: 'Enabled' | 'Disabled';
  };
  /**
   * Where the model is, and how each placement does.
   */
  status?: {
    /**
     * URL of the model, without /v1.
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
     * Each class of requests, the deployment's own first.
     */
    trafficClasses?: {
      /**
       * Name of the class.
       */
      name?: string;
      /**
       * Priority of its requests.
       */
      priority?: number;
      /**
       * The base URL that an OpenAI client is given.
       */
      baseURL?: string;
    }[];
    /**
     * Replicas that there are in each placement without a number of its own, whether or not they can serve; the least of them.
     */
    replicas?: number;
    /**
     * What an autoscaler must find in a scale subresource. It selects no pod, because engines are in other clusters; scale by an external metric with an AverageValue.
     */
    selector?: string;
    /**
     * Replicas that can serve, of those wanted, such as 3/4.
     */
    available?: string;
    /**
     * Share of the traffic that each placement has, such as us 90%, canary 10%.
     */
    split?: string;
    /**
     * Each placement, in the order of the spec, and after them those that are leaving a cluster.
     */
    placements?: {
      /**
       * Name of the placement.
       */
      name?: string;
      /**
       * InferenceCluster that it is on.
       */
      cluster?: string;
      /**
       * How many replicas there are.
       */
      replicas?: {
        /**
         * Replicas wanted.
         */
        desired?: number;
        /**
         * Replicas that can serve.
         */
        ready?: number;
      };
      /**
       * Share of the traffic that it has now.
       */
      percent?: number;
      /**
       * Unscheduled has no cluster; Starting has not served yet; Ready serves as it should; Degraded serves with less than it should have; NotReady cannot serve any more; Stopping is on its way to ScaledToZero; Unknown is on a cluster that does not answer; Leaving still serves what it is sent, and goes.
       */
      phase?: string;
      /**
       * Why this cluster and not another, and what is missing.
       */
      reason?: string;
      /**
       * Its volume, and what it costs.
       */
      cache?: {
        /**
         * Name of the PersistentVolumeClaim in the tenant's namespace of the inference cluster.
         */
        claimName?: string;
        /**
         * Room that it has, or was asked for while it has none.
         */
        size?: string;
        /**
         * Its class.
         */
        storageClassName?: string;
        /**
         * What the cluster says of the claim, such as Pending or Bound.
         */
        phase?: string;
        /**
         * Filling, Failing or Filled by a job; ByEngines where nobody can tell what they will want.
         */
        filling?: string;
        /**
         * When the job was through.
         */
        filledAt?: string;
      };
    }[];
  };
}
