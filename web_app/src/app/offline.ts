// Registers the service worker, which keeps what was loaded once for when there is no network.

const PATIENCE_MS = 2000;

/** Wait until it is in charge, so that what is loaded next is kept; a page works without it too. */
export async function keepForOffline(): Promise<void> {
  // Absent where the page is not served securely; while developing it would serve old files.
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([inCharge(), patience]);
}

async function inCharge(): Promise<void> {
  const { serviceWorker } = navigator;
  const changed = new Promise((resolve) => {
    serviceWorker.addEventListener("controllerchange", resolve, { once: true });
  });
  try {
    await serviceWorker.register("sw.js");
  } catch (error) {
    console.warn("This page will not open offline:", error);
    return;
  }
  if (serviceWorker.controller === null) await changed;
}
