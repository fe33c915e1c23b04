/** Tells one listener that something has changed; however often it is told meanwhile, it hears of it once. */
export interface Signal {
  notify(): void;
  /** Returns at once where something has changed since the last call. */
  next(): Promise<void>;
}

export function signal(): Signal {
  let isSet = false;
  let wake = () => {};
  return {
    notify: () => {
      isSet = true;
      wake();
    },
    next: async () => {
      if (!isSet) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      isSet = false;
    },
  };
}
