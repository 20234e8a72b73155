/**
 * What the page asks of the browser: the clipboard, downloads, and the service worker. Each answers in words for the
 * visitor.
 */

/** Copies, and says what was copied; where the page may not, shows the text to be copied by hand. */
export async function copyText(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied.";
  } catch {
    return `This browser does not let the page copy; here it is: ${text}`;
  }
}

export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

const reloaded = "hardbatch-lab-reloaded";

/**
 * Starts the service worker, which keeps the page for offline use and isolates it, so that threads can share memory.
 * Reloads once to be under its control; a second time it says that it did not help, instead of going round in circles.
 */
export async function offline(): Promise<string> {
  if (!("serviceWorker" in navigator))
    return "This browser (or a private window) has no service workers: the page stays as it is.";
  try {
    await navigator.serviceWorker.register("./service-worker.js");
    await navigator.serviceWorker.ready;
  } catch (error) {
    return `The service worker could not be started: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (navigator.serviceWorker.controller && crossOriginIsolated)
    return "The page works offline, and may use all cores.";
  if (sessionStorage.getItem(reloaded) !== null)
    return "The page works offline. This browser does not isolate it, so it keeps to one thread.";
  sessionStorage.setItem(reloaded, "once");
  location.reload();
  return "One moment: the page starts again.";
}
