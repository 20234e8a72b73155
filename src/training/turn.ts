/**
 * Lets everything else have its turn: timers, input, Ctrl-C, a page's drawing. Awaiting a device that computes at once
 * never does, since resolved promises go before all of them.
 */

/** Resolves once the event loop has gone round; takes microseconds where nothing waits. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    // A page's setTimeout would wait for 4 ms.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
