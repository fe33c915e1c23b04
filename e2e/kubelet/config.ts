/** What a kubelet stand-in is started with: one JSON file. */
export interface KubeletConfig {
  readonly kubeconfig: string;
  /** Where pods live while they run. On the disk of the cache, so that images are linked rather than copied. */
  readonly dir: string;
  readonly logs: string;
  readonly images: string;
  readonly nodeName: string;
  /** What pods are told about the API server, as a kubelet tells them. */
  readonly apiserver: { readonly host: string; readonly port: number };
  /** The machine's /etc/hosts, which is the DNS of everything here. */
  readonly hostsFile: string;
  /** The /etc/resolv.conf of pods, where there is a name server. */
  readonly resolvFile?: string;
  /** The authorities that programs trust: the machine's own and the one that stands for a public one. */
  readonly trustFile: string;
  /** The registry that images are pulled from. */
  readonly registry: string;
  /** Programs by the repository of the image that they stand for, where no image can be had. */
  readonly programs: Readonly<Record<string, Program | Installation>>;
  /** The first of the addresses that this kubelet gives to pods. */
  readonly firstPod: number;
}

/** A static binary. */
export interface Program {
  readonly binary: string;
  /** The only tag that the binary may run as; a package's image, which has a digest, is taken as it is. */
  readonly tag?: string;
  /** Where the image has it; at the root where nothing is said. */
  readonly path?: string;
  /** Whether it needs the machine's C library, as its image has one. */
  readonly isDynamic?: boolean;
  /** A user other than root, as the image says; a security context overrides it. */
  readonly user?: number;
}

/** A Python program. */
export interface Installation {
  /** Holds its virtual environment, `venv`, and is the program's working directory. */
  readonly folder: string;
  /** The only tag that it may run as. */
  readonly tag: string;
}
